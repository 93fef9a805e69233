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
 * A container in which a server runs, that nobody but this machine can reach. Its log is
 * followed, because it is gone with a container that does not start.
 */
final class ServerContainer extends GenericContainer<ServerContainer> implements Server {

	/**
	 * The folder of the server, outside of the images' volumes, which would be on a disk.
	 */
	static final String DIRECTORY = "/pristine";

	private static final int LOG_LENGTH = 4 * 1024;

	private final String image;

	private final int port;

	private final int hostPort;

	private final StringBuffer log = new StringBuffer();

	/**
	 * Create a container that is not started yet.
	 * @param image the image, which the engine has
	 * @param port the port inside
	 * @param hostPort the port of the loopback interface to prefer, or 0
	 * @param command the command
	 * @param variables environment variables
	 * @param files what the folder of the server contains, which is the working directory
	 * then; without any, it is in memory
	 */
	ServerContainer(String image, int port, int hostPort, List<String> command, Map<String, String> variables,
			Map<String, byte[]> files) {
		super(DockerImageName.parse(image));
		this.image = image;
		this.port = port;
		this.hostPort = hostPort;
		withExposedPorts(port).withCommand(command.toArray(String[]::new))
			.withEnv(variables)
			.withCreateContainerCmdModifier(this::bindToLoopback)
			.withLogConsumer((frame) -> append(frame.getUtf8String()));
		// The readiness of the server is waited for
		setWaitStrategy(null);
		if (files.isEmpty()) {
			withTmpFs(Map.of(DIRECTORY, "rw,mode=1777"));
		}
		else {
			withWorkingDirectory(DIRECTORY);
			files.forEach((name, content) -> withCopyToContainer(Transferable.of(content), DIRECTORY + "/" + name));
		}
	}

	LaunchedServer start(String scheme, Readiness readiness) {
		try {
			start();
			LaunchedServer launched = new LaunchedServer(Launch.CONTAINER,
					scheme + "://" + getHost() + ":" + getMappedPort(this.port), this);
			String problem = readiness.await(launched);
			Assert.state(problem == null, () -> "it " + problem);
			return launched;
		}
		catch (RuntimeException ex) {
			String output = output();
			stop();
			if (ex instanceof ResourceException resourceException) {
				throw resourceException;
			}
			DockerEngine engine = DockerEngine.get().again();
			throw new ResourceException(
					"The container of '%s' did not start: %s. The end of its log:%n%s".formatted(this.image,
							engine.answers() ? ex.getMessage() : engine.reason(), output.indent(2)),
					engine.answers() ? "Mend what the log names." : "Start the Docker engine.", ex);
		}
	}

	// Who follows the log may not have come to its end
	private String output() {
		String all = "";
		try {
			all = getLogs();
		}
		catch (RuntimeException ex) {
			logger().debug("The container of '{}' has gone", this.image, ex);
		}
		return all.isEmpty() ? this.log.toString() : all.substring(Math.max(0, all.length() - LOG_LENGTH));
	}

	private void append(String text) {
		this.log.append(text);
		this.log.delete(0, Math.max(0, this.log.length() - LOG_LENGTH));
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

	@Override
	public boolean isAlive() {
		try {
			return isRunning();
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	@Override
	public String logTail() {
		return "(docker logs %s)%n%s".formatted(getContainerId(), this.log);
	}

}
