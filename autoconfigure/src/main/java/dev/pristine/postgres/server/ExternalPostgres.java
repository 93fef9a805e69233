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

import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.RunTag;
import dev.pristine.resource.ResourceException;

/**
 * A {@link PostgresServer} that somebody else runs. Each application context gets a
 * database of its own on it or, where the user may not create databases, a schema of its
 * own. They carry a comment that names this JVM; nothing else is touched.
 */
final class ExternalPostgres extends PostgresServer {

	private static final Log logger = LogFactory.getLog(ExternalPostgres.class);

	// The lock of the server that is shared by those who create databases
	private static final String CREATION = "hashtextextended('pristine', 0)";

	private final PostgresUrl url;

	private final boolean schemas;

	private final String version;

	ExternalPostgres(LaunchedServer server, PostgresProperties properties) {
		super(server, properties.username(), properties.password(),
				"pristine_" + new BigInteger(40, new SecureRandom()).toString(36) + "_", null);
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
			throw failure(ex);
		}
	}

	private ResourceException failure(SQLException ex) {
		String state = Objects.requireNonNullElse(ex.getSQLState(), "");
		String problem = "cannot be used";
		String action = "Correct the address, or remove the property to have Pristine start a server.";
		if (state.startsWith("28")) {
			problem = "refused the user";
			action = "Correct 'pristine.postgres.username' and 'pristine.postgres.password'.";
		}
		else if (state.startsWith("08")) {
			problem = "cannot be reached";
			action = "Start it, correct 'pristine.postgres.url', or remove the property to have Pristine start a server.";
		}
		return new ResourceException("The server of 'pristine.postgres.url' (%s) %s: %s".formatted(this.url.toMessage(),
				problem, ex.getMessage()), action, ex);
	}

	// One that somebody is connected to is left alone, whatever its comment says. One
	// without a comment, which nobody can connect to, is half-made: its maker would hold
	// the lock
	private void removeLeftovers(Connection connection) throws SQLException {
		// A backup may read what is left
		Sql.execute(connection, "SET lock_timeout = '2s'");
		boolean nobodyCreates = Sql.holds(connection, "SELECT pg_try_advisory_lock(" + CREATION + ")");
		String sql = this.schemas ? """
				SELECT nspname, obj_description(oid, 'pg_namespace'), false FROM pg_namespace
				WHERE nspname LIKE 'pristine\\_%' AND pg_has_role(nspowner, 'USAGE')""" : """
				SELECT datname, shobj_description(oid, 'pg_database'), %b AND NOT datallowconn
					AND shobj_description(oid, 'pg_database') IS NULL FROM pg_database
				WHERE datname LIKE 'pristine\\_%%' AND pg_has_role(datdba, 'USAGE')""".formatted(nobodyCreates);
		List<String> names = new ArrayList<>();
		Sql.query(connection, (row) -> {
			RunTag tag = RunTag.parse(row.getString(2));
			if (row.getBoolean(3) || (tag != null && tag.isDead())) {
				names.add(row.getString(1));
			}
		}, sql);
		for (String name : names) {
			try {
				logger.info("Dropping '" + name + "', which a run that is no more has left");
				drop(connection, name, "");
			}
			catch (SQLException ex) {
				logger.debug("Could not drop '" + name + "'", ex);
			}
		}
	}

	@Override
	void create(Connection connection, String name, @Nullable String template) throws SQLException {
		String quoted = Sql.quote(name);
		if (this.schemas) {
			// One transaction: no schema is ever without its comment
			Sql.execute(connection,
					"CREATE SCHEMA %1$s; COMMENT ON SCHEMA %1$s IS '%2$s'".formatted(quoted, RunTag.current()));
			return;
		}
		Sql.execute(connection, "SELECT pg_advisory_lock_shared(" + CREATION + ")");
		Sql.executeWhenFree(connection, creation(connection, name, template) + " ALLOW_CONNECTIONS false");
		Sql.execute(connection, "COMMENT ON DATABASE %s IS '%s'".formatted(quoted, RunTag.current()));
		Sql.execute(connection, "ALTER DATABASE " + quoted + " WITH ALLOW_CONNECTIONS true");
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
		Sql.execute(connection, "DROP SCHEMA IF EXISTS " + Sql.quote(name) + " CASCADE");
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
