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

package com.example.benchmark;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.example.benchmark.side.Side;
import com.example.benchmark.work.Schema;
import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.RunRequest;
import com.example.benchmark.worker.RunResult;
import com.example.benchmark.worker.ServerAddress;

/**
 * The workers of all sides for one schema, and the server that they share: the one that
 * Pristine launched, or else the one that the options name. Each has a database of its
 * own.
 */
class Workers implements AutoCloseable {

	/**
	 * The worker that has Pristine launch the server.
	 */
	static final String SERVER = "pristine-server";

	private static final long IDLE_TIMEOUT_MS = 10_000;

	private final BenchmarkOptions options;

	private final Schema schema;

	private final Path migrations;

	private final Map<String, WorkerProcess> processes = new ConcurrentHashMap<>();

	private final ServerAddress server;

	private final Connection connection;

	Workers(BenchmarkOptions options, Schema schema) throws SQLException {
		this.options = options;
		this.schema = schema;
		this.migrations = options.output().resolve("schema-" + schema.tables()).toAbsolutePath();
		schema.writeMigrations(this.migrations);
		try {
			this.server = options.sides().stream().anyMatch(Side::hasPristine) ? launch() : options.server();
			this.connection = this.server.database("postgres").connect();
		}
		catch (RuntimeException | SQLException ex) {
			close(this.processes);
			throw ex;
		}
	}

	/**
	 * Have a worker run tests. Starts it if need be.
	 */
	RunResult run(Side side, RunRequest request) {
		return this.processes.computeIfAbsent(side.id(), (name) -> start(name, database(name), side.properties()))
			.run(request);
	}

	/**
	 * Start a further worker, which ends with these tests. {@link #SERVER} launches
	 * another server.
	 * @param properties its properties, besides the usual ones
	 */
	RunResult runAlone(String worker, RunRequest request, Map<String, String> properties) {
		String database = database(worker) + "_alone";
		try (WorkerProcess process = start(worker, database, properties)) {
			return process.run(request);
		}
		finally {
			drop(database);
		}
	}

	/**
	 * Give a worker an empty database.
	 */
	void createDatabase(String worker) {
		create(database(worker));
	}

	/**
	 * Wait until the server has nothing to do: a side that works ahead of need must not
	 * do so at the cost of the next.
	 */
	void awaitIdleServer() {
		long deadline = System.currentTimeMillis() + IDLE_TIMEOUT_MS;
		try (Statement statement = this.connection.createStatement()) {
			while (System.currentTimeMillis() < deadline) {
				try (ResultSet result = statement.executeQuery(
						"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()")) {
					result.next();
					if (result.getInt(1) == 0) {
						return;
					}
				}
				Thread.sleep(20);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Progress.print("The server is busy with something else: these figures will be too high");
	}

	ServerAddress server() {
		return this.server;
	}

	@Override
	public void close() {
		try {
			this.processes.forEach((worker, process) -> {
				if (!worker.equals(SERVER)) {
					process.close();
					drop(database(worker));
				}
			});
		}
		finally {
			close(this.processes);
		}
	}

	private ServerAddress launch() {
		WorkerProcess process = start(SERVER, "", Map.of());
		this.processes.put(SERVER, process);
		return process.run(new RunRequest(Side.PRISTINE_TRANSACTION.testClass(), Workload.READ, 1, Duration.ZERO))
			.server();
	}

	private WorkerProcess start(String worker, String database, Map<String, String> additional) {
		Map<String, String> properties = new LinkedHashMap<>(additional);
		properties.put("benchmark.schema", String.valueOf(this.schema.tables()));
		properties.put("spring.main.banner-mode", "off");
		properties.put("logging.level.root", "warn");
		properties.put("logging.level.dev.pristine", "info");
		properties.put("spring.datasource.hikari.maximum-pool-size", "4");
		properties.put("spring.flyway.locations", "filesystem:" + this.migrations);
		if (worker.equals(SERVER) || worker.startsWith("redis-opa")) {
			properties.put("pristine.launch", this.options.launch());
			if (!this.options.server().url().isEmpty()) {
				address(properties, "pristine.postgres.", this.options.server());
			}
		}
		else if (worker.startsWith("pristine")) {
			properties.put("pristine.launch", "external");
			address(properties, "pristine.postgres.", this.server.database("postgres"));
		}
		else if (!worker.equals(Side.H2_MEMORY.id())) {
			create(database);
			address(properties, "spring.datasource.", this.server.database(database));
		}
		return new WorkerProcess(worker, properties, this.options.output().resolve(worker + ".log"));
	}

	private static void address(Map<String, String> properties, String prefix, ServerAddress address) {
		properties.put(prefix + "url", address.url());
		properties.put(prefix + "username", address.username());
		properties.put(prefix + "password", address.password());
	}

	private void create(String database) {
		drop(database);
		execute("CREATE DATABASE " + database);
	}

	private void drop(String database) {
		execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
	}

	private String database(String worker) {
		return "benchmark_" + worker.replace('-', '_') + "_" + this.schema.tables();
	}

	private void execute(String sql) {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void close(Map<String, WorkerProcess> processes) {
		processes.values().forEach(WorkerProcess::close);
	}

}
