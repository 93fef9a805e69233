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

package dev.pristine.postgres.route;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import dev.pristine.postgres.sandbox.ConnectionDefaults;
import dev.pristine.postgres.server.Sql;

/**
 * What a data source makes of a session before it hands it out: its user, role and
 * settings.
 *
 * @param defaults what every logical connection has for itself
 * @param settings the settings by their names
 */
public record SessionSettings(ConnectionDefaults defaults, Map<String, String> settings) {

	private static final Log logger = LogFactory.getLog(SessionSettings.class);

	/**
	 * Has one parameter, what settings are meant. Another user or role may be allowed to
	 * set less: they come last.
	 */
	private static final String ASSIGNMENTS = """
			SELECT coalesce('SELECT ' || string_agg(format('pg_catalog.set_config(%%L, %%L, false)', name, setting), ', '
			    ORDER BY position), '')
			  FROM (SELECT name, setting, 1 AS position FROM pg_catalog.pg_settings
			    WHERE context IN ('user', 'superuser') AND %s
			    UNION ALL SELECT 'session_authorization', session_user::text, 2
			    UNION ALL SELECT 'role', current_setting('role'), 3 WHERE current_setting('role') <> 'none') AS settings""";

	/** What sets, or may set, what pg_settings does not show, such as app.tenant. */
	private static final Pattern HIDDEN = Pattern
		.compile("(?i)\\bset\\b[^;=]*?\\w\"?\\s*\\.\\s*\"?\\w|\\bset_config\\b");

	private static final String OWN_USER = "SET SESSION AUTHORIZATION DEFAULT; RESET ROLE";

	/** How long the server may take to answer, in milliseconds. */
	static final int TIMEOUT = 10_000;

	private static final String LOGICAL = "('default_transaction_read_only', 'default_transaction_isolation')";

	private static final String SETTINGS = """
			SELECT 'user', session_user::text
			UNION ALL SELECT 'role', current_user::text
			UNION ALL SELECT name, setting FROM pg_catalog.pg_settings
			WHERE context IN ('user', 'superuser') AND name <> 'application_name' AND name NOT IN %s"""
		.formatted(LOGICAL);

	/**
	 * Learn the settings of a session.
	 * @param connection a connection that nobody has used yet
	 * @param initialization what the pool runs on each new connection, or {@code null}:
	 * it may set what {@code pg_settings} does not show
	 * @return the settings
	 */
	static SessionSettings of(Connection connection, @Nullable String initialization) throws SQLException {
		Map<String, String> settings = new TreeMap<>();
		String statements = (initialization != null) ? initialization.strip().replaceAll("\\s+", " ") : "";
		settings.put("connection-init-sql", HIDDEN.matcher(statements).find() ? statements : "");
		Sql.query(connection, (row) -> settings.put(row.getString(1), row.getString(2)), SETTINGS);
		return new SessionSettings(ConnectionDefaults.of(connection), settings);
	}

	/**
	 * Return what makes the settings of another session those of this one.
	 * @param connection the connection of this one
	 * @param which which settings, as a condition on {@code pg_settings}
	 * @return a statement, empty if there are none
	 */
	static String assignments(BaseConnection connection, String which) throws SQLException {
		// Begins no transaction on a connection without auto-commit
		try (ResultSet result = connection.execSQLQuery(ASSIGNMENTS.formatted(which))) {
			result.next();
			return result.getString(1);
		}
	}

	public @Nullable String searchPath() {
		return this.settings.get("search_path");
	}

	/**
	 * Return what two sessions do not have in common.
	 * @param other the other session
	 * @return the values of this one and of the other one, for messages; empty if they
	 * are alike
	 */
	public String differenceFrom(SessionSettings other) {
		Set<String> names = new TreeSet<>(this.settings.keySet());
		// Some are hidden from some users
		names.retainAll(other.settings.keySet());
		names.removeIf((name) -> Objects.equals(this.settings.get(name), other.settings.get(name)));
		return names.stream()
			.map((name) -> name + ": " + this.settings.get(name) + " and " + other.settings.get(name))
			.collect(Collectors.joining(", "));
	}

	/**
	 * Open a connection beside a pool, in the same session state as those of the pool.
	 * @param dataSource the pool
	 * @return the connection: one of the pool if nothing else can be opened
	 * @throws SQLException if there is no connection
	 */
	public static Connection connectBeside(DataSource dataSource) throws SQLException {
		Connection pooled = dataSource.getConnection();
		try {
			SimpleDriverDataSource beside = DataSourceBuilder.derivedFrom(dataSource)
				.type(SimpleDriverDataSource.class)
				.build();
			Properties properties = new Properties();
			// The sandbox has the driver set a savepoint for each statement
			properties.setProperty("cleanupSavepoints", "true");
			beside.setConnectionProperties(properties);
			String settings = assignments(pooled.unwrap(BaseConnection.class),
					"source IN ('client', 'session') AND name NOT IN " + LOGICAL);
			Connection own = beside.getConnection();
			try {
				initialize(own, settings, HikariPool.initialization(HikariPool.of(dataSource)));
			}
			catch (SQLException ex) {
				own.close();
				throw ex;
			}
			pooled.close();
			return own;
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("No connection could be opened beside the pool", ex);
			return pooled;
		}
	}

	// What the pool runs does more than can be seen. Of what can be seen, the settings
	// tell
	private static void initialize(Connection own, String settings, @Nullable String initialization)
			throws SQLException {
		int timeout = own.getNetworkTimeout();
		own.setNetworkTimeout(Runnable::run, TIMEOUT);
		try (Statement statement = own.createStatement()) {
			statement.execute(settings);
			if (initialization != null) {
				statement.execute(OWN_USER);
				statement.execute(initialization);
				statement
					.execute(OWN_USER + "; RESET default_transaction_read_only; RESET default_transaction_isolation");
				statement.execute(settings);
			}
		}
		own.setNetworkTimeout(Runnable::run, timeout);
	}

}
