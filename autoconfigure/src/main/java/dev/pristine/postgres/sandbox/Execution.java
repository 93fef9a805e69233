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
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOperation;

/**
 * How what a logical connection is asked for reaches the physical one: in its turn, and
 * within the right transaction.
 */
final class Execution {

	private final PhysicalConnection connection;

	private final Savepoints savepoints;

	private final Scopes scopes;

	private final Transactions transactions;

	private final Gate gate;

	private final SessionSettings settings;

	private final SandboxWarnings warnings;

	Execution(PhysicalConnection connection, Savepoints savepoints, Scopes scopes, Transactions transactions, Gate gate,
			SessionSettings settings, SandboxWarnings warnings) {
		this.connection = connection;
		this.savepoints = savepoints;
		this.scopes = scopes;
		this.transactions = transactions;
		this.gate = gate;
		this.settings = settings;
		this.warnings = warnings;
	}

	SandboxWarnings warnings() {
		return this.warnings;
	}

	/**
	 * Run a statement.
	 * @param <T> the type of its result
	 * @param connection the logical connection
	 * @param sql the statement
	 * @param work what runs it
	 * @return its result
	 * @throws SQLException if it fails
	 */
	<T extends @Nullable Object> T execute(LogicalConnection connection, Sql sql, Work<T> work) throws SQLException {
		this.gate.enter(connection, sql.text());
		try {
			prepare(connection, sql);
			return connection.inTransaction() ? inside(connection, sql, work) : alone(connection, sql, work);
		}
		finally {
			this.gate.leave();
		}
	}

	/**
	 * Return whether a statement should be prepared with {@link Savepoints#NEXT} behind
	 * it.
	 * @param connection the logical connection
	 * @param sql the statement
	 * @return whether that spares the next one a savepoint
	 */
	boolean setsSavepoint(LogicalConnection connection, Sql sql) {
		return sql.single() && sql.isPlain() && !sql.namesSettings() && !connection.inTransaction()
				&& this.savepoints.stay() && this.transactions.needNothingAtCommit();
	}

	/**
	 * Obey a transaction command.
	 * @param connection the logical connection
	 * @param sql the command
	 * @return whether there is nothing left to be sent to the server
	 * @throws SQLException if the command fails or cannot be obeyed
	 */
	boolean control(LogicalConnection connection, Sql sql) throws SQLException {
		switch (sql.control()) {
			case BEGIN -> {
				connection.beginExplicitly();
				execute(connection, sql, () -> "");
			}
			case COMMIT -> commit(connection);
			case ROLLBACK -> rollback(connection);
			case SAVEPOINT, RELEASE, ROLLBACK_TO -> {
				if (!connection.inTransaction()) {
					throw Refusal.noTransaction(sql.text());
				}
				return false;
			}
			case SET_TRANSACTION -> {
				if (sql.isolation()) {
					this.warnings.isolation();
				}
				if (connection.inTransaction() && sql.readOnly()) {
					execute(connection, sql, () -> this.connection.control().execute("SET TRANSACTION READ ONLY"));
				}
			}
			default -> throw Refusal.control(sql);
		}
		return true;
	}

	/**
	 * Begin a transaction for an operation in auto-commit that takes several steps.
	 * @param connection the logical connection
	 * @param sql the operation
	 * @throws SQLException if that fails
	 */
	void beginAlone(LogicalConnection connection, Sql sql) throws SQLException {
		this.gate.enter(connection, sql.text());
		try {
			prepare(connection, sql);
			this.transactions.begin(connection, false);
			connection.beginExplicitly();
		}
		finally {
			this.gate.leave();
		}
	}

	/**
	 * Take note of a {@code COPY} that has begun.
	 * @param copy the operation
	 */
	void copying(CopyOperation copy) {
		this.connection.copying(copy);
	}

	/**
	 * Commit the transaction of a connection, if it has begun.
	 * @param connection the logical connection
	 * @throws SQLException if a deferred constraint is violated
	 */
	void commit(LogicalConnection connection) throws SQLException {
		if (connection.transaction() == null) {
			connection.transaction(null);
			return;
		}
		this.gate.enter(connection, "COMMIT");
		try {
			Transaction transaction = connection.transaction();
			if (transaction != null) {
				this.connection.cancelCopy();
				this.transactions.commit(transaction);
			}
		}
		finally {
			this.gate.leave();
		}
	}

	/**
	 * Roll back the transaction of a connection, if it has begun.
	 * @param connection the logical connection
	 * @throws SQLException if the server is lost
	 */
	void rollback(LogicalConnection connection) throws SQLException {
		if (connection.transaction() == null) {
			connection.transaction(null);
			return;
		}
		this.gate.enter(connection, "ROLLBACK");
		try {
			Transaction transaction = connection.transaction();
			if (transaction != null) {
				this.connection.cancelCopy();
				this.transactions.rollback(transaction);
			}
		}
		finally {
			this.gate.leave();
		}
	}

	/**
	 * End the life of a logical connection.
	 * @param connection the logical connection
	 * @throws SQLException if the server is lost
	 */
	void end(LogicalConnection connection) throws SQLException {
		if (this.connection.isLost()) {
			return;
		}
		rollback(connection);
		if (!connection.settings().isEmpty() && this.scopes.current() != null) {
			this.gate.enter(connection, "RESET");
			try {
				this.transactions.setAside(connection);
				this.settings.close(connection);
				this.savepoints.changed();
			}
			finally {
				this.gate.leave();
			}
		}
	}

	/**
	 * End the life of a logical connection from another thread.
	 * @param connection the logical connection
	 */
	void abort(LogicalConnection connection) {
		try {
			if (this.gate.isRunning(connection)) {
				this.connection.driver().cancelQuery();
			}
			connection.close();
		}
		catch (SQLException ex) {
			connection.cutOff(ex);
		}
	}

	private void prepare(LogicalConnection connection, Sql sql) throws SQLException {
		if (this.connection.isCopying()) {
			throw Refusal.duringCopy(sql);
		}
		this.scopes.start();
		if (this.savepoints.areMany() && this.gate.innermost() == null) {
			this.savepoints.tidy();
		}
		this.connection.networkTimeout(connection.networkTimeout());
		this.transactions.setAside(connection);
		if (this.settings.use(connection)) {
			this.savepoints.changed();
		}
		Transaction outer = this.gate.innermost();
		if (outer != null && outer.connection() != connection && outer.isHolding() && sql.mentions(outer.written())) {
			this.warnings.sharedWithOuter(sql.text(), outer.lastStatement());
		}
		if (!sql.isPlain()) {
			this.warnings.about(sql);
		}
	}

	private <T extends @Nullable Object> T inside(LogicalConnection connection, Sql sql, Work<T> work)
			throws SQLException {
		Transaction transaction = connection.transaction();
		if (transaction != null && transaction.isAborted()) {
			throw Refusal.aborted();
		}
		if (transaction == null || transaction.savepoint() == null) {
			transaction = this.transactions.begin(connection, sql.control() == Sql.Control.BEGIN && sql.readOnly());
		}
		this.savepoints.changed();
		if (sql.control() == Sql.Control.ROLLBACK_TO || sql.control() == Sql.Control.RELEASE) {
			this.savepoints.forgetServed();
		}
		transaction.runs(sql);
		if (!sql.settings().isEmpty() && !this.connection.isAborted()) {
			this.settings.changing(connection, sql);
		}
		try {
			return work.run();
		}
		finally {
			this.scopes.after(sql);
		}
	}

	private <T extends @Nullable Object> T alone(LogicalConnection connection, Sql sql, Work<T> work)
			throws SQLException {
		Transaction outer = this.gate.innermost();
		if (outer != null && outer.savepoint() != null && sql.changes()) {
			outer.committedInside(sql.text());
		}
		try {
			if (this.transactions.isNeededBy(sql)) {
				return asTransaction(connection, sql, work);
			}
			return sql.settings().isEmpty() ? this.savepoints.run(sql, work) : setting(connection, sql, work);
		}
		catch (SQLException ex) {
			throw Refusal.explained(ex);
		}
		finally {
			this.scopes.after(sql);
		}
	}

	private <T extends @Nullable Object> T setting(LogicalConnection connection, Sql sql, Work<T> work)
			throws SQLException {
		Map<String, @Nullable String> local = this.settings.local(sql);
		this.settings.changing(connection, sql);
		try {
			return this.savepoints.run(sql, work);
		}
		finally {
			if (!this.connection.isLost()) {
				this.settings.restore(local);
			}
		}
	}

	private <T extends @Nullable Object> T asTransaction(LogicalConnection connection, Sql sql, Work<T> work)
			throws SQLException {
		Transaction transaction = this.transactions.begin(connection, false);
		transaction.runs(sql);
		try {
			this.settings.changing(connection, sql);
			T result = work.run();
			this.scopes.after(sql);
			this.transactions.commit(transaction);
			return result;
		}
		catch (SQLException ex) {
			// The driver may refuse to hand out the result of what has been done
			if (connection.transaction() == transaction && !this.connection.isLost() && !this.connection.isAborted()) {
				this.scopes.after(sql);
				this.transactions.commit(transaction);
			}
			throw ex;
		}
		finally {
			if (connection.transaction() == transaction) {
				this.transactions.rollback(transaction);
			}
		}
	}

	/**
	 * What runs a statement.
	 *
	 * @param <T> the type of its result
	 */
	@FunctionalInterface
	interface Work<T extends @Nullable Object> {

		/**
		 * Run the statement.
		 * @return its result
		 * @throws SQLException if it fails
		 */
		T run() throws SQLException;

		/**
		 * Return whether the driver's savepoint is set anew by the end of the statement.
		 * @return whether the next one needs none
		 */
		default boolean setsSavepoint() {
			return false;
		}

	}

}
