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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import dev.pristine.launch.RunTag;
import dev.pristine.resource.ResourceException;

/**
 * A {@link PostgresServer} that somebody else runs. Each application context gets a
 * database of its own on it or, where the user may not create databases, a schema of its
 * own. They carry a comment that names this JVM; nothing else is touched.
 */
final class ExternalPostgres implements PostgresServer {

	private static final Log logger = LogFactory.getLog(ExternalPostgres.class);

	private static final int CREATE_ATTEMPTS = 20;

	// The lock of the server that is shared by those who create databases
	private static final String CREATION = "hashtextextended('pristine', 0)";

	private final PostgresUrl url;

	private final @Nullable String username;

	private final @Nullable String password;

	private final String run = new BigInteger(40, new SecureRandom()).toString(36);

	private final AtomicInteger counter = new AtomicInteger();

	private final AtomicBoolean told = new AtomicBoolean();

	private final boolean schemas;

	private final String version;

	private ExternalPostgres(PostgresUrl url, @Nullable String username, @Nullable String password) {
		this.url = url;
		this.username = username;
		this.password = password;
		try (Connection connection = connect(url)) {
			this.schemas = !holds(connection,
					"SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user");
			if (this.schemas && !holds(connection, "SELECT has_database_privilege(current_database(), 'CREATE')")) {
				throw new ResourceException(
						"User '%s' may create neither databases on the server of '%s' nor schemas in that database: tests cannot have a place of their own."
							.formatted(connection.getMetaData().getUserName(), url.toMessage()),
						"Grant one of them: 'ALTER ROLE ... CREATEDB' or 'GRANT CREATE ON DATABASE ... TO ...'.");
			}
			this.version = "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
			removeLeftovers(connection);
		}
		catch (SQLException ex) {
			throw failure(ex);
		}
	}

	static ExternalPostgres connect(PostgresProperties properties) {
		String url = properties.url();
		Assert.state(url != null, "'url' must not be null");
		return new ExternalPostgres(PostgresUrl.parse(url).forTests(), properties.username(), properties.password());
	}

	private ResourceException failure(SQLException ex) {
		String state = (ex.getSQLState() != null) ? ex.getSQLState() : "";
		if (state.startsWith("28")) {
			return new ResourceException(
					"The server of 'pristine.postgres.url' (%s) refused the user: %s".formatted(this.url.toMessage(),
							ex.getMessage()),
					"Correct 'pristine.postgres.username' and 'pristine.postgres.password'.", ex);
		}
		if (state.startsWith("08")) {
			return new ResourceException(
					"The server of 'pristine.postgres.url' (%s) cannot be reached: %s".formatted(this.url.toMessage(),
							ex.getMessage()),
					"Start it, correct 'pristine.postgres.url', or remove the property to have Pristine start a server.",
					ex);
		}
		return new ResourceException(
				"The server of 'pristine.postgres.url' (%s) cannot be used: %s".formatted(this.url.toMessage(),
						ex.getMessage()),
				"Correct the address, or remove the property to have Pristine start a server.", ex);
	}

	// One that somebody is connected to is left alone, whatever its comment says. One
	// without a comment, which nobody can connect to, is half-made: its maker would hold
	// the lock
	private void removeLeftovers(Connection connection) throws SQLException {
		boolean nobodyCreates = holds(connection, "SELECT pg_try_advisory_lock(" + CREATION + ")");
		String sql = this.schemas ? """
				SELECT nspname, obj_description(oid, 'pg_namespace'), false FROM pg_namespace
				WHERE nspname LIKE 'pristine\\_%' AND pg_has_role(nspowner, 'USAGE')""" : """
				SELECT datname, shobj_description(oid, 'pg_database'), %b AND NOT datallowconn
					AND shobj_description(oid, 'pg_database') IS NULL FROM pg_database
				WHERE datname LIKE 'pristine\\_%%' AND pg_has_role(datdba, 'USAGE')""".formatted(nobodyCreates);
		List<String> names = new ArrayList<>();
		try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			while (result.next()) {
				RunTag tag = RunTag.parse(result.getString(2));
				if (result.getBoolean(3) || (tag != null && tag.isDead())) {
					names.add(result.getString(1));
				}
			}
		}
		for (String name : names) {
			try (Statement statement = connection.createStatement()) {
				logger.info("Dropping '" + name + "', which a run that is no more has left");
				drop(statement, name, "");
			}
			catch (SQLException ex) {
				logger.debug("Could not drop '" + name + "'", ex);
			}
		}
	}

	private static boolean holds(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			return result.next() && result.getBoolean(1);
		}
	}

	@Override
	public void createDatabase(String name, @Nullable String template) throws SQLException {
		try (Connection connection = connectToServer(); Statement statement = connection.createStatement()) {
			if (this.schemas) {
				// One transaction: no schema is ever without its comment
				statement.execute("CREATE SCHEMA %1$s; COMMENT ON SCHEMA %1$s IS '%2$s'"
					.formatted(PostgresServer.quote(name), RunTag.current()));
			}
			else {
				create(connection, statement, name, template);
			}
			if (this.counter.get() == 1 && !this.told.getAndSet(true)) {
				logger.info("The first database: psql \"" + url(name).toUri(this.username, null) + "\"");
			}
		}
	}

	private static void create(Connection connection, Statement statement, String name, @Nullable String template)
			throws SQLException {
		String database = PostgresServer.quote(name);
		statement.execute("SELECT pg_advisory_lock_shared(" + CREATION + ")");
		create(statement, database + PostgresServer.copyOf(template, connection) + " ALLOW_CONNECTIONS false");
		statement.execute("COMMENT ON DATABASE %s IS '%s'".formatted(database, RunTag.current()));
		statement.execute("ALTER DATABASE " + database + " WITH ALLOW_CONNECTIONS true");
		if (template != null) {
			DatabaseAttributes.copy(connection, template, name);
		}
	}

	// Whoever still works in a schema would be waited for
	private void drop(Statement statement, String name, String options) throws SQLException {
		if (this.schemas) {
			statement.execute("SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
					+ " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stat_activity a ON a.pid = l.pid"
					+ " WHERE n.nspname = " + statement.enquoteLiteral(name)
					+ " AND a.datname = current_database() AND a.usename = current_user"
					+ " AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()");
			statement.execute("DROP SCHEMA IF EXISTS " + PostgresServer.quote(name) + " CASCADE");
		}
		else {
			statement.execute("DROP DATABASE IF EXISTS " + PostgresServer.quote(name) + options);
		}
	}

	private static void create(Statement statement, String database) throws SQLException {
		for (int attempt = 1;; attempt++) {
			try {
				statement.execute("CREATE DATABASE " + database);
				return;
			}
			catch (SQLException ex) {
				// The template database is in use, as it is while others create theirs
				if (!"55006".equals(ex.getSQLState()) || attempt == CREATE_ATTEMPTS) {
					throw ex;
				}
				PostgresServer.pause(100, ex);
			}
		}
	}

	@Override
	public void dropDatabase(String name) throws SQLException {
		try (Connection connection = connectToServer(); Statement statement = connection.createStatement()) {
			drop(statement, name, " WITH (FORCE)");
		}
	}

	@Override
	public Connection connectToServer() throws SQLException {
		return connect(this.url.with("socketTimeout", "60"));
	}

	// What answered, with its version
	String version() {
		return this.version;
	}

	@Override
	public PostgresUrl url(String database) {
		return this.schemas ? this.url.without("currentSchema").with("currentSchema", database)
				: this.url.withDatabase(database);
	}

	@Override
	public @Nullable String username() {
		return this.username;
	}

	@Override
	public @Nullable String password() {
		return this.password;
	}

	@Override
	public boolean createsDatabases() {
		return !this.schemas;
	}

	@Override
	public String nextName() {
		return "pristine_" + this.run + "_" + this.counter.incrementAndGet();
	}

	@Override
	public boolean isAlive() {
		return OF_OTHERS.isAlive();
	}

	@Override
	public void stop() {
		OF_OTHERS.stop();
	}

	@Override
	public String toString() {
		return "external PostgreSQL at " + this.url.toMessage();
	}

}
