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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;

/**
 * The connection that all logical ones share, in one transaction that begins with the
 * first statement.
 */
final class PhysicalConnection implements TransactionStack.Server {

	/**
	 * The server must not end what waits for the next test.
	 */
	private static final String NO_TIMEOUTS = """
			SELECT set_config(name, '0', false) FROM pg_settings
			WHERE name IN ('idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')""";

	/** How long the server may take to answer Pristine, in milliseconds. */
	private static final int TIMEOUT = 10_000;

	private final Connection connection;

	private final BaseConnection driver;

	private final Statement control;

	private final int networkTimeout;

	private volatile boolean open;

	private boolean begun;

	private boolean ended;

	private boolean touched;

	/**
	 * Take a connection over.
	 * @param connection the connection, in no transaction
	 * @throws SQLException if it does not work, or is not one of PostgreSQL's driver
	 */
	PhysicalConnection(Connection connection) throws SQLException {
		this.connection = connection;
		this.driver = connection.unwrap(BaseConnection.class);
		connection.setAutoCommit(true);
		connection.setReadOnly(false);
		this.control = this.driver.createStatement();
		this.control.execute(NO_TIMEOUTS);
		this.networkTimeout = connection.getNetworkTimeout();
		connection.setAutoCommit(false);
	}

	BaseConnection driver() {
		return this.driver;
	}

	@Override
	public void send(String commands) throws SQLException {
		autoSave(AutoSave.NEVER);
		this.control.execute(commands);
	}

	/**
	 * Say whether a server that stands still is waited for without a bound, as for
	 * statements of the application.
	 * @param patient whether it is
	 * @throws SQLException if the connection does not work
	 */
	void patient(boolean patient) throws SQLException {
		if (!isLost()) {
			this.driver.setNetworkTimeout(Runnable::run, patient ? this.networkTimeout : TIMEOUT);
		}
	}

	/**
	 * Prepare a statement of Pristine's own. The driver keeps it prepared when it is
	 * closed.
	 * @param sql the statement
	 * @return a statement of the driver
	 */
	PreparedStatement prepare(String sql) throws SQLException {
		autoSave(AutoSave.NEVER);
		return this.driver.prepareStatement(sql);
	}

	/**
	 * Return a setting of the session.
	 * @param name its name
	 * @return its value, or {@code null} if there is none
	 */
	@Nullable String setting(String name) throws SQLException {
		try (PreparedStatement statement = prepare("SELECT current_setting(?, true)")) {
			statement.setString(1, name);
			try (ResultSet rows = statement.executeQuery()) {
				rows.next();
				return rows.getString(1);
			}
		}
	}

	/**
	 * Set a setting of the session.
	 * @param name its name
	 * @param value its value
	 */
	void setting(String name, @Nullable String value) throws SQLException {
		try (PreparedStatement statement = prepare("SELECT set_config(?, ?, false)")) {
			statement.setString(1, name);
			statement.setString(2, (value != null) ? value : "");
			statement.execute();
		}
	}

	/**
	 * Say whether the driver sets a savepoint before each statement, and goes back to it
	 * if the statement fails.
	 * @param autoSave when it does
	 */
	void autoSave(AutoSave autoSave) {
		this.driver.getQueryExecutor().setAutoSave(autoSave);
	}

	void checkOpen() throws SQLException {
		if (isLost()) {
			throw SandboxException.closed("The connection of the test's sandbox is closed, and so are all that were"
					+ " borrowed while it was open." + System.lineSeparator()
					+ "Action: borrow a connection for each piece of work.");
		}
	}

	/**
	 * Say whether a test runs.
	 * @param open whether somebody may use the connection
	 */
	void open(boolean open) {
		this.open = open;
	}

	/**
	 * Have something ready to be run.
	 * @throws SQLException if nothing can be run now
	 */
	void use() throws SQLException {
		checkOpen();
		if (!this.open) {
			throw SandboxException.refusal(
					"The test in TRANSACTION mode that this connection was borrowed in has ended, and no other one runs.",
					"have the test wait for the end of what it has started.");
		}
		checkTransaction();
		this.touched = true;
	}

	/**
	 * Look whether the transaction is still the same.
	 */
	void observe() {
		boolean open = this.driver.getTransactionState() != TransactionState.IDLE;
		this.ended |= this.begun && !open;
		this.begun = open;
	}

	/**
	 * Return whether something has run since the state was last known.
	 * @return whether there may be something to undo
	 */
	boolean isTouched() {
		return this.touched;
	}

	/**
	 * Take note that the state is known.
	 */
	void clean() {
		this.touched = false;
		this.begun = false;
		observe();
	}

	void checkTransaction() throws SQLException {
		observe();
		if (this.ended) {
			throw SandboxException.refusal(
					"The test's transaction was ended by something that did not pass through" + " the sandbox.",
					"do not commit on a driver's connection that was obtained by unwrap.");
		}
	}

	/**
	 * Go back, also with what no rollback reaches on this connection.
	 * @param rollback the command that goes back
	 */
	void goBack(String rollback) throws SQLException {
		try (PreparedStatement statement = prepare("DISCARD SEQUENCES;SELECT pg_advisory_unlock_all();" + rollback)) {
			statement.execute();
		}
	}

	boolean isLost() throws SQLException {
		return this.driver.isClosed();
	}

	@Override
	public boolean isAborted() {
		return this.driver.getTransactionState() == TransactionState.FAILED;
	}

	/**
	 * Undo everything and close the connection.
	 * @throws SQLException if that fails
	 */
	void close() throws SQLException {
		try {
			if (!isLost()) {
				autoSave(AutoSave.NEVER);
				this.connection.rollback();
				this.connection.setAutoCommit(true);
			}
		}
		finally {
			this.connection.close();
		}
	}

}
