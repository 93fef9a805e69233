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
import java.sql.SQLException;

import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;

import dev.pristine.postgres.server.Sql;

/**
 * The connection that all logical ones share, in one transaction that begins with the
 * first statement.
 */
final class PhysicalConnection implements TransactionStack.Server {

	/** How long the server may take to answer Pristine, in milliseconds. */
	private static final int TIMEOUT = 10_000;

	/** As it was given: a pool has to get its own back. */
	private final Connection connection;

	private final BaseConnection driver;

	private final int networkTimeout;

	private volatile boolean open;

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
		send(Sql.NO_TIMEOUTS);
		this.networkTimeout = connection.getNetworkTimeout();
		connection.setAutoCommit(false);
	}

	BaseConnection driver() {
		return this.driver;
	}

	@Override
	public void send(String commands) throws SQLException {
		autoSave(AutoSave.NEVER);
		// The driver keeps it prepared when it is closed
		try (PreparedStatement statement = this.driver.prepareStatement(commands)) {
			statement.execute();
		}
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
	}

	/**
	 * Take note that something may have run.
	 */
	void used() {
		this.touched |= isInTransaction();
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
	}

	void checkTransaction() throws SQLException {
		if (this.touched && !isInTransaction()) {
			throw SandboxException.refusal(
					"The test's transaction was ended by something that did not pass through" + " the sandbox.",
					"do not commit on a driver's connection that was obtained by unwrap.");
		}
	}

	private boolean isInTransaction() {
		return this.driver.getTransactionState() != TransactionState.IDLE;
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
