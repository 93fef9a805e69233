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
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
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
 * @param files what the folder of the server contains, which is the working directory
 * then; without any, it is in memory
 */
record ContainerStart(String image, int port, int hostPort, List<String> command, Map<String, String> variables,
		Map<String, byte[]> files) {

	/**
	 * The folder of the server, outside of the images' volumes, which would be on a disk.
	 */
	static final String DIRECTORY = "/pristine";

	LaunchedServer start(String scheme, Readiness readiness) {
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(this.image))
			.withExposedPorts(this.port)
			.withCommand(this.command.toArray(String[]::new))
			.withEnv(this.variables)
			.withCreateContainerCmdModifier(this::bindToLoopback)
			.waitingFor(new NoWait());
		if (this.files.isEmpty()) {
			container.withTmpFs(Map.of(DIRECTORY, "rw,mode=1777"));
		}
		else {
			container.withWorkingDirectory(DIRECTORY);
			this.files.forEach(
					(name, content) -> container.withCopyToContainer(Transferable.of(content), DIRECTORY + "/" + name));
		}
		ServerContainer server = new ServerContainer(container);
		try {
			container.start();
			LaunchedServer launched = new LaunchedServer(Launch.CONTAINER,
					scheme + "://" + container.getHost() + ":" + container.getMappedPort(this.port), server);
			String problem = readiness.await(launched);
			Assert.state(problem == null, () -> "it " + problem);
			return launched;
		}
		catch (RuntimeException ex) {
			String log = server.log();
			container.stop();
			if (ex instanceof ResourceException resourceException) {
				throw resourceException;
			}
			DockerEngine engine = DockerEngine.get().again();
			throw new ResourceException(
					"The container of '%s' did not start: %s. The end of its log:%n%s".formatted(this.image,
							engine.answers() ? ex.getMessage() : engine.reason(), log.indent(2)),
					engine.answers() ? "Mend what the log names." : "Start the Docker engine.", ex);
		}
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

	/**
	 * Leaves the wait to the {@link Readiness}.
	 */
	private static final class NoWait extends AbstractWaitStrategy {

		@Override
		protected void waitUntilReady() {
		}

	}

}
