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

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A transaction that the application has begun on a logical connection; to the server it
 * is a savepoint.
 */
final class Transaction {

	private final LogicalConnection connection;

	private final Thread owner;

	private final boolean holding;

	private final long since = System.nanoTime();

	private final List<String> atCommit = new ArrayList<>();

	private final Map<String, @Nullable String> localSettings = new LinkedHashMap<>();

	private final Set<String> written = new HashSet<>();

	private @Nullable String savepoint;

	private boolean readOnly;

	private boolean pure = true;

	private boolean aborted;

	private boolean userSavepoints;

	private boolean defers;

	private @Nullable String committedInside;

	private volatile String lastStatement = "";

	private @Nullable String lastChange;

	/**
	 * Create a transaction.
	 * @param connection the connection it runs on
	 * @param owner the thread that begins it
	 * @param holding whether other threads have to wait until it ends
	 * @param readOnly whether it must not write
	 */
	Transaction(LogicalConnection connection, Thread owner, boolean holding, boolean readOnly) {
		this.connection = connection;
		this.owner = owner;
		this.holding = holding;
		this.readOnly = readOnly;
	}

	LogicalConnection connection() {
		return this.connection;
	}

	Thread owner() {
		return this.owner;
	}

	boolean isHolding() {
		return this.holding;
	}

	long since() {
		return this.since;
	}

	/**
	 * Return the savepoint that stands for this transaction.
	 * @return its name, or {@code null} while there is nothing to go back to
	 */
	@Nullable String savepoint() {
		return this.savepoint;
	}

	void savepoint(@Nullable String savepoint) {
		this.savepoint = savepoint;
	}

	boolean isReadOnly() {
		return this.readOnly;
	}

	/**
	 * Return whether a statement has failed, so that only a rollback is accepted, though
	 * the server has gone back already.
	 * @return whether the transaction is aborted
	 */
	boolean isAborted() {
		return this.aborted;
	}

	void abort() {
		this.aborted = true;
	}

	/**
	 * Return whether the transaction can be set aside while another one runs, since there
	 * is nothing in it to undo.
	 * @return whether it has only read so far
	 */
	boolean isPure() {
		return (this.pure || this.readOnly) && !this.userSavepoints && this.localSettings.isEmpty()
				&& this.atCommit.isEmpty();
	}

	boolean hasUserSavepoints() {
		return this.userSavepoints;
	}

	boolean defers() {
		return this.defers;
	}

	/**
	 * Return the tables that the transaction has written.
	 * @return their names in lower case
	 */
	Set<String> written() {
		return this.written;
	}

	List<String> atCommit() {
		return this.atCommit;
	}

	Map<String, @Nullable String> localSettings() {
		return this.localSettings;
	}

	/**
	 * Return what another connection has committed while this transaction was open.
	 * @return the statement or {@code null}
	 */
	@Nullable String committedInside() {
		return this.committedInside;
	}

	void committedInside(String statement) {
		this.committedInside = statement;
	}

	String lastStatement() {
		return this.lastStatement;
	}

	/**
	 * Return what the transaction has changed last.
	 * @return the statement, or {@code null} if it has only read
	 */
	@Nullable String lastChange() {
		return this.lastChange;
	}

	/**
	 * Take note of a statement that is about to run.
	 * @param sql the statement
	 */
	void runs(Sql sql) {
		if (!sql.text().isEmpty()) {
			this.lastStatement = sql.text();
		}
		if (!sql.pure()) {
			this.pure = false;
			this.lastChange = sql.text();
		}
		this.readOnly |= sql.readOnly();
		this.defers |= sql.defers();
		this.userSavepoints |= sql.control() == Sql.Control.SAVEPOINT;
		this.atCommit.addAll(sql.undoneByCommit());
		this.written.addAll(sql.written());
	}

}
