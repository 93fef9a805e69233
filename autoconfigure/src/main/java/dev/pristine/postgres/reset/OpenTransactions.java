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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import dev.pristine.resource.Patience;

/**
 * Transactions of others in this database that have written something and have not ended,
 * prepared ones included. What they do would come after the reset.
 */
final class OpenTransactions {

	private static final String SESSIONS = "SELECT format('SELECT pg_terminate_backend(%s)', pid), format('pid %s (%s, %s)"
			+ " with: %s', pid, coalesce(nullif(application_name, ''), 'no application_name'), state, left(query, 200))"
			+ " FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
			+ " AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

	private static final String PREPARED = " UNION ALL SELECT format('ROLLBACK PREPARED %L', gid), format('prepared transaction %L of %s', gid, owner)"
			+ " FROM pg_prepared_xacts WHERE database = current_database()";

	/** Who writes to a table, or has written to it, holds a lock on it. */
	private static final String LOCKS = " FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.database ="
			+ " (SELECT oid FROM pg_database WHERE datname = current_database()) AND c.relnamespace = ";

	private final Session session;

	private final Duration patience;

	private final String sql;

	OpenTransactions(Session session, Duration patience) {
		this.session = session;
		String here = LOCKS + session.namespace() + ")";
		this.sql = session.isWhole() ? SESSIONS + PREPARED : SESSIONS + " AND pid IN (SELECT l.pid" + here + PREPARED
				+ " AND '-1/' || transaction IN (SELECT l.virtualtransaction" + here;
		this.patience = patience;
	}

	/**
	 * Wait until they have ended, and cut off those that have not in time.
	 * @param cutOff takes who was cut off
	 * @return whether there were any
	 */
	boolean end(List<String> cutOff) throws SQLException {
		Map<String, String> open = open();
		boolean any = !open.isEmpty();
		open = await(open);
		for (String end : open.keySet()) {
			this.session.execute(end);
		}
		cutOff.addAll(open.values());
		await(open);
		return any;
	}

	private Map<String, String> await(Map<String, String> open) throws SQLException {
		Patience wait = new Patience(this.patience);
		Map<String, String> left = open;
		while (!left.isEmpty() && wait.lasts()) {
			// Returns at once for an interrupted thread: the wait ends anyway
			LockSupport.parkNanos(5_000_000);
			left = open();
		}
		return left;
	}

	// Return who they are by the statement that ends them
	private Map<String, String> open() throws SQLException {
		Map<String, String> open = new LinkedHashMap<>();
		new Batch().query(this.sql, (row) -> open.put(row.getString(1), row.getString(2))).run(this.session);
		return open;
	}

}
