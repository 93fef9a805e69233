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

package dev.pristine.redis;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import org.springframework.util.Assert;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.launch.ContainerStart;
import dev.pristine.launch.Server;
import dev.pristine.redis.RedisServer.Origin;
import dev.pristine.resource.ResourceException;

/**
 * A container of Redis or Valkey that all application contexts share. It is a bean of
 * each of them, but none of them stops it.
 */
final class RedisContainer extends GenericContainer<RedisContainer> {

	private static final int PORT = 6379;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final String password = RandomPassword.create();

	private RedisContainer(DockerImageName image, int databases) {
		super(image);
		withExposedPorts(PORT);
		withCommand("--save", "", "--appendonly", "no", "--databases", Integer.toString(databases), "--requirepass",
				this.password);
		waitingFor(Wait.forLogMessage(".*Ready to accept connections.*", 1));
	}

	static RedisServer start(String image, int databases) {
		RedisContainer container = new RedisContainer(DockerImageName.parse(image), databases);
		ContainerStart.start(container, image, "redis", container::end);
		RedisAddress address = new RedisAddress(container.getHost(), container.getMappedPort(PORT), null,
				container.password, null);
		awaitAnswer(address);
		return new RedisServer(address, Origin.PRISTINE, new Running(container));
	}

	// The engine may accept connections before it passes them on
	private static void awaitAnswer(RedisAddress address) {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			try {
				RedisConnection.open(address).close();
				return;
			}
			catch (UncheckedIOException ex) {
				if (System.nanoTime() > end) {
					throw new ResourceException(
							"Redis in a container does not answer at %s: %s".formatted(address, ex.getMessage()),
							"See that the ports of containers can be reached from here.", ex);
				}
				LockSupport.parkNanos(1_000_000);
			}
		}
	}

	/**
	 * Return the container that a database is in.
	 * @param database the database
	 * @return its container
	 */
	static RedisContainer of(RedisDatabase database) {
		Assert.state(database.server().process() instanceof Running, "The server is not in a container");
		return ((Running) database.server().process()).container();
	}

	@Override
	public void stop() {
		// Called when an application context is closed
	}

	@Override
	public boolean equals(Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

	private void end() {
		super.stop();
	}

	/**
	 * The container as long as it runs.
	 *
	 * @param container the container
	 */
	private record Running(RedisContainer container) implements Server {

		@Override
		public boolean isAlive() {
			return this.container.isRunning();
		}

		@Override
		public void stop() {
			this.container.end();
		}

	}

}
