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
import org.postgresql.jdbc.AutoSave;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * How what a logical connection is asked for reaches the physical one: under the
 * connection lock, with its settings, and within the right transaction.
 */
final class Execution {

	private final PhysicalConnection connection;

	private final ConnectionLock lock;

	private final TransactionStack transactions;

	private final DeferredConstraints deferred;

	private final TestLog log;

	/**
	 * Create an execution.
	 * @param connection the connection that all share
	 * @param lock what lets one at a time use it
	 * @param transactions those that are open on it
	 * @param deferred the constraints that speak at a commit
	 * @param log what tells the test of differences
	 */
	Execution(PhysicalConnection connection, ConnectionLock lock, TransactionStack transactions,
			DeferredConstraints deferred, TestLog log) {
		this.connection = connection;
		this.lock = lock;
		this.transactions = transactions;
		this.deferred = deferred;
		this.log = log;
	}

	/**
	 * Run a statement.
	 * @param <T> the type of its result
	 * @param session the logical connection
	 * @param sql the statement
	 * @param work what runs it
	 * @return its result
	 * @throws SQLException if it fails
	 */
	<T extends @Nullable Object> T run(Session session, SqlText sql, Work<T> work) throws SQLException {
		tellOverlap(session, sql);
		return locked(session, sql.text(), () -> {
			// Once more: another transaction may have begun before the lock was there
			tellOverlap(session, sql);
			if (!sql.plain()) {
				this.deferred.schemaMayChange();
			}
			this.transactions.prepare(session.transaction());
			session.checkNotFailed();
			this.log.differencesIn(sql.text());
			if (session.inTransaction()) {
				Transaction transaction = session.transaction();
				return inside((transaction != null) ? transaction : begin(session), sql, work);
			}
			return alone(session, sql, work);
		});
	}

	/**
	 * Have the use of a logical connection fail that is closed or cut off.
	 * @param session the logical connection
	 */
	void checkUsable(Session session) throws SQLException {
		String closed = session.closed();
		if (closed != null) {
			throw SandboxException.closed(closed);
		}
		this.connection.checkOpen();
	}

	/**
	 * Take note of an isolation level that a logical connection has.
	 * @param level one of JDBC's
	 */
	void isolation(int level) {
		this.log.isolation(level);
	}

	/**
	 * End the transaction of a logical connection, if it has begun.
	 * @param session the logical connection
	 * @param commit whether to commit it, rather than to roll it back
	 * @throws SQLException if a deferred constraint is violated, or the server is lost
	 */
	void end(Session session, boolean commit) throws SQLException {
		Transaction transaction = session.transaction();
		if (transaction != null) {
			locked(session, commit ? "COMMIT" : "ROLLBACK", () -> {
				// Unless another thread was faster
				if (session.transaction() == transaction) {
					end(transaction, commit);
				}
				return "";
			});
		}
	}

	/**
	 * End the life of a logical connection.
	 * @param session the logical connection
	 * @throws SQLException if the server is lost
	 */
	void close(Session session) throws SQLException {
		try {
			if (session.closed() == null && !this.connection.isLost()) {
				end(session, false);
			}
		}
		finally {
			Transaction transaction = session.transaction();
			session.close();
			if (transaction != null && transaction.isKeeping()) {
				// It could not be rolled back
				transaction.abandon();
				this.lock.handOver();
			}
		}
	}

	private void tellOverlap(Session session, SqlText sql) throws SQLException {
		Transaction other = this.transactions.besides(session.transaction());
		if (other != null) {
			this.log.overlap(other, sql.text());
		}
	}

	private <T extends @Nullable Object> T locked(Session session, String statement, Work<T> work) throws SQLException {
		checkUsable(session);
		this.lock.acquire(session, statement);
		try {
			checkUsable(session);
			this.connection.use();
			return work.run();
		}
		finally {
			this.connection.used();
			this.lock.release();
		}
	}

	private <T extends @Nullable Object> T inside(Transaction transaction, SqlText sql, Work<T> work)
			throws SQLException {
		transaction.runs(sql.text());
		this.connection.autoSave(AutoSave.NEVER);
		return work.run();
	}

	private <T extends @Nullable Object> T alone(Session session, SqlText sql, Work<T> work) throws SQLException {
		try {
			if (!this.deferred.existInitially() && !sql.setsTransaction()) {
				this.connection.autoSave(AutoSave.ALWAYS);
				return work.run();
			}
			Transaction transaction = begin(session);
			try {
				return inside(transaction, sql, work);
			}
			finally {
				end(transaction, true);
			}
		}
		catch (SQLException ex) {
			throw SandboxException.explained(ex);
		}
	}

	private Transaction begin(Session session) throws SQLException {
		// A single statement may write: the driver begins no transaction for it
		boolean readOnly = session.isReadOnly() && !session.isAutoCommit();
		Transaction transaction = this.transactions.begin(readOnly, !isTestManaged());
		session.transaction(transaction);
		return transaction;
	}

	// Spring's transaction around a test bears its name: others need not wait for its end
	private boolean isTestManaged() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& this.log.test().equals(TransactionSynchronizationManager.getCurrentTransactionName());
	}

	private void end(Transaction transaction, boolean commit) throws SQLException {
		if (commit) {
			// One that cannot write must not answer for others
			boolean check = !transaction.isReadOnly() && !this.transactions.isAborted(transaction);
			this.transactions.commit(transaction, check ? this.deferred.check() : "");
		}
		else {
			this.transactions.rollback(transaction);
		}
	}

	/**
	 * What runs a statement.
	 *
	 * @param <T> the type of its result
	 */
	@FunctionalInterface
	interface Work<T extends @Nullable Object> {

		T run() throws SQLException;

	}

}
