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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Single statements on a connection of our own. Unlike with a {@code JdbcTemplate}, what
 * the server refuses is told by its own exception and state.
 */
public final class Sql {

	/**
	 * Keeps a session alive that may have nothing to do for long.
	 */
	public static final String NO_TIMEOUTS = """
			SELECT set_config(name, '0', false) FROM pg_settings
			WHERE name IN ('idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')""";

	private static final Duration PATIENCE = Duration.ofSeconds(45);

	private Sql() {
	}

	public static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/**
	 * Execute a statement that fails while somebody uses a database: a session ends some
	 * time after its connection was closed.
	 * @param connection where to execute it
	 * @param sql the statement
	 * @throws SQLException if the server refuses for another reason, or for too long
	 */
	static void executeWhenFree(Connection connection, String sql) throws SQLException {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			try {
				execute(connection, sql);
				return;
			}
			catch (SQLException ex) {
				// The server itself has waited for a while
				if (!"55006".equals(ex.getSQLState()) || System.nanoTime() > end) {
					throw ex;
				}
			}
		}
	}

	public static void query(Connection connection, RowCallbackHandler handler, String sql, @Nullable Object... values)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < values.length; i++) {
				statement.setObject(i + 1, values[i]);
			}
			try (ResultSet result = statement.executeQuery()) {
				while (result.next()) {
					handler.processRow(result);
				}
			}
		}
	}

	/**
	 * Return the first column of what a query finds.
	 * @param connection where to ask
	 * @param sql the query
	 * @param values its parameters
	 * @return the value of each row
	 * @throws SQLException if the server refuses
	 */
	public static List<String> strings(Connection connection, String sql, @Nullable Object... values)
			throws SQLException {
		List<String> found = new ArrayList<>();
		query(connection, (row) -> found.add(row.getString(1)), sql, values);
		return found;
	}

	// Return an identifier in quotation marks
	static String quote(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	// Return whether a query answers with true
	static boolean holds(Connection connection, String sql, @Nullable Object... values) throws SQLException {
		AtomicBoolean holds = new AtomicBoolean();
		query(connection, (row) -> holds.set(row.getBoolean(1)), sql, values);
		return holds.get();
	}

}
