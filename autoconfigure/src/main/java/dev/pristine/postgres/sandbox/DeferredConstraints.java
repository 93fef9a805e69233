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

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

import dev.pristine.postgres.server.Sql;

/**
 * The constraints that may speak at a commit only. A schema that has none costs nothing.
 */
final class DeferredConstraints {

	/** Others have schemas in the same database, which may go at any time. */
	private static final String USABLE = "has_schema_privilege(n.oid, 'USAGE') AND NOT pg_is_other_temp_schema(n.oid)"
			+ " AND (n.nspname = current_schema() OR n.nspname !~ '^pristine_')";

	private static final String CHECK = """
			SELECT 'SET CONSTRAINTS ALL IMMEDIATE;'
			|| coalesce('SET CONSTRAINTS ' || string_agg(name, ', ') FILTER (WHERE deferred) || ' DEFERRED;', '')
			FROM (SELECT DISTINCT format('%I.%I', n.nspname, c.conname), c.condeferred
			FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
			WHERE c.condeferrable AND c.conparentid = 0 AND usable
			UNION SELECT DISTINCT format('%I.%I', n.nspname, t.tgname), t.tginitdeferred
			FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_namespace n ON n.oid = r.relnamespace
			WHERE t.tgdeferrable AND t.tgconstraint = 0 AND NOT t.tgisinternal AND usable) AS all_of_them (name, deferred)
			HAVING count(*) > 0"""
		.replace("usable", USABLE);

	private final PhysicalConnection connection;

	private @Nullable String check;

	private boolean schemaMayHaveChanged;

	DeferredConstraints(PhysicalConnection connection) {
		this.connection = connection;
	}

	/**
	 * Return whether there are some that are deferred without a {@code SET CONSTRAINTS}.
	 * @return whether a single statement needs a check
	 */
	boolean existInitially() throws SQLException {
		return check().contains(" DEFERRED;");
	}

	/**
	 * Return what has them speak, and be deferred again.
	 * @return commands, which fail if a constraint is violated, or an empty text
	 */
	String check() throws SQLException {
		String check = this.check;
		if (check == null || this.schemaMayHaveChanged) {
			check = String.join("", Sql.strings(this.connection.driver(), CHECK));
			this.check = check;
		}
		return check;
	}

	/**
	 * Have the schema asked again each time, as it may change until it is back.
	 */
	void schemaMayChange() {
		this.schemaMayHaveChanged = true;
	}

	/**
	 * Take note that the schema is what it was.
	 * @return whether it may have changed
	 */
	boolean schemaIsBack() {
		boolean changed = this.schemaMayHaveChanged;
		this.check = changed ? null : this.check;
		this.schemaMayHaveChanged = false;
		return changed;
	}

}
