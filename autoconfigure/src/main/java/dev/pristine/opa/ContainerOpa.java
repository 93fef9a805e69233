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

import org.springframework.beans.factory.DisposableBean;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

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
			.waitingFor(Wait.forHttp("/health").withStartupTimeout(properties.startupTimeout()));
		container.start();
		return new ContainerOpa(container);
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
