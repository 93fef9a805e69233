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
import java.util.Map;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import org.springframework.util.Assert;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.resource.ResourceException;

/**
 * The start of a container that nobody but this machine can reach.
 *
 * @param image the image, which the engine has
 * @param port the port inside
 * @param hostPort the port of the loopback interface to prefer, or 0
 * @param command the command
 * @param variables environment variables
 * @param files what the working directory contains; without any, it is in memory
 */
record ContainerStart(String image, int port, int hostPort, List<String> command, Map<String, String> variables,
		Map<String, byte[]> files) {

	/**
	 * The working directory, outside of the images' volumes, which would be on a disk.
	 */
	static final String DIRECTORY = "/pristine";

	private static final int LOG_LENGTH = 4 * 1024;

	LaunchedServer start(String scheme, Readiness readiness) {
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(this.image))
			.withExposedPorts(this.port)
			.withCommand(this.command.toArray(String[]::new))
			.withEnv(this.variables)
			.withCreateContainerCmdModifier(this::bindToLoopback);
		// The readiness waits
		container.setWaitStrategy(null);
		if (this.files.isEmpty()) {
			container.withTmpFs(Map.of(DIRECTORY, "rw,mode=1777"));
		}
		else {
			container.withWorkingDirectory(DIRECTORY);
			this.files.forEach(
					(name, content) -> container.withCopyToContainer(Transferable.of(content), DIRECTORY + "/" + name));
		}
		// Followed, because it is gone with a container that does not start
		StringBuffer log = new StringBuffer();
		container.withLogConsumer(
				(frame) -> log.append(frame.getUtf8String()).delete(0, Math.max(0, log.length() - LOG_LENGTH)));
		try {
			container.start();
			LaunchedServer server = server(
					scheme + "://" + container.getHost() + ":" + container.getMappedPort(this.port), container, log);
			String problem = readiness.await(server);
			Assert.state(problem == null, () -> "it " + problem);
			return server;
		}
		catch (RuntimeException ex) {
			container.stop();
			if (ex instanceof ResourceException resourceException) {
				throw resourceException;
			}
			throw new ResourceException(
					"The container of '%s' did not start: %s. The end of its log:%n%s".formatted(this.image,
							DockerEngine.goneOr(String.valueOf(ex.getMessage())), log.toString().indent(2)),
					"Mend what the log names.", ex);
		}
	}

	private static LaunchedServer server(String url, GenericContainer<?> container, StringBuffer log) {
		return new LaunchedServer(Launch.CONTAINER, url) {

			@Override
			public boolean isAlive() {
				try {
					return container.isRunning();
				}
				catch (RuntimeException ex) {
					return false;
				}
			}

			@Override
			public void stop() {
				container.stop();
			}

			@Override
			public String logTail() {
				return "(docker logs %s)%n%s".formatted(container.getContainerId(), log);
			}

		};
	}

	// An engine elsewhere is not reached through loopback
	private void bindToLoopback(CreateContainerCmd command) {
		HostConfig hostConfig = command.getHostConfig();
		if (hostConfig != null && DockerClientFactory.instance().dockerHostIpAddress().equals("localhost")) {
			Ports.Binding binding = (this.hostPort != 0)
					? Ports.Binding.bindIpAndPort("127.0.0.1", FreePort.find(this.hostPort, this.image))
					: Ports.Binding.bindIp("127.0.0.1");
			hostConfig.withPortBindings(new PortBinding(binding, ExposedPort.tcp(this.port)));
		}
	}

}
