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
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * How transactions of the application begin and end, being savepoints to the server. The
 * caller has the turn at the {@link Gate}.
 */
final class Transactions {

	private static final String AT_COMMIT = "pristine_commit";

	private final PhysicalConnection connection;

	private final Savepoints savepoints;

	private final Gate gate;

	private final SessionSettings settings;

	private final DeferredConstraints deferred;

	private final SandboxWarnings warnings;

	private final BooleanSupplier testManaged;

	/**
	 * Create the transactions.
	 * @param connection the connection that they share
	 * @param savepoints its savepoints
	 * @param gate what knows those that are open
	 * @param settings the settings that end with a transaction
	 * @param deferred the constraints that a commit has to check
	 * @param warnings what to say about commits that do not last
	 * @param testManaged whether the transaction that the calling thread is in was begun
	 * for the test, so that other threads need not wait for its end
	 */
	Transactions(PhysicalConnection connection, Savepoints savepoints, Gate gate, SessionSettings settings,
			DeferredConstraints deferred, SandboxWarnings warnings, BooleanSupplier testManaged) {
		this.connection = connection;
		this.savepoints = savepoints;
		this.gate = gate;
		this.settings = settings;
		this.deferred = deferred;
		this.warnings = warnings;
		this.testManaged = testManaged;
	}

	/**
	 * Begin a transaction, or go on with one that was set aside.
	 * @param connection the connection that it belongs to
	 * @param readOnly whether it must not write
	 * @return the transaction
	 */
	Transaction begin(LogicalConnection connection, boolean readOnly) throws SQLException {
		Transaction transaction = connection.transaction();
		boolean isNew = (transaction == null);
		if (transaction == null) {
			transaction = new Transaction(connection, Thread.currentThread(), !this.testManaged.getAsBoolean(),
					connection.inTransaction() && (readOnly || connection.hintReadOnly()));
		}
		String savepoint = "pristine_" + (this.gate.open().size() + (isNew ? 1 : 0));
		this.savepoints.set(savepoint, transaction.isReadOnly() ? ";SET TRANSACTION READ ONLY" : "");
		transaction.savepoint(savepoint);
		if (isNew) {
			connection.transaction(transaction);
			this.gate.push(transaction);
		}
		return transaction;
	}

	/**
	 * Return whether a statement in auto-commit needs a transaction around it, rather
	 * than a savepoint of the driver.
	 * @param sql the statement
	 * @return whether something has to be done at its end
	 */
	boolean isNeededBy(Sql sql) throws SQLException {
		return sql.special() || !sql.undoneByCommit().isEmpty() || (sql.changes() && this.deferred.exist());
	}

	/**
	 * Return whether it is known that a change of rows in auto-commit needs none.
	 * @return whether nothing has to be done at the end of it
	 */
	boolean needNothingAtCommit() {
		return this.deferred.areKnownNotToExist();
	}

	/**
	 * Have the transaction of another connection, inside of which this one is about to
	 * work, not get in the way.
	 * @param connection the connection about to work
	 */
	void setAside(LogicalConnection connection) throws SQLException {
		Transaction outer = this.gate.innermost();
		boolean aborted = this.connection.isAborted();
		if (outer == null) {
			if (aborted) {
				throw new SQLException("The test's transaction was aborted by something that did not pass through the"
						+ " sandbox." + System.lineSeparator() + "Action: " + Refusal.REMEDY, "25P02");
			}
			return;
		}
		String savepoint = outer.savepoint();
		if (outer.connection() == connection || savepoint == null) {
			return;
		}
		if (aborted) {
			if (outer.hasUserSavepoints()) {
				throw Refusal.afterFailureWithSavepoints();
			}
			this.savepoints.undo(savepoint);
			outer.abort();
			outer.savepoint(null);
		}
		else if (outer.isPure()) {
			this.savepoints.release(savepoint);
			outer.savepoint(null);
		}
	}

	/**
	 * Keep the changes of a transaction, as long as the one around it keeps its own.
	 * @param transaction the innermost transaction
	 * @throws SQLException if a deferred constraint is violated
	 */
	void commit(Transaction transaction) throws SQLException {
		if (transaction.isAborted() || this.connection.isAborted()) {
			// What the server makes of a COMMIT then, and the driver says nothing
			rollback(transaction);
			return;
		}
		String savepoint = transaction.savepoint();
		if (savepoint != null) {
			this.settings.use(transaction.connection());
			boolean kept = false;
			try {
				check(transaction, savepoint);
				finish(transaction, savepoint);
				kept = true;
			}
			finally {
				if (!kept) {
					rollback(transaction);
				}
			}
		}
		end(transaction);
		Transaction outer = this.gate.innermost();
		String change = transaction.isReadOnly() ? null : transaction.lastChange();
		if (outer != null && outer.savepoint() != null && change != null) {
			outer.committedInside(change);
		}
	}

	/**
	 * Undo a transaction.
	 * @param transaction the transaction
	 * @throws SQLException if the server is lost
	 */
	void rollback(Transaction transaction) throws SQLException {
		String savepoint = transaction.savepoint();
		if (savepoint == null) {
			end(transaction);
			return;
		}
		if (transaction.committedInside() != null && transaction.isHolding()) {
			this.warnings.innerCommitUndone(transaction.committedInside(), transaction.lastStatement());
		}
		try {
			this.savepoints.backTo(savepoint);
		}
		finally {
			end(transaction);
		}
		this.savepoints.served(savepoint);
		if (transaction.defers()) {
			this.deferred.forget();
		}
	}

	/**
	 * Cut the connections of all open transactions off.
	 * @param reason what to say to those who use them further
	 * @return the savepoint of the outermost transaction, if it has one
	 */
	@Nullable String cutOff(String reason) {
		String outermost = null;
		for (Transaction transaction : this.gate.clear()) {
			outermost = (transaction.savepoint() != null) ? transaction.savepoint() : outermost;
			transaction.connection().cutOff(Refusal.closed(reason));
			if (!transaction.isHolding() || transaction.owner() == Thread.currentThread()
					|| !transaction.owner().isAlive()) {
				this.warnings.leftOpen(
						"[" + transaction.lastStatement() + "] of thread '" + transaction.owner().getName() + "'");
			}
		}
		return outermost;
	}

	private void check(Transaction transaction, String savepoint) throws SQLException {
		if (transaction.lastChange() == null || (!transaction.defers() && !this.deferred.exist())) {
			return;
		}
		try {
			this.connection.send(this.deferred.check());
		}
		catch (SQLException ex) {
			if (this.gate.open().stream().anyMatch((other) -> other != transaction && other.savepoint() != null)) {
				this.savepoints.backTo(savepoint);
				try {
					this.connection.send("SET CONSTRAINTS ALL IMMEDIATE");
				}
				catch (SQLException violatedByOuter) {
					throw Refusal.deferredOfOuter(violatedByOuter);
				}
			}
			throw ex;
		}
	}

	// Does what a commit does besides keeping the changes
	private void finish(Transaction transaction, String savepoint) throws SQLException {
		this.settings.restore(transaction.localSettings());
		for (String command : transaction.atCommit()) {
			this.savepoints.set(AT_COMMIT);
			try {
				this.connection.send(command);
			}
			catch (SQLException ex) {
				// Undone within the transaction already
				this.savepoints.backTo(AT_COMMIT);
			}
		}
		if (transaction.isReadOnly()) {
			this.savepoints.release(savepoint);
		}
		else {
			this.savepoints.served(savepoint);
		}
	}

	private void end(Transaction transaction) {
		for (Transaction inside : this.gate.pop(transaction)) {
			inside.connection().cutOff(Refusal.undoneWithOuter());
		}
		transaction.connection().transaction(null);
	}

}
