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

package dev.pristine.postgres.route;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.BaseStatement;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.TransactionState;

import dev.pristine.ownership.TestOwner;

/**
 * The session of a connection that a pool keeps. It is brought back to what the pool
 * hands out without a look at what was done to it: in one round trip, which costs less
 * than to ask, and without the loss of the statements that the driver has prepared.
 */
final class PooledSession {

	/** Begins no transaction on a connection without auto-commit. */
	private static final int FLAGS = QueryExecutor.QUERY_SUPPRESS_BEGIN;

	private static final String CLEAN = """
			SELECT pg_catalog.pg_advisory_unlock_all(), ARRAY(SELECT pg_catalog.quote_ident(name)
			  FROM pg_catalog.pg_prepared_statement() WHERE from_sql);
			CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; UNLISTEN *; DISCARD TEMP;
			DISCARD SEQUENCES""";

	private final BaseConnection connection;

	private final String clean;

	private final @Nullable String initialization;

	private final int networkTimeout;

	private @Nullable Connection borrowed;

	private @Nullable TestOwner borrower;

	private @Nullable Thread thread;

	private boolean late;

	/**
	 * Learn the state of a connection that nobody has used yet.
	 * @param connection the connection
	 * @param initialization what the pool runs on each new connection, or {@code null}
	 * @throws SQLException if the connection does not work
	 */
	PooledSession(BaseConnection connection, @Nullable String initialization) throws SQLException {
		this.connection = connection;
		this.networkTimeout = connection.getNetworkTimeout();
		this.clean = CLEAN + ";" + SessionSettings.assignments(connection, "source = 'session'");
		// Once more in full: it may set what pg_settings does not show
		this.initialization = (initialization != null) ? "RESET ROLE; " + initialization : null;
	}

	/**
	 * Take note that the connection is used.
	 * @param borrowed what the pool returned
	 * @throws SQLException if a test has ended since the last use, and what it did cannot
	 * be undone
	 */
	synchronized void borrow(Connection borrowed) throws SQLException {
		if (this.late) {
			clean();
		}
		this.borrowed = borrowed;
		this.borrower = TestOwner.current();
		this.thread = Thread.currentThread();
	}

	/**
	 * Return whether another thread still uses the connection for a test that is over.
	 * @return whether what it does would reach another test
	 * @throws SQLException if the connection does not work
	 */
	synchronized boolean isOverdue() throws SQLException {
		return this.borrowed != null && this.borrower != null && this.borrower.isEnded()
				&& this.thread != Thread.currentThread() && !this.borrowed.isClosed();
	}

	/**
	 * Have the server stop what it does for a test that is over, and close the
	 * connection.
	 * @return whether the connection was in use for such a test
	 * @throws SQLException if the connection does not work
	 */
	synchronized boolean cutOff() throws SQLException {
		boolean overdue = isOverdue();
		if (overdue) {
			this.connection.cancelQuery();
			this.connection.abort(Runnable::run);
		}
		return overdue;
	}

	/**
	 * End a test: clean up after it, or before the next use if the connection is still in
	 * use.
	 * @return whether the connection was returned with an open transaction
	 * @throws SQLException if the connection does not work; it is closed then
	 */
	synchronized boolean end() throws SQLException {
		this.late = this.borrowed != null && !this.borrowed.isClosed();
		return this.borrowed != null && !this.late && clean();
	}

	/**
	 * Return what the pool returned last.
	 * @return the connection, or {@code null} if it was not used since it was clean
	 */
	synchronized @Nullable Connection borrowed() {
		return this.borrowed;
	}

	private boolean clean() throws SQLException {
		boolean open = this.connection.getTransactionState() != TransactionState.IDLE;
		this.connection.setNetworkTimeout(Runnable::run, SessionSettings.TIMEOUT);
		try {
			if (open) {
				this.connection.execSQLUpdate("ROLLBACK");
			}
			// Prepared, because driver and server need not parse it again then
			try (PreparedStatement statement = this.connection.prepareStatement(this.clean)) {
				statement.unwrap(BaseStatement.class).executeWithFlags(FLAGS);
				ResultSet result = statement.getResultSet();
				result.next();
				for (String name : (String[]) result.getArray(2).getArray()) {
					this.connection.execSQLUpdate("DEALLOCATE " + name);
				}
			}
			if (this.initialization != null) {
				try (Statement statement = this.connection.createStatement()) {
					statement.unwrap(BaseStatement.class).executeWithFlags(this.initialization, FLAGS);
				}
			}
		}
		catch (SQLException ex) {
			this.connection.close();
			throw ex;
		}
		// The same that the pool sets if it looks at the connection meanwhile
		this.connection.setNetworkTimeout(Runnable::run, this.networkTimeout);
		this.borrowed = null;
		this.thread = null;
		this.late = false;
		return open;
	}

}
