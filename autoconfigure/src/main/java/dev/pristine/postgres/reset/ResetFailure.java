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
import java.util.Set;

import dev.pristine.resource.ResourceException;

/**
 * Why a reset could not be done.
 */
final class ResetFailure {

	/** A deadlock, or rows that others changed after they were found to be right. */
	static final Set<String> INTERFERENCE = Set.of("40P01", "23503", "23505", "23P01");

	private static final String HOLDERS = "SELECT DISTINCT format('pid %s (%s, %s) with: %s', l.pid,"
			+ " coalesce(nullif(a.application_name, ''), 'no application_name'), a.state, left(a.query, 200))"
			+ " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
			+ " WHERE a.datname = current_database() AND l.pid <> pg_backend_pid() AND l.locktype = 'relation'"
			+ " AND l.relation >= 16384 AND l.granted AND l.mode <> 'AccessShareLock'";

	private ResetFailure() {
	}

	static ResourceException of(Session session, String what, SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		if (state.equals("55P03") || state.equals("40P01")) {
			List<String> holders = new ArrayList<>();
			try {
				session.query(HOLDERS, (row) -> holders.add(row.getString(1)));
			}
			catch (SQLException failure) {
				ex.addSuppressed(failure);
			}
			return new ResourceException(
					"The " + what + " of the database gave up waiting for locks that a transaction of the test or the"
							+ " application still holds"
							+ (holders.isEmpty() ? "." : ": " + String.join("; ", holders) + "."),
					"End the transaction before the test ends: close the connection, wait for the background work,"
							+ " or commit.",
					ex);
		}
		return new ResourceException("The " + what + " of the database failed: " + ex.getMessage(), remedy(state), ex);
	}

	private static String remedy(String state) {
		if (state.equals("57P01")) {
			return "Somebody has ended the connection that the reset works with, or the server. If a test ends sessions,"
					+ " have it end those that it means, by their pid.";
		}
		if (INTERFERENCE.contains(state)) {
			return "Something may still write to the database. Have the test wait for what it starts.";
		}
		if (state.startsWith("08") || state.startsWith("57P")) {
			return "The connection was lost, or the server did not answer in time. Check that it is still running, or"
					+ " raise pristine.postgres.reset-timeout.";
		}
		return state.equals("57014") ? "It took too long. Raise pristine.postgres.reset-timeout."
				: "Check that the role owns all schemas and tables, or is a member of those that do ('GRANT owner TO role'), and"
						+ " may create temporary tables. See the cause.";
	}

}
