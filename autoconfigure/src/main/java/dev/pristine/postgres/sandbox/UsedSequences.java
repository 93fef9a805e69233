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
 * The sequences that were used in the test's transaction, for which there is no rollback.
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

	private final PreparedStatement read;

	private final PreparedStatement readAndRollBack;

	private final Set<Long> used = new HashSet<>();

	private boolean unread;

	UsedSequences(PhysicalConnection connection) throws SQLException {
		this.connection = connection;
		this.read = connection.driver().prepareStatement(LOCKS);
		this.readAndRollBack = connection.driver().prepareStatement("DISCARD SEQUENCES;" + LOCKS + ";ROLLBACK");
	}

	/**
	 * Take note of a statement that has run.
	 * @param sql the statement
	 */
	void after(Sql sql) {
		this.unread |= sql.sequences();
	}

	/**
	 * Read which sequences were used since the transaction has begun.
	 * @return their OIDs
	 */
	Set<Long> read() throws SQLException {
		if (this.unread) {
			read(this.read);
		}
		return Set.copyOf(this.used);
	}

	/**
	 * Read the same at the end of a scope inside of the transaction.
	 * @return their OIDs
	 */
	Set<Long> readAtEnd() throws SQLException {
		Set<Long> used = read();
		this.unread = false;
		return used;
	}

	/**
	 * Read the same and roll the transaction back, in one round trip.
	 * @return their OIDs
	 */
	Set<Long> readAndRollBack() throws SQLException {
		if (!this.unread) {
			this.connection.send("ROLLBACK");
		}
		else {
			this.unread = false;
			if (read(this.readAndRollBack)) {
				this.connection.send("SELECT pg_advisory_unlock_all();ROLLBACK");
			}
		}
		Set<Long> used = Set.copyOf(this.used);
		this.used.clear();
		return used;
	}

	void close() throws SQLException {
		this.read.close();
		this.readAndRollBack.close();
	}

	// Returns whether there are advisory locks
	private boolean read(PreparedStatement statement) throws SQLException {
		boolean advisory = false;
		boolean rows = statement.execute();
		while (rows || statement.getUpdateCount() != -1) {
			if (rows) {
				try (ResultSet resultSet = statement.getResultSet()) {
					while (resultSet.next()) {
						long relation = resultSet.getLong(1);
						if (resultSet.wasNull()) {
							advisory = true;
						}
						else {
							this.used.add(relation);
						}
					}
				}
			}
			rows = statement.getMoreResults();
		}
		return advisory;
	}

}
