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
import java.util.ArrayList;
import java.util.List;

import dev.pristine.resource.ResourceException;

/**
 * Who or what kept a reset from being done.
 */
final class Obstacle {

	private static final String SESSIONS = "SELECT DISTINCT coalesce('pid ' || l.pid || ' (' || coalesce(nullif("
			+ "a.application_name, ''), 'no application_name') || ', ' || coalesce(a.state, '?') || ') with: '"
			+ " || left(a.query, 200), 'prepared transaction ' || (SELECT string_agg(quote_literal(p.gid), ', ')"
			+ " FROM pg_prepared_xacts p WHERE p.database = current_database()))"
			+ " FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
			+ " WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
			+ " AND l.locktype = 'relation' AND l.relation >= 16384 AND l.granted" + " AND l.mode <> 'AccessShareLock'";

	private final Session session;

	Obstacle(Session session) {
		this.session = session;
	}

	ResourceException describe(String what, SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		List<String> sessions = new ArrayList<>();
		if (state.equals("55P03") || state.equals("57014") || state.equals("40P01")) {
			try {
				this.session.query(SESSIONS, (row) -> sessions.add(String.valueOf(row.getString(1))));
			}
			catch (SQLException failure) {
				ex.addSuppressed(failure);
			}
			return new ResourceException(
					"The " + what + " of the database gave up waiting for locks that a transaction of the test or the"
							+ " application still holds"
							+ (sessions.isEmpty() ? "." : ": " + String.join("; ", sessions) + "."),
					"End the transaction before the test ends: close the connection, wait for the background work,"
							+ " or commit.",
					ex);
		}
		return new ResourceException("The " + what + " of the database failed: " + ex.getMessage(),
				(state.startsWith("08") || state.startsWith("57P"))
						? "The connection was lost. Check that the server is still running."
						: "Check that the role owns all tables, and see the cause.",
				ex);
	}

}
