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

package dev.pristine.postgres.sandbox;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * The session settings of the physical connection, lent to one logical connection after
 * the other, so that {@code SET} on one of them is not seen on another.
 */
final class SessionSettings {

	private final BaseConnection driver;

	private final Map<String, @Nullable String> original = new HashMap<>();

	private @Nullable LogicalConnection current;

	SessionSettings(BaseConnection driver) {
		this.driver = driver;
	}

	/**
	 * Have the settings of a connection in effect.
	 * @param connection the connection about to run a statement
	 * @return whether a setting was changed for that
	 * @throws SQLException if the server refuses
	 */
	boolean use(LogicalConnection connection) throws SQLException {
		LogicalConnection previous = this.current;
		if (previous == connection) {
			return false;
		}
		this.current = connection;
		boolean changes = !connection.settings().isEmpty();
		if (previous != null && !previous.settings().isEmpty()) {
			changes = true;
			for (Map.Entry<String, @Nullable String> setting : previous.settings().entrySet()) {
				setting.setValue(get(setting.getKey()));
				set(setting.getKey(), this.original.get(setting.getKey()));
			}
		}
		for (Map.Entry<String, @Nullable String> setting : connection.settings().entrySet()) {
			set(setting.getKey(), setting.getValue());
		}
		return changes;
	}

	/**
	 * Take note of settings that a statement is about to change.
	 * @param connection the connection it runs on
	 * @param sql the statement
	 * @throws SQLException if the server refuses
	 */
	void changing(LogicalConnection connection, Sql sql) throws SQLException {
		Transaction transaction = connection.transaction();
		for (Sql.Setting setting : sql.settings()) {
			String name = setting.name();
			if (setting.local()) {
				if (transaction != null && !transaction.localSettings().containsKey(name)) {
					transaction.localSettings().put(name, get(name));
				}
			}
			else {
				if (!this.original.containsKey(name)) {
					this.original.put(name, get(name));
				}
				connection.settings().put(name, null);
				if (transaction != null) {
					transaction.localSettings().remove(name);
				}
			}
		}
	}

	/**
	 * Return the settings that a statement changes for its own duration only.
	 * @param sql a statement in auto-commit
	 * @return the settings and their present values
	 * @throws SQLException if the server refuses
	 */
	Map<String, @Nullable String> local(Sql sql) throws SQLException {
		Map<String, @Nullable String> local = new LinkedHashMap<>();
		for (Sql.Setting setting : sql.settings()) {
			if (setting.local()) {
				local.put(setting.name(), get(setting.name()));
			}
		}
		return local;
	}

	/**
	 * Set settings back.
	 * @param values the settings and their values
	 * @throws SQLException if the server refuses
	 */
	void restore(Map<String, @Nullable String> values) throws SQLException {
		for (Map.Entry<String, @Nullable String> setting : values.entrySet()) {
			set(setting.getKey(), setting.getValue());
		}
	}

	/**
	 * Undo what a connection that is closed has set.
	 * @param connection the connection
	 * @throws SQLException if the server refuses
	 */
	void close(LogicalConnection connection) throws SQLException {
		if (this.current == connection) {
			this.current = null;
			for (String name : connection.settings().keySet()) {
				set(name, this.original.get(name));
			}
		}
		connection.settings().clear();
	}

	/**
	 * Forget everything: the server has gone back to where it was.
	 */
	void reset() {
		LogicalConnection current = this.current;
		if (current != null) {
			current.settings().clear();
		}
		this.current = null;
		this.original.clear();
	}

	private @Nullable String get(String name) throws SQLException {
		try (PreparedStatement statement = this.driver.prepareStatement("SELECT current_setting(?, true)")) {
			statement.setString(1, name);
			try (ResultSet rows = statement.executeQuery()) {
				rows.next();
				return rows.getString(1);
			}
		}
	}

	private void set(String name, @Nullable String value) throws SQLException {
		try (PreparedStatement statement = this.driver.prepareStatement("SELECT set_config(?, ?, false)")) {
			statement.setString(1, name);
			statement.setString(2, (value != null) ? value : "");
			statement.execute();
		}
	}

}
