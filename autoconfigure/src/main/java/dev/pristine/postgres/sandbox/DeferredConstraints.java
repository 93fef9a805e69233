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
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The constraints that may speak at a commit only. A schema that has none costs nothing.
 */
final class DeferredConstraints {

	private static final String DEFERRABLE = """
			SELECT DISTINCT format('%I.%I', n.nspname, c.conname), c.condeferred
			FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
			WHERE c.condeferrable AND c.conparentid = 0
			UNION SELECT DISTINCT format('%I.%I', n.nspname, t.tgname), t.tginitdeferred
			FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_namespace n ON n.oid = r.relnamespace
			WHERE t.tgdeferrable AND t.tgconstraint = 0 AND NOT t.tgisinternal""";

	private final PhysicalConnection connection;

	private boolean exist;

	/**
	 * The names of those that are deferred from the start of each transaction, if known.
	 */
	private @Nullable List<String> initially;

	DeferredConstraints(PhysicalConnection connection) {
		this.connection = connection;
	}

	/**
	 * Return whether there are some that are deferred without a {@code SET CONSTRAINTS}.
	 * @return whether a single statement needs a check
	 */
	boolean existInitially() throws SQLException {
		return !initially().isEmpty();
	}

	/**
	 * Have them speak, and be deferred again.
	 * @throws SQLException if one is violated
	 */
	void check() throws SQLException {
		List<String> initially = initially();
		if (this.exist) {
			this.connection.send("SET CONSTRAINTS ALL IMMEDIATE"
					+ (initially.isEmpty() ? "" : ";SET CONSTRAINTS " + String.join(", ", initially) + " DEFERRED"));
		}
	}

	/**
	 * Have the schema asked again.
	 */
	void forget() {
		this.initially = null;
	}

	private List<String> initially() throws SQLException {
		List<String> initially = this.initially;
		if (initially == null) {
			initially = new ArrayList<>();
			this.exist = false;
			try (PreparedStatement statement = this.connection.prepare(DEFERRABLE);
					ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					this.exist = true;
					if (rows.getBoolean(2)) {
						initially.add(rows.getString(1));
					}
				}
			}
			this.initially = initially;
		}
		return initially;
	}

}
