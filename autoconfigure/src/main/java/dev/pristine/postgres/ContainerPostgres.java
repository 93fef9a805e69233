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

package dev.pristine.postgres;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.launch.ContainerStart;

/**
 * A {@link PostgresServer} in a container.
 */
final class ContainerPostgres implements PostgresServer {

	// Outside of the images' volumes, which would be on a disk
	private static final String MEMORY = "/pristine";

	private final PostgreSQLContainer container;

	private final AtomicInteger counter = new AtomicInteger();

	private ContainerPostgres(PostgreSQLContainer container) {
		this.container = container;
	}

	static ContainerPostgres start(String image, Map<String, String> settings) {
		List<String> command = Stream.concat(Stream.of("postgres"), new PostgresSettings(settings).arguments().stream())
			.toList();
		DockerImageName name = DockerImageName.parse(image).asCompatibleSubstituteFor(PostgreSQLContainer.IMAGE);
		PostgreSQLContainer container = new PostgreSQLContainer(name).withDatabaseName("postgres")
			.withUsername("postgres")
			.withPassword(new BigInteger(128, new SecureRandom()).toString(36))
			.withTmpFs(Map.of(MEMORY, "rw,mode=1777"))
			.withEnv("PGDATA", MEMORY + "/data")
			.withCommand(command.toArray(String[]::new));
		ContainerStart.start(container, image, "postgres", container::stop);
		return new ContainerPostgres(container);
	}

	PostgreSQLContainer container() {
		return this.container;
	}

	@Override
	public PostgresUrl url(String database) {
		return PostgresUrl
			.of(this.container.getHost(), this.container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT), database)
			.forTests();
	}

	@Override
	public String username() {
		return this.container.getUsername();
	}

	@Override
	public String password() {
		return this.container.getPassword();
	}

	@Override
	public String logTail() {
		return ContainerStart.logTail(this.container);
	}

	@Override
	public String nextName() {
		return "pristine_" + this.counter.incrementAndGet();
	}

	@Override
	public boolean isAlive() {
		try {
			return this.container.isRunning();
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	@Override
	public void stop() {
		this.container.stop();
	}

	@Override
	public String toString() {
		return "PostgreSQL in container " + this.container.getContainerId();
	}

}
