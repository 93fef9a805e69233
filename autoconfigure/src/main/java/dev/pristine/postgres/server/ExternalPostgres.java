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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.RunTag;
import dev.pristine.resource.ResourceException;

/**
 * A {@link PostgresServer} that somebody else runs. Each application context gets a
 * database of its own on it or, where the user may not create databases, a schema of its
 * own. Their names tell that they are this JVM's; nothing else is touched.
 */
final class ExternalPostgres extends PostgresServer {

	private static final Log logger = LogFactory.getLog(ExternalPostgres.class);

	// Of several for one server, each has names of its own
	private static final AtomicInteger counter = new AtomicInteger();

	private final PostgresUrl url;

	private final boolean schemas;

	private final String version;

	ExternalPostgres(LaunchedServer server, PostgresProperties properties) {
		super(server, properties.username(), properties.password(),
				"pristine_" + RunTag.current() + "_" + counter.incrementAndGet() + "_", null);
		this.url = PostgresUrl.parse(server.url()).forTests();
		try (Connection connection = connect(this.url)) {
			this.schemas = !Sql.holds(connection,
					"SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user");
			if (this.schemas && !Sql.holds(connection, "SELECT has_database_privilege(current_database(), 'CREATE')")) {
				throw new ResourceException(
						"User '%s' may create neither databases on the server of '%s' nor schemas in that database: tests cannot have a place of their own."
							.formatted(connection.getMetaData().getUserName(), this.url.toMessage()),
						"Grant one of them: 'ALTER ROLE ... CREATEDB' or 'GRANT CREATE ON DATABASE ... TO ...'.");
			}
			this.version = "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
			removeLeftovers(connection);
		}
		catch (SQLException ex) {
			throw new ResourceException(
					"The server of 'pristine.postgres.url' (%s) cannot be used: %s".formatted(this.url.toMessage(),
							ex.getMessage()),
					"Start it, correct the properties 'url', 'username' and 'password' in 'pristine.postgres', or remove the URL to have Pristine start a server.",
					ex);
		}
	}

	// One that somebody is connected to is left alone, whatever its name says
	private void removeLeftovers(Connection connection) throws SQLException {
		List<String> names = Sql.strings(connection, this.schemas
				? "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pristine\\_%' AND pg_has_role(nspowner, 'USAGE')"
				: "SELECT datname FROM pg_database WHERE datname LIKE 'pristine\\_%' AND pg_has_role(datdba, 'USAGE')");
		for (String name : names) {
			RunTag owner = RunTag.in(name);
			if (owner != null && owner.isDead()) {
				try {
					logger.info("Dropping '" + name + "', which a run that is no more has left");
					drop(connection, name, "");
				}
				catch (SQLException ex) {
					logger.debug("Could not drop '" + name + "'", ex);
				}
			}
		}
	}

	@Override
	void create(Connection connection, String name, @Nullable String template) throws SQLException {
		Sql.execute(connection, this.schemas ? "CREATE SCHEMA " + quote(name) : creation(connection, name, template));
	}

	// Whoever still works in a schema would be waited for
	@Override
	void drop(Connection connection, String name, String options) throws SQLException {
		if (!this.schemas) {
			super.drop(connection, name, options);
			return;
		}
		Sql.strings(connection, """
				SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
				JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stat_activity a ON a.pid = l.pid
				WHERE n.nspname = ? AND a.datname = current_database() AND a.usename = current_user
				AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()""", name);
		Sql.execute(connection, "DROP SCHEMA IF EXISTS " + quote(name) + " CASCADE");
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
	public boolean createsDatabases() {
		return !this.schemas;
	}

	@Override
	public String toString() {
		return "external PostgreSQL at " + this.url.toMessage();
	}

}
