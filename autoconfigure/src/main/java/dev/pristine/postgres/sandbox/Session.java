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
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

import dev.pristine.postgres.sandbox.Transaction.State;

/**
 * The state of one logical connection, as a server would have it.
 */
final class Session {

	private volatile boolean autoCommit;

	private volatile boolean readOnly;

	private volatile boolean closed;

	private volatile @Nullable Transaction transaction;

	Session(ConnectionDefaults defaults) {
		this.autoCommit = defaults.autoCommit();
		this.readOnly = defaults.readOnly();
	}

	boolean isAutoCommit() {
		return this.autoCommit;
	}

	void autoCommit(boolean autoCommit) {
		this.autoCommit = autoCommit;
	}

	boolean isReadOnly() {
		return this.readOnly;
	}

	void readOnly(boolean readOnly) {
		this.readOnly = readOnly;
	}

	/**
	 * Return whether the next statement belongs to a transaction.
	 * @return whether it is not in auto-commit
	 */
	boolean inTransaction() {
		return !this.autoCommit || transaction() != null;
	}

	/**
	 * Return the transaction that has begun with its first statement, and has not ended.
	 * @return the transaction, or {@code null} if there is none
	 */
	@Nullable Transaction transaction() {
		Transaction transaction = this.transaction;
		return (transaction != null && transaction.state() != State.ENDED) ? transaction : null;
	}

	void transaction(Transaction transaction) {
		this.transaction = transaction;
	}

	void close() {
		this.closed = true;
	}

	/**
	 * Return why the connection cannot be used any more.
	 * @return the reason, or {@code null} if it can
	 */
	@Nullable String closed() {
		Transaction transaction = this.transaction;
		if (transaction != null && transaction.state() == State.CUT_OFF) {
			return transaction.cutOff();
		}
		return this.closed ? "This connection has been closed." : null;
	}

	/**
	 * Have a statement fail as the server would, which has gone back already.
	 */
	void checkNotFailed() throws SQLException {
		Transaction transaction = this.transaction;
		if (transaction != null && transaction.state() == State.FAILED) {
			throw new PSQLException(
					"ERROR: current transaction is aborted, commands ignored until end of transaction block",
					PSQLState.IN_FAILED_SQL_TRANSACTION);
		}
	}

}
