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
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import dev.pristine.postgres.server.Sql;

/**
 * What a data source makes of a session before it hands it out: its user, role and
 * settings. Read-only and the isolation level do not count, which every logical
 * connection has for itself.
 *
 * @param settings the settings by their names
 */
public record SessionSettings(Map<String, String> settings) {

	private static final Log logger = LogFactory.getLog(SessionSettings.class);

	private static final String ROLE = "role";

	private static final String SETTINGS = """
			SELECT 'user', session_user::text
			UNION ALL SELECT 'role', current_user::text
			UNION ALL SELECT name, setting FROM pg_catalog.pg_settings
			WHERE context IN ('user', 'superuser')
			AND name NOT IN ('application_name', 'default_transaction_read_only', 'default_transaction_isolation')""";

	static SessionSettings of(Connection connection) throws SQLException {
		Map<String, String> settings = new TreeMap<>();
		Sql.query(connection, (row) -> settings.put(row.getString(1), row.getString(2)), SETTINGS);
		return new SessionSettings(settings);
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
		Map<String, String> differences = new TreeMap<>();
		Stream.of(this, other).flatMap((each) -> each.settings.keySet().stream()).forEach((name) -> {
			String value = this.settings.getOrDefault(name, "unset");
			String otherValue = other.settings.getOrDefault(name, "unset");
			if (!value.equals(otherValue)) {
				differences.put(name, value + " and " + otherValue);
			}
		});
		return differences.isEmpty() ? "" : differences.toString();
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
			Connection own = beside.getConnection();
			of(pooled).applyTo(own);
			pooled.close();
			return own;
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("No connection could be opened beside the pool", ex);
			return pooled;
		}
	}

	private void applyTo(Connection connection) throws SQLException {
		Map<String, String> different = new TreeMap<>(this.settings);
		different.entrySet().removeAll(of(connection).settings.entrySet());
		different.remove("user");
		// A role may be allowed to set less: it comes last
		String role = different.remove(ROLE);
		for (Map.Entry<String, String> setting : different.entrySet()) {
			set(connection, setting.getKey(), setting.getValue());
		}
		if (role != null) {
			set(connection, ROLE, role);
		}
	}

	private static void set(Connection connection, String name, String value) throws SQLException {
		Sql.strings(connection, "SELECT set_config(?, ?, false)", name, value);
	}

}
