/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.pristine.launch;

import java.util.List;
import java.util.function.Consumer;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.resource.ResourceException;

/**
 * The start of a container that nobody but this machine can reach.
 *
 * @since 0.1.0
 */
public final class ContainerStart {

	private static final int LOG_LINES = 40;

	private ContainerStart() {
	}

	/**
	 * Start a container.
	 * @param container the container, with the ports that it exposes
	 * @param image its image
	 * @param resource the name of the resource in properties, such as {@code redis}
	 * @param stop stops the container if it does not start
	 * @throws ResourceException if the image cannot be had, or the container does not
	 * start
	 */
	public static void start(GenericContainer<?> container, String image, String resource, Runnable stop) {
		pull(image, resource);
		List<Integer> ports = container.getExposedPorts();
		container.withCreateContainerCmdModifier((command) -> bindToLoopback(command, ports));
		// One that does not start is removed, and its log with it, before anybody can ask
		LogTail tail = new LogTail();
		container.withLogConsumer(tail);
		try {
			container.start();
		}
		catch (RuntimeException ex) {
			String log = tail.toString();
			stop.run();
			throw new ResourceException(
					"The container of '%s' did not start. The end of its log:%n%s".formatted(image, log.indent(2)),
					"Mend what the log names, or set 'pristine.%s.launch' to 'embedded'.".formatted(resource), ex);
		}
	}

	// The start of a container whose image is not to be had waits for it twice
	private static void pull(String image, String resource) {
		try {
			new RemoteDockerImage(DockerImageName.parse(image)).get();
		}
		catch (RuntimeException ex) {
			throw new ResourceException("The image '%s' could not be had.".formatted(image),
					"Pull it, check the network and the credentials of the registry, or set 'pristine.%1$s.image' to one that is there; 'pristine.%1$s.launch=embedded' needs no image."
						.formatted(resource),
					ex);
		}
	}

	// An engine elsewhere is not reached through loopback
	private static void bindToLoopback(CreateContainerCmd command, List<Integer> ports) {
		HostConfig hostConfig = command.getHostConfig();
		if (hostConfig != null && DockerClientFactory.instance().dockerHostIpAddress().equals("localhost")) {
			hostConfig.withPortBindings(ports.stream()
				.map((port) -> new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(port)))
				.toList());
		}
	}

	/**
	 * Return the last lines of the log of a container.
	 * @param container the container
	 * @return the lines, or why there are none
	 */
	public static String logTail(GenericContainer<?> container) {
		try {
			return tail(container.getLogs());
		}
		catch (RuntimeException ex) {
			return "(no log: " + ex.getMessage() + ")";
		}
	}

	private static String tail(String log) {
		List<String> lines = log.lines().toList();
		return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
	}

	/**
	 * Follows a log and remembers its end.
	 */
	private static final class LogTail implements Consumer<OutputFrame> {

		private static final int LENGTH = 16 * 1024;

		private final StringBuilder log = new StringBuilder();

		@Override
		public synchronized void accept(OutputFrame frame) {
			this.log.append(frame.getUtf8String());
			this.log.delete(0, Math.max(0, this.log.length() - LENGTH));
		}

		@Override
		public synchronized String toString() {
			return tail(this.log.toString());
		}

	}

}
