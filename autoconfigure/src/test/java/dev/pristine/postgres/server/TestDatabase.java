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
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import dev.pristine.launch.Servers;
import dev.pristine.postgres.DatabaseDump;

/**
 * An empty database of a test, on the embedded server that all tests of the JVM share.
 */
public final class TestDatabase implements AutoCloseable {

	private final PostgresDatabase database;

	private TestDatabase(PostgresDatabase database) {
		this.database = database;
	}

	public static TestDatabase create() {
		return on("pristine.postgres.settings.max_prepared_transactions=10");
	}

	public static TestDatabase withLogicalReplication() {
		return on("pristine.postgres.settings.wal_level=logical");
	}

	private static TestDatabase on(String property) {
		return new TestDatabase(PostgresDatabase
			.create(() -> Servers.get(property, () -> EmbeddedServer.start(property)), DriverParameters.NONE));
	}

	public Connection connect() {
		try {
			return DriverManager.getConnection(url(), username(), password());
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public void execute(String... statements) throws SQLException {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	public List<String> query(String sql) throws SQLException {
		try (Connection connection = connect()) {
			return new JdbcTemplate(new SingleConnectionDataSource(connection, true)).queryForList(sql, String.class);
		}
	}

	/**
	 * Return everything in the database: rows and definitions.
	 */
	public Map<String, String> dump() {
		try (Connection connection = connect()) {
			Map<String, String> dump = new TreeMap<>(DatabaseDump.content(connection));
			dump.putAll(DatabaseDump.schema(connection));
			return dump;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public String url() {
		return this.database.url().toString();
	}

	public String name() {
		return this.database.name();
	}

	public String username() {
		return this.database.server().username();
	}

	public String password() {
		return this.database.server().password();
	}

	public JdbcConnectionDetails details() {
		return new Details(this);
	}

	/**
	 * Drop a role, and give what it owns to the user of the server.
	 */
	public void dropRole(String name) throws SQLException {
		// Sessions that were closed may still be dropping their temporary tables
		execute("DO $$ BEGIN FOR i IN 1..1000 LOOP PERFORM pg_stat_clear_snapshot();"
				+ " EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = '" + name
				+ "'); PERFORM pg_sleep(0.01); END LOOP; END $$");
		execute("REASSIGN OWNED BY %1$s TO CURRENT_USER; DROP OWNED BY %1$s CASCADE; DROP ROLE %1$s".formatted(name));
	}

	@Override
	public void close() {
		this.database.close();
	}

	private record Details(TestDatabase database) implements JdbcConnectionDetails {

		@Override
		public String getUsername() {
			return this.database.username();
		}

		@Override
		public String getPassword() {
			return this.database.password();
		}

		@Override
		public String getJdbcUrl() {
			return this.database.url();
		}

	}

}
