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
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The session settings of the physical connection, lent to one logical connection after
 * the other, so that {@code SET} on one of them is not seen on another. The caller has
 * the {@link ConnectionLock}.
 */
final class SessionSettings {

	private final PhysicalConnection connection;

	private final Map<String, @Nullable String> original = new HashMap<>();

	/**
	 * What each connection has changed, and the values while they are not in effect.
	 */
	private final Map<Session, Map<String, @Nullable String>> changed = new IdentityHashMap<>();

	private @Nullable Session current;

	SessionSettings(PhysicalConnection connection) {
		this.connection = connection;
	}

	/**
	 * Have the settings of a connection in effect.
	 * @param session the connection about to run a statement
	 */
	void use(Session session) throws SQLException {
		Session previous = this.current;
		if (previous == session || this.changed.isEmpty()) {
			this.current = session;
			return;
		}
		if (previous != null) {
			Map<String, @Nullable String> values = of(previous);
			for (Map.Entry<String, @Nullable String> value : values.entrySet()) {
				value.setValue(get(value.getKey()));
			}
			for (String name : values.keySet()) {
				set(name, this.original.get(name));
			}
		}
		set(of(session));
		this.current = session;
	}

	/**
	 * Take note of settings that a statement is about to change.
	 * @param session the connection it runs on, whose settings are in effect
	 * @param local the settings that end with its transaction
	 * @param settings the settings about to be changed
	 */
	void changing(Session session, Map<String, @Nullable String> local, Collection<Setting> settings)
			throws SQLException {
		for (Setting setting : settings) {
			String name = setting.name();
			if (setting.local()) {
				if (!local.containsKey(name)) {
					local.put(name, get(name));
				}
			}
			else {
				if (!this.original.containsKey(name)) {
					this.original.put(name, get(name));
				}
				this.changed.computeIfAbsent(session, (each) -> new LinkedHashMap<>()).put(name, null);
				local.remove(name);
			}
		}
	}

	/**
	 * Set settings.
	 * @param values the values by name
	 */
	void set(Map<String, @Nullable String> values) throws SQLException {
		for (Map.Entry<String, @Nullable String> value : values.entrySet()) {
			set(value.getKey(), value.getValue());
		}
	}

	/**
	 * Take note that the server has undone the transaction of a connection, at whose
	 * beginning its settings were in effect.
	 * @param session the connection
	 */
	void wentBack(Session session) {
		this.current = session;
	}

	/**
	 * Undo what a connection has set that is about to be closed.
	 * @param session the connection
	 */
	void close(Session session) throws SQLException {
		Map<String, @Nullable String> values = this.changed.remove(session);
		if (this.current == session) {
			this.current = null;
			if (values != null) {
				for (String name : values.keySet()) {
					set(name, this.original.get(name));
				}
			}
		}
	}

	/**
	 * Return whether a connection has changed something.
	 * @param session the connection
	 * @return whether it is to be undone when the connection is closed
	 */
	boolean isChangedBy(Session session) {
		return this.changed.containsKey(session);
	}

	/**
	 * Forget everything: the server has gone back to where it was.
	 */
	void clear() {
		this.changed.clear();
		this.original.clear();
		this.current = null;
	}

	private Map<String, @Nullable String> of(Session session) {
		return this.changed.getOrDefault(session, Map.of());
	}

	private @Nullable String get(String name) throws SQLException {
		try (PreparedStatement statement = this.connection.prepare("SELECT current_setting(?, true)")) {
			statement.setString(1, name);
			try (ResultSet rows = statement.executeQuery()) {
				rows.next();
				return rows.getString(1);
			}
		}
	}

	private void set(String name, @Nullable String value) throws SQLException {
		try (PreparedStatement statement = this.connection.prepare("SELECT set_config(?, ?, false)")) {
			statement.setString(1, name);
			statement.setString(2, (value != null) ? value : "");
			statement.execute();
		}
	}

}
