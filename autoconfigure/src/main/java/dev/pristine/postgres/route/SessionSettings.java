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
import java.util.regex.MatchResult;
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

	/** What may be the name of a custom setting, which pg_settings does not show. */
	private static final Pattern CUSTOM = Pattern.compile("\\w+\\.\\w+");

	/** Has one parameter, the names. */
	private static final String CUSTOM_SETTINGS = """
			SELECT name, current_setting(name, true) FROM unnest(%s) AS custom(name)
			WHERE current_setting(name, true) IS NOT NULL""";

	/**
	 * Has two parameters, what settings are meant, and custom ones. Another user or role
	 * may be allowed to set less: they come last.
	 */
	private static final String ASSIGNMENTS = """
			SELECT coalesce('SELECT ' || string_agg(format('pg_catalog.set_config(%%L, %%L, false)', name, setting), ', '
			    ORDER BY position), '')
			  FROM (SELECT name, setting, 1 AS position FROM pg_catalog.pg_settings
			    WHERE context IN ('user', 'superuser') AND %s
			    UNION ALL SELECT *, 1 FROM (%s) AS custom
			    UNION ALL SELECT 'session_authorization', session_user::text, 2
			    UNION ALL SELECT 'role', current_setting('role'), 3 WHERE current_setting('role') <> 'none') AS settings""";

	private static final String LOGICAL = "('default_transaction_read_only', 'default_transaction_isolation')";

	private static final String SETTINGS = """
			SELECT 'user', session_user::text
			UNION ALL SELECT 'role', current_user::text
			UNION ALL SELECT name, setting FROM pg_catalog.pg_settings
			WHERE context IN ('user', 'superuser') AND name <> 'application_name' AND name NOT IN %s
			UNION ALL %s""";

	/**
	 * Learn the settings of a session.
	 * @param connection a connection that nobody has used yet
	 * @param initialization what the pool runs on each new connection, or {@code null}
	 * @return the settings
	 */
	static SessionSettings of(Connection connection, @Nullable String initialization) throws SQLException {
		Map<String, String> settings = new TreeMap<>();
		Sql.query(connection, (row) -> settings.put(row.getString(1), row.getString(2)),
				SETTINGS.formatted(LOGICAL, custom(initialization)));
		return new SessionSettings(ConnectionDefaults.of(connection), settings);
	}

	/**
	 * Return what makes the settings of another session those of this one.
	 * @param connection the connection of this one
	 * @param which which settings, as a condition on {@code pg_settings}
	 * @param initialization what the pool runs on each new connection, or {@code null}
	 * @return a statement, empty if there are none
	 */
	static String assignments(BaseConnection connection, String which, @Nullable String initialization)
			throws SQLException {
		// Begins no transaction on a connection without auto-commit
		try (ResultSet result = connection.execSQLQuery(ASSIGNMENTS.formatted(which, custom(initialization)))) {
			result.next();
			return result.getString(1);
		}
	}

	private static String custom(@Nullable String initialization) {
		return CUSTOM_SETTINGS.formatted(CUSTOM.matcher((initialization != null) ? initialization : "")
			.results()
			.map(MatchResult::group)
			.distinct()
			.collect(Collectors.joining(",", "'{", "}'::text[]")));
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
			HikariPool pool = HikariPool.of(dataSource);
			String settings = assignments(pooled.unwrap(BaseConnection.class),
					"source IN ('client', 'session') AND name NOT IN " + LOGICAL,
					(pool != null) ? pool.initialization() : null);
			Connection own = beside.getConnection();
			try (Statement statement = own.createStatement()) {
				statement.execute(settings);
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

}
