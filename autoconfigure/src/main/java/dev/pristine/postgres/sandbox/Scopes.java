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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.TestScope;

/**
 * The scopes that are open, and the place that each of them goes back to at its end.
 */
final class Scopes {

	private final PhysicalConnection connection;

	private final Savepoints savepoints;

	private final UsedSequences sequences;

	private final SessionSettings settings;

	private final DeferredConstraints deferred;

	private final Deque<Level> levels = new ArrayDeque<>();

	private volatile @Nullable TestScope current;

	private boolean schemaChanged;

	private boolean inTransaction;

	private boolean transactionLost;

	Scopes(PhysicalConnection connection, Savepoints savepoints, SessionSettings settings, DeferredConstraints deferred)
			throws SQLException {
		this.connection = connection;
		this.savepoints = savepoints;
		this.sequences = new UsedSequences(connection);
		this.settings = settings;
		this.deferred = deferred;
	}

	/**
	 * Return the scope that was opened last.
	 * @return the scope, or {@code null} if none is open
	 */
	@Nullable TestScope current() {
		return this.current;
	}

	void open(TestScope scope) {
		this.levels.push(new Level(scope));
		this.current = scope;
	}

	/**
	 * Make sure that there is a place to go back to at the end of every open scope.
	 */
	void start() throws SQLException {
		Level level = this.levels.peek();
		if (level == null) {
			throw new SQLException("No test is running: TRANSACTION mode has nothing to undo this statement with."
					+ System.lineSeparator() + "Action: stop background work at the end of a test.", "25P01");
		}
		if (level.start != null) {
			observe();
			return;
		}
		String start = "";
		if (this.levels.getLast().start != null) {
			start = "pristine_scope_" + this.levels.size();
			this.savepoints.set(start);
		}
		for (Level each : this.levels) {
			if (each.start == null) {
				each.start = start;
			}
		}
		this.savepoints.reset();
	}

	/**
	 * Take note of a statement that has run, for the end of the scope.
	 * @param sql the statement
	 */
	void after(Sql sql) {
		this.sequences.after(sql);
		observe();
		if (sql.ddl()) {
			this.schemaChanged = true;
			this.deferred.forget();
		}
	}

	/**
	 * Return the sequences that were used since the outermost scope was opened.
	 * @return their OIDs
	 */
	Set<Long> usedSequences() throws SQLException {
		Level outermost = this.levels.peekLast();
		return (outermost != null && outermost.start != null) ? this.sequences.read() : Set.of();
	}

	/**
	 * Close the scope that was opened last, and undo everything since its start.
	 * @param savepoint that of the outermost transaction that was open, if there was one
	 * @return the OIDs of the sequences that were used since the outermost scope was
	 * opened
	 */
	Set<Long> close(@Nullable String savepoint) throws SQLException {
		Level level = this.levels.pop();
		Level parent = this.levels.peek();
		this.current = (parent != null) ? parent.scope : null;
		return (level.start != null) ? undo(level.start, savepoint) : Set.of();
	}

	/**
	 * Close all scopes, undoing nothing.
	 */
	void clear() throws SQLException {
		this.levels.clear();
		this.sequences.close();
	}

	private Set<Long> undo(String start, @Nullable String savepoint) throws SQLException {
		boolean whole = start.isEmpty();
		checkInTransaction();
		if (this.connection.isAborted()) {
			recover(whole ? savepoint : (savepoint != null) ? savepoint : start);
		}
		Set<Long> used;
		if (whole) {
			used = this.sequences.readAndRollBack();
		}
		else {
			used = this.sequences.readAtEnd();
			this.savepoints.undo(start);
		}
		if (this.schemaChanged) {
			// The driver's prepared statements may return other columns now
			this.connection.send("DEALLOCATE ALL");
			if (whole) {
				this.connection.send("ROLLBACK");
			}
			this.schemaChanged = false;
			this.deferred.forget();
		}
		for (Level each : this.levels) {
			if (start.equals(each.start)) {
				each.start = null;
			}
		}
		this.inTransaction &= !whole;
		this.savepoints.reset();
		this.settings.reset();
		return used;
	}

	// The first statement begins the transaction, if it reaches the server at all
	private void observe() {
		boolean now = this.connection.isInTransaction();
		this.transactionLost |= this.inTransaction && !now;
		this.inTransaction = now;
	}

	private void checkInTransaction() throws SQLException {
		if (this.connection.isLost()) {
			throw Refusal.closed("The connection to the server is lost.");
		}
		observe();
		if (this.transactionLost) {
			throw new SQLException("The test's transaction was ended by something that did not pass through the"
					+ " sandbox, such as a driver's connection obtained by unwrap.", "25P01");
		}
	}

	private void recover(@Nullable String savepoint) throws SQLException {
		if (savepoint == null) {
			this.connection.send("ROLLBACK");
			throw new SQLException(
					"The test's transaction was aborted by something that did not pass through the sandbox.", "25P02");
		}
		this.connection.send("ROLLBACK TO SAVEPOINT " + savepoint);
	}

	/**
	 * A scope and the place to go back to at its end.
	 */
	private static final class Level {

		private final TestScope scope;

		/**
		 * A savepoint; empty for the start of the transaction; {@code null} as long as
		 * there is nothing to undo.
		 */
		private @Nullable String start;

		Level(TestScope scope) {
			this.scope = scope;
		}

	}

}
