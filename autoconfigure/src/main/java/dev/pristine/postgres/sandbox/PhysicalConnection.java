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
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOperation;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;

/**
 * The connection that all logical ones share: taken over from its pool, and handed back
 * as it was.
 */
final class PhysicalConnection {

	private final Connection pooled;

	private final BaseConnection driver;

	private final ConnectionDefaults defaults;

	private final AutoSave autoSave;

	private final Statement control;

	/**
	 * While it goes on, the driver lets every other statement wait, even for ever.
	 */
	private @Nullable CopyOperation copy;

	/**
	 * Take a connection over.
	 * @param pooled the connection, in no transaction
	 * @throws SQLException if it does not work, or is not one of PostgreSQL's driver
	 */
	PhysicalConnection(Connection pooled) throws SQLException {
		this.pooled = pooled;
		this.driver = pooled.unwrap(BaseConnection.class);
		this.defaults = ConnectionDefaults.of(pooled);
		this.autoSave = this.driver.getQueryExecutor().getAutoSave();
		autoSave(AutoSave.NEVER);
		if (!this.defaults.autoCommit()) {
			pooled.rollback();
		}
		pooled.setReadOnly(false);
		pooled.setAutoCommit(false);
		this.control = this.driver.createStatement();
	}

	Connection pooled() {
		return this.pooled;
	}

	BaseConnection driver() {
		return this.driver;
	}

	ConnectionDefaults defaults() {
		return this.defaults;
	}

	/**
	 * Return the statement for Pristine's own commands.
	 * @return a statement of the driver
	 */
	Statement control() {
		return this.control;
	}

	void send(String commands) throws SQLException {
		this.control.execute(commands);
	}

	/**
	 * Say whether the driver sets a savepoint before each statement, and goes back to it
	 * if the statement fails.
	 * @param autoSave when it does
	 */
	void autoSave(AutoSave autoSave) {
		this.driver.getQueryExecutor().setAutoSave(autoSave);
	}

	boolean isLost() throws SQLException {
		return this.driver.isClosed();
	}

	boolean isAborted() {
		return this.driver.getTransactionState() == TransactionState.FAILED;
	}

	boolean isInTransaction() {
		return this.driver.getTransactionState() != TransactionState.IDLE;
	}

	void networkTimeout(int milliseconds) throws SQLException {
		if (this.driver.getNetworkTimeout() != milliseconds) {
			this.driver.setNetworkTimeout(Runnable::run, milliseconds);
		}
	}

	void copying(CopyOperation copy) {
		this.copy = copy;
	}

	boolean isCopying() {
		return this.copy != null && this.copy.isActive();
	}

	void cancelCopy() throws SQLException {
		CopyOperation copy = this.copy;
		this.copy = null;
		if (copy != null && copy.isActive()) {
			copy.cancelCopy();
		}
	}

	/**
	 * Undo everything and give the connection back to its pool.
	 * @throws SQLException if that fails
	 */
	void handBack() throws SQLException {
		if (isLost()) {
			showThatItIsLost();
		}
		else {
			restore();
		}
		this.pooled.close();
	}

	private void restore() throws SQLException {
		cancelCopy();
		this.control.close();
		this.pooled.rollback();
		autoSave(this.autoSave);
		this.pooled.setAutoCommit(this.defaults.autoCommit());
		this.pooled.setReadOnly(this.defaults.readOnly());
		this.pooled.setNetworkTimeout(Runnable::run, this.defaults.networkTimeout());
	}

	// A pool in between looks at the errors that its connections throw
	private void showThatItIsLost() throws SQLException {
		try (Statement statement = this.pooled.createStatement()) {
			statement.execute("");
		}
		catch (SQLException ex) {
			if (!isLost()) {
				throw ex;
			}
		}
	}

}
