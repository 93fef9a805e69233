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
import java.util.HashSet;
import java.util.Set;

/**
 * The sequences that were used in the sandbox, for which there is no rollback.
 */
final class UsedSequences {

	/**
	 * A sequence is locked when it is used, until the end of the transaction, even if a
	 * savepoint is rolled back. An advisory lock has no relation.
	 */
	private static final String LOCKS = """
			SELECT l.relation FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
			WHERE l.pid = pg_backend_pid()
			AND (l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND c.relkind = 'S'
			OR l.locktype = 'advisory')""";

	private final PhysicalConnection connection;

	private final Set<Long> used = new HashSet<>();

	UsedSequences(PhysicalConnection connection) {
		this.connection = connection;
	}

	/**
	 * Return those that are known.
	 * @return the OIDs of the sequences that were used since the sandbox was opened
	 */
	Set<Long> known() {
		return Set.copyOf(this.used);
	}

	/**
	 * Read which were used since the server's transaction has begun.
	 * @return all that are known
	 */
	Set<Long> read() throws SQLException {
		read(LOCKS);
		return known();
	}

	/**
	 * Read the same, and go back, in one round trip.
	 * @param rollback the command that goes back
	 */
	void readAndGoBack(String rollback) throws SQLException {
		if (read("DISCARD SEQUENCES;" + LOCKS + ";" + rollback)) {
			this.connection.send("SELECT pg_advisory_unlock_all();" + rollback);
		}
	}

	// Returns whether there are advisory locks. The driver keeps the statement prepared
	private boolean read(String sql) throws SQLException {
		boolean advisory = false;
		try (PreparedStatement statement = this.connection.prepare(sql)) {
			boolean rows = statement.execute();
			while (rows || statement.getUpdateCount() != -1) {
				if (rows) {
					try (ResultSet resultSet = statement.getResultSet()) {
						while (resultSet.next()) {
							long relation = resultSet.getLong(1);
							advisory |= resultSet.wasNull();
							this.used.add(relation);
						}
					}
				}
				rows = statement.getMoreResults();
			}
		}
		this.used.remove(0L);
		return advisory;
	}

}
