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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What belongs to a database but is kept by the server, so that a copy does not get it by
 * itself: settings and privileges.
 */
final class DatabaseAttributes {

	// The values of some settings are lists of identifiers, stored as they are written
	private static final String STATEMENTS = """
			WITH original AS (SELECT oid, datacl FROM pg_catalog.pg_database WHERE datname = ?),
			  copy AS (SELECT quote_ident(?) AS name)
			SELECT format('ALTER %s SET %s TO %s',
			    coalesce('ROLE ' || quote_ident(rolname) || ' IN ', '') || 'DATABASE ' || name, split_part(setting, '=', 1),
			    CASE WHEN split_part(setting, '=', 1) IN ('search_path', 'temp_tablespaces', 'local_preload_libraries',
			      'session_preload_libraries') THEN substr(setting, strpos(setting, '=') + 1)
			    ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
			  FROM copy, original JOIN pg_catalog.pg_db_role_setting ON setdatabase = original.oid
			    LEFT JOIN pg_catalog.pg_roles role ON role.oid = setrole, unnest(setconfig) AS setting
			UNION ALL SELECT 'REVOKE ALL ON DATABASE ' || name || ' FROM PUBLIC' FROM copy, original
			  WHERE datacl IS NOT NULL
			UNION ALL SELECT format('GRANT %s ON DATABASE %s TO %s', privilege_type, name,
			    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(grantee)) END)
			  FROM copy, original, aclexplode(datacl)""";

	private DatabaseAttributes() {
	}

	/**
	 * Give a copy what its original has.
	 * @param connection a connection to the server
	 * @param original the name of the original
	 * @param copy the name of the copy
	 * @throws SQLException if the server refuses
	 */
	static void copy(Connection connection, String original, String copy) throws SQLException {
		List<String> statements = new ArrayList<>();
		try (PreparedStatement query = connection.prepareStatement(STATEMENTS)) {
			query.setString(1, original);
			query.setString(2, copy);
			try (ResultSet result = query.executeQuery()) {
				while (result.next()) {
					statements.add(result.getString(1));
				}
			}
		}
		try (Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

}
