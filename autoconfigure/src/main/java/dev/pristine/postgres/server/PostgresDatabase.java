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
import java.util.List;
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
 */
public final class PostgresDatabase implements JdbcConnectionDetails, AutoCloseable {

	private static final Log logger = LogFactory.getLog(PostgresDatabase.class);

	private static final String NEXT_TRANSACTION = "SELECT age('3'::xid)";

	private final PostgresServer server;

	private final String name;

	private final DriverParameters parameters;

	/** How many copies somebody has connected to. */
	private final AtomicInteger copies = new AtomicInteger();

	private volatile @Nullable Origin origin;

	private PostgresDatabase(PostgresServer server, String name, DriverParameters parameters) {
		this.server = server;
		this.name = name;
		this.parameters = parameters;
	}

	/**
	 * Create a database.
	 * @param servers gives the server
	 * @param parameters what the application's statements rely on
	 * @return the database, which is empty
	 */
	public static PostgresDatabase create(Supplier<? extends PostgresServer> servers, DriverParameters parameters) {
		for (int attempt = 1;; attempt++) {
			PostgresServer server = servers.get();
			try {
				String name = server.createEmpty();
				if (name.endsWith("_1")) {
					logger.info("The first database: psql \"" + server.uri(name) + "\"");
				}
				return new PostgresDatabase(server, name, parameters);
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

	public PostgresServer server() {
		return this.server;
	}

	public String name() {
		return this.name;
	}

	/**
	 * Make the database, which nobody has used yet, a copy of a template.
	 * @param connection a connection to the server, but to none of the databases of tests
	 * @param template the name of the template
	 * @throws SQLException if the server refuses, as when somebody is connected
	 */
	public void become(Connection connection, String template) throws SQLException {
		this.server.giveUp(connection, this.name);
		try {
			this.server.createDatabase(this.name, template);
		}
		catch (SQLException ex) {
			try {
				this.server.createDatabase(this.name, null);
			}
			catch (SQLException other) {
				ex.addSuppressed(other);
			}
			throw ex;
		}
		if (this.server.isOwn()) {
			this.origin = new Origin(new PostgresDatabase(this.server, template, this.parameters),
					Sql.strings(connection, NEXT_TRANSACTION));
		}
	}

	/**
	 * Return what the database was copied from.
	 * @return the template, or {@code null} if there is none that stays
	 */
	public @Nullable PostgresDatabase template() {
		Origin origin = this.origin;
		return (origin != null) ? origin.template : null;
	}

	/**
	 * Return whether the database is still equal to its template.
	 * @param connection a connection to the server
	 * @return {@code false} if there is none, or somebody has written since, in whichever
	 * database
	 * @throws SQLException if the server refuses
	 */
	public boolean isAsCopied(Connection connection) throws SQLException {
		Origin origin = this.origin;
		return origin != null && origin.moment.equals(Sql.strings(connection, NEXT_TRANSACTION));
	}

	/**
	 * Connect to a copy for the first time.
	 * @param copy a copy that {@link #copyTo} has made
	 * @return the connection
	 * @throws SQLException if the server refuses
	 */
	public Connection connectTo(PostgresDatabase copy) throws SQLException {
		Connection connection = copy.connect();
		try {
			SequenceRanges.separate(connection, copy.isSchema() ? copy.name() : null, this.copies.incrementAndGet());
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
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
		return new PostgresDatabase(this.server, name, this.parameters);
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
		if (!this.server.isAlive() || this.server.isEnding()) {
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

	/**
	 * What a database was copied from, and when.
	 *
	 * @param template the template
	 * @param moment the next transaction of the server at that time
	 */
	private record Origin(PostgresDatabase template, List<String> moment) {

	}

}
