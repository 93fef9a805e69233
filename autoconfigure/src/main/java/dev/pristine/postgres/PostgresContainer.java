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

import java.util.function.Supplier;

import com.github.dockerjava.api.command.InspectContainerResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * One application context's view of the container that all contexts of the JVM share: it
 * starts by creating a database of its own there, and stops by dropping it. To Spring
 * Boot it is the {@link ServiceConnection @ServiceConnection} container.
 */
final class PostgresContainer extends PostgreSQLContainer {

	private final Supplier<ContainerPostgres> server;

	private final DriverParameters parameters;

	private @Nullable PostgresDatabase database;

	PostgresContainer(String image, Supplier<ContainerPostgres> server, DriverParameters parameters) {
		super(DockerImageName.parse(image).asCompatibleSubstituteFor(IMAGE));
		this.server = server;
		this.parameters = parameters;
	}

	synchronized PostgresDatabase database() {
		PostgresDatabase database = this.database;
		if (database == null) {
			database = PostgresDatabase.create(this.server, this.parameters);
			this.database = database;
		}
		return database;
	}

	private PostgreSQLContainer shared() {
		return ((ContainerPostgres) database().server()).container();
	}

	@Override
	public void start() {
		database();
	}

	@Override
	public synchronized void stop() {
		PostgresDatabase database = this.database;
		this.database = null;
		if (database != null) {
			database.close();
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.database != null && shared().isRunning();
	}

	@Override
	public synchronized boolean isCreated() {
		return this.database != null && shared().isCreated();
	}

	@Override
	public @Nullable String getContainerId() {
		return shared().getContainerId();
	}

	@Override
	public InspectContainerResponse getContainerInfo() {
		return shared().getContainerInfo();
	}

	@Override
	public InspectContainerResponse getCurrentContainerInfo() {
		return shared().getCurrentContainerInfo();
	}

	@Override
	public String getHost() {
		return shared().getHost();
	}

	@Override
	public Integer getMappedPort(int originalPort) {
		return shared().getMappedPort(originalPort);
	}

	@Override
	public String getJdbcUrl() {
		return database().url().toString();
	}

	@Override
	public String getDatabaseName() {
		return database().name();
	}

	@Override
	public String getUsername() {
		return shared().getUsername();
	}

	@Override
	public String getPassword() {
		return shared().getPassword();
	}

}
