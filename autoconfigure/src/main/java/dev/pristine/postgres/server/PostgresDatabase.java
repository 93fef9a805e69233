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

package dev.pristine.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import dev.pristine.resource.ResourceException;

/**
 * The database that one application context has for itself. It is dropped when the
 * context is closed.
 *
 * @param server the server that it is on
 * @param name its name
 * @param parameters what the application's statements rely on
 * @param copies how many copies somebody has connected to
 */
public record PostgresDatabase(PostgresServer server, String name, DriverParameters parameters,
		AtomicInteger copies) implements JdbcConnectionDetails, AutoCloseable {

	private static final Log logger = LogFactory.getLog(PostgresDatabase.class);

	public static PostgresDatabase create(Supplier<? extends PostgresServer> servers, DriverParameters parameters) {
		for (int attempt = 1;; attempt++) {
			PostgresServer server = servers.get();
			String name = server.nextName();
			try {
				server.createDatabase(name, null);
				if (name.endsWith("_1")) {
					logger.info("The first database: psql \"" + server.uri(name) + "\"");
				}
				return new PostgresDatabase(server, name, parameters, new AtomicInteger());
			}
			catch (SQLException ex) {
				// It may have died since it was asked; then there is a new one
				if (server.isAlive() || attempt > 1) {
					throw new ResourceException(
							"No database could be created on the %s: %s".formatted(server, ex.getMessage()),
							FullServer.action(ex, "See the end of the server's log: %s".formatted(server.logTail())),
							ex);
				}
			}
		}
	}

	/**
	 * Connect to a copy for the first time.
	 * @param copy a copy that {@link #copyTo} has made
	 * @return the connection
	 * @throws SQLException if the server refuses
	 */
	public Connection connectTo(PostgresDatabase copy) throws SQLException {
		Connection connection = copy.connect();
		SequenceRanges.separate(connection, copy.isSchema() ? copy.name() : null, this.copies.incrementAndGet());
		return connection;
	}

	/**
	 * Return whether a schema stands for the database, as none may be created.
	 * @return whether others share the database
	 */
	public boolean isSchema() {
		return !this.server.createsDatabases();
	}

	/**
	 * Create a database with the same content, or an empty schema.
	 * @param name its name
	 * @return the copy
	 * @throws SQLException if the server refuses, as while somebody is connected
	 */
	public PostgresDatabase copyTo(String name) throws SQLException {
		this.server.createDatabase(name, this.name);
		return new PostgresDatabase(this.server, name, this.parameters, new AtomicInteger());
	}

	@Override
	public @Nullable String getUsername() {
		return this.server.username();
	}

	@Override
	public @Nullable String getPassword() {
		return this.server.password();
	}

	@Override
	public String getJdbcUrl() {
		return url().toString();
	}

	public PostgresUrl url() {
		return withParameters(this.server.url(this.name));
	}

	public PostgresUrl withParameters(PostgresUrl url) {
		return this.parameters.addTo(url);
	}

	public Connection connect() throws SQLException {
		return this.server.connect(url());
	}

	@Override
	public void close() {
		if (!this.server.isAlive()) {
			return;
		}
		try {
			this.server.dropDatabase(this.name);
		}
		catch (SQLException ex) {
			logger.debug("Database '" + this.name + "' could not be dropped", ex);
		}
	}

	@Override
	public String toString() {
		return "database '" + this.name + "' on " + this.server;
	}

}
