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

package dev.pristine.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that a user can see of a database, as text: the rows of all tables, the
 * positions of sequences, large objects, and the definitions of all objects.
 */
public final class DatabaseDump {

	private static final String USERS = " n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'";

	private DatabaseDump() {
	}

	/**
	 * Dump rows, sequences and large objects.
	 */
	public static Map<String, String> content(Connection connection) {
		Map<String, String> dump = new TreeMap<>();
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET row_security = off");
			List<String> selects = new ArrayList<>();
			for (String[] relation : rows(statement,
					"SELECT format('%I.%I', n.nspname, c.relname), c.relkind, c.relispopulated FROM pg_class c"
							+ " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm', 'S') AND"
							+ USERS)) {
				String name = relation[0];
				if (relation[1].equals("S")) {
					selects.add(select("sequence " + name, "SELECT last_value || ' ' || is_called FROM " + name));
				}
				else if (relation[2].equals("f")) {
					dump.put(name, "not populated");
				}
				else {
					selects.add(select(name,
							"SELECT string_agg((t.*)::text, E'\\n' ORDER BY (t.*)::text) FROM ONLY " + name + " t"));
				}
			}
			selects
				.add(select("large objects", "SELECT string_agg(oid || ' ' || lomowner || ' ' || coalesce(lomacl::text,"
						+ " '') || ' ' || md5(lo_get(oid)), E'\\n' ORDER BY oid) FROM pg_largeobject_metadata"));
			for (String[] row : rows(statement, String.join(" UNION ALL ", selects))) {
				dump.put(row[0], row[1]);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return dump;
	}

	/**
	 * Dump the definitions of the objects.
	 */
	public static Map<String, String> schema(Connection connection) {
		Map<String, String> dump = new TreeMap<>();
		String users = "(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE" + USERS
				+ ")";
		try (Statement statement = connection.createStatement()) {
			for (String sql : List.of(
					"SELECT 'column ' || attrelid::regclass || ' ' || attnum, concat_ws(' ', attname, format_type(atttypid,"
							+ " atttypmod), attnotnull, attidentity, attgenerated, attisdropped, attacl) FROM pg_attribute"
							+ " WHERE attnum > 0 AND attrelid IN " + users,
					"SELECT 'relation ' || oid::regclass, concat_ws(' ', relkind, relpersistence, relowner::regrole, relacl,"
							+ " relrowsecurity, relforcerowsecurity, reloptions) FROM pg_class WHERE oid IN " + users,
					"SELECT 'constraint ' || conname || conrelid, pg_get_constraintdef(oid) || condeferrable || condeferred"
							+ " FROM pg_constraint WHERE conrelid IN " + users,
					"SELECT 'index ' || indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN "
							+ users,
					"SELECT 'trigger ' || tgname || tgrelid, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE"
							+ " NOT tgisinternal AND tgrelid IN " + users,
					"SELECT 'rule ' || rulename || ev_class, pg_get_ruledef(oid) || ev_enabled::text FROM pg_rewrite WHERE"
							+ " ev_class IN " + users,
					"SELECT 'function ' || oid::regprocedure, md5(prosrc) FROM pg_proc WHERE oid >= 16384 AND"
							+ " pronamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg_temp%')",
					"SELECT 'sequence ' || seqrelid::regclass, s::text FROM pg_sequence s WHERE seqrelid IN " + users,
					"SELECT 'schema ' || nspname, concat_ws(' ', nspowner, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_'")) {
				for (String[] row : rows(statement, sql)) {
					dump.put(row[0], row[1]);
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return dump;
	}

	private static String select(String name, String sql) {
		return "SELECT '" + name.replace("'", "''") + "'::text, (" + sql + ")";
	}

	private static List<String[]> rows(Statement statement, String sql) throws SQLException {
		List<String[]> rows = new ArrayList<>();
		try (ResultSet result = statement.executeQuery(sql)) {
			int columns = result.getMetaData().getColumnCount();
			while (result.next()) {
				String[] row = new String[columns];
				for (int i = 0; i < columns; i++) {
					row[i] = String.valueOf(result.getString(i + 1));
				}
				rows.add(row);
			}
		}
		return rows;
	}

}
