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

package dev.pristine.opa;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import org.springframework.beans.factory.DisposableBean;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.resource.ResourceException;

/**
 * An OPA in a container. Each application context has its own.
 */
final class ContainerOpa implements OpaConnectionDetails, DisposableBean {

	static final int PORT = 8181;

	private final GenericContainer<?> container;

	private ContainerOpa(GenericContainer<?> container) {
		this.container = container;
	}

	static ContainerOpa start(OpaProperties properties) {
		List<String> command = new ArrayList<>(List.of("run", "--server", "--addr", "0.0.0.0:" + PORT, "--log-level",
				"error", "--skip-version-check"));
		command.addAll(properties.arguments());
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(properties.image()))
			.withCommand(command.toArray(String[]::new))
			.withExposedPorts(PORT)
			.withCreateContainerCmdModifier(ContainerOpa::bindToLoopback)
			.waitingFor(Wait.forHttp("/health").withStartupTimeout(properties.startupTimeout()));
		try {
			container.start();
			return new ContainerOpa(container);
		}
		catch (ContainerFetchException ex) {
			throw new ResourceException("The image '" + properties.image() + "' could not be had.",
					"Pull it, check the network and the credentials of the registry, or set pristine.opa.image to one "
							+ "that is there; pristine.opa.launch=embedded needs no image.",
					ex);
		}
		catch (RuntimeException ex) {
			String log = log(container);
			container.stop();
			throw new ResourceException(
					"The container of '%s' did not start. Its log:%n%s".formatted(properties.image(), log.indent(2)),
					"Mend what the log names, or set pristine.opa.launch to embedded.", ex);
		}
	}

	// OPA asks for no password; but an engine elsewhere is not reached through loopback
	private static void bindToLoopback(CreateContainerCmd command) {
		HostConfig hostConfig = command.getHostConfig();
		if (hostConfig != null && DockerClientFactory.instance().dockerHostIpAddress().equals("localhost")) {
			hostConfig.withPortBindings(new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(PORT)));
		}
	}

	private static String log(GenericContainer<?> container) {
		try {
			return container.getLogs();
		}
		catch (RuntimeException ex) {
			return "(no log: " + ex.getMessage() + ")";
		}
	}

	static URI url(Container<?> container) {
		return URI.create("http://" + container.getHost() + ":" + container.getMappedPort(PORT));
	}

	@Override
	public URI getUrl() {
		return url(this.container);
	}

	@Override
	public void destroy() {
		this.container.stop();
	}

}
