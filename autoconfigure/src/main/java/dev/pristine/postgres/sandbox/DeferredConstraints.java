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

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The constraints that speak at a commit only.
 */
final class DeferredConstraints {

	private static final String NAMES = """
			SELECT DISTINCT format('%I.%I', n.nspname, c.conname)
			FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
			WHERE c.condeferred AND c.conparentid = 0
			UNION SELECT DISTINCT format('%I.%I', n.nspname, t.tgname)
			FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_namespace n ON n.oid = r.relnamespace
			WHERE t.tginitdeferred AND t.tgconstraint = 0 AND NOT t.tgisinternal""";

	private final Statement control;

	private volatile @Nullable List<String> names;

	/**
	 * Create the constraints.
	 * @param control a statement to ask with
	 */
	DeferredConstraints(Statement control) {
		this.control = control;
	}

	/**
	 * Return whether there are any.
	 * @return whether a commit has something to check
	 * @throws SQLException if the server refuses
	 */
	boolean exist() throws SQLException {
		return !names().isEmpty();
	}

	/**
	 * Return whether there are none, without asking the server.
	 * @return whether that is known
	 */
	boolean areKnownNotToExist() {
		List<String> names = this.names;
		return names != null && names.isEmpty();
	}

	/**
	 * Return the commands that make the constraints speak, and be deferred again.
	 * @return the commands
	 * @throws SQLException if the server refuses
	 */
	String check() throws SQLException {
		List<String> names = names();
		return "SET CONSTRAINTS ALL IMMEDIATE"
				+ (names.isEmpty() ? "" : ";SET CONSTRAINTS " + String.join(", ", names) + " DEFERRED");
	}

	/**
	 * Have the schema asked again.
	 */
	void forget() {
		this.names = null;
	}

	private List<String> names() throws SQLException {
		List<String> names = this.names;
		if (names == null) {
			names = new ArrayList<>();
			try (ResultSet rows = this.control.executeQuery(NAMES)) {
				while (rows.next()) {
					names.add(rows.getString(1));
				}
			}
			this.names = names;
		}
		return names;
	}

}
