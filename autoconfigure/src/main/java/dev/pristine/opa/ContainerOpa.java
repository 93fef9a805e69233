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
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.springframework.util.Assert;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.launch.ContainerStart;
import dev.pristine.resource.ResourceException;

/**
 * An OPA in a container. Each application context has its own.
 */
final class ContainerOpa implements StartedOpa {

	static final int PORT = 8181;

	private static final String DIRECTORY = "/pristine";

	private final GenericContainer<?> container;

	private ContainerOpa(GenericContainer<?> container) {
		this.container = container;
	}

	/**
	 * Start OPA with policies and data.
	 * @param properties how to start it
	 * @param files policies and data
	 * @return the OPA
	 * @throws ResourceException if it does not start, because policies do not compile,
	 * say
	 */
	static ContainerOpa start(OpaProperties properties, OpaState files) {
		Map<String, byte[]> contents = files.files();
		List<String> command = new ArrayList<>(List.of("run", "--server", "--addr", "0.0.0.0:" + PORT, "--log-level",
				"error", "--skip-version-check"));
		command.addAll(properties.arguments());
		command.add("--");
		command.addAll(contents.keySet());
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(properties.image()))
			.withCommand(command.toArray(String[]::new))
			.withWorkingDirectory(DIRECTORY)
			.withExposedPorts(PORT)
			.waitingFor(new AnswerOrEnd().withStartupTimeout(properties.startupTimeout()));
		contents.forEach(
				(name, content) -> container.withCopyToContainer(Transferable.of(content), DIRECTORY + "/" + name));
		ContainerStart.start(container, properties.image(), "opa", container::stop);
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

	/**
	 * Waits until OPA answers, unless it gives up: because of a policy, say.
	 */
	private static final class AnswerOrEnd extends AbstractWaitStrategy {

		@Override
		protected void waitUntilReady() {
			URI url = URI.create(
					"http://" + this.waitStrategyTarget.getHost() + ":" + this.waitStrategyTarget.getMappedPort(PORT));
			long end = System.nanoTime() + this.startupTimeout.toNanos();
			while (!OpaHttp.answers(url)) {
				Assert.state(this.waitStrategyTarget.isRunning(), "OPA has ended");
				Assert.state(System.nanoTime() < end, "OPA does not answer at " + url);
				LockSupport.parkNanos(5_000_000);
			}
		}

	}

}
