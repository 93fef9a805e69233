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

package dev.pristine.postgres.reset;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Objects of the whole server, which no reset of a database covers.
 */
final class ServerObjects {

	private static final String NAMES = "SELECT 'role ' || quote_ident(rolname), concat_ws(' ', rolsuper, rolinherit,"
			+ " rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, rolconfig,"
			+ " ARRAY(SELECT roleid FROM pg_auth_members WHERE member = r.oid ORDER BY roleid))"
			+ " FROM pg_roles r WHERE rolname !~ '^pg_'"
			+ " UNION ALL SELECT 'tablespace ' || quote_ident(spcname), '' FROM pg_tablespace"
			+ " UNION ALL SELECT 'replication slot ' || quote_ident(slot_name), '' FROM pg_replication_slots"
			+ " UNION ALL SELECT 'database ' || quote_ident(datname), '' FROM pg_database WHERE datname !~ '^pristine_'"
			+ " UNION ALL SELECT 'ALTER SYSTEM SET ' || name, '' FROM pg_settings WHERE sourcefile ~ 'auto[.]conf$'";

	private final Session session;

	private @Nullable Map<String, String> known;

	ServerObjects(Session session) {
		this.session = session;
	}

	/**
	 * Look what exists now.
	 * @param leftovers takes what is new or altered since the last look, once
	 */
	void look(List<String> leftovers) throws SQLException {
		Map<String, String> now = new TreeMap<>();
		new Batch().query(NAMES, (row) -> now.put(row.getString(1), row.getString(2))).run(this.session);
		Map<String, String> before = this.known;
		this.known = now;
		if (before != null) {
			now.forEach((name, state) -> {
				if (!before.containsKey(name)) {
					leftovers.add(name);
				}
				else if (!state.equals(before.get(name))) {
					leftovers.add(name + " (altered)");
				}
			});
		}
	}

}
