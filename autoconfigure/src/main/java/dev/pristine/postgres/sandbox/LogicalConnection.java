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

import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.QueryExecutor;
import org.postgresql.largeobject.LargeObjectManager;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * What the application takes for a connection of its own.
 */
final class LogicalConnection extends JdbcProxy<BaseConnection> {

	private static final Set<String> OF_CLOSED = methods(BaseConnection.class, "close", "isClosed", "isValid", "abort",
			"getQueryExecutor");

	/**
	 * Those of them that are not declared below.
	 */
	private static final Set<String> SAVEPOINTS = methods(BaseConnection.class, "setSavepoint", "rollback",
			"releaseSavepoint");

	private static final Set<String> SETTING = methods(BaseConnection.class, "setSchema");

	private final Execution execution;

	private final Session session;

	private volatile int isolation;

	LogicalConnection(Execution execution, BaseConnection driver, ConnectionDefaults defaults) {
		super(driver, null, BaseConnection.class, BaseConnection.class);
		this.execution = execution;
		this.session = new Session(defaults);
		this.isolation = defaults.isolation();
	}

	@Override
	void check(Method method) throws SQLException {
		if (!OF_CLOSED.contains(method.getName())) {
			this.execution.checkUsable(this.session);
		}
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		String name = method.getName();
		if (SAVEPOINTS.contains(name)) {
			requireTransaction(
					name.equals("setSavepoint") ? !this.session.isAutoCommit() : this.session.transaction() != null,
					name + ": a savepoint can only be used in a transaction.");
		}
		if (SAVEPOINTS.contains(name) || SETTING.contains(name)) {
			return this.execution.run(this.session, new SqlText(name, true), () -> super.delegate(method, args));
		}
		Object result = super.delegate(method, args);
		if (!(result instanceof Statement statement)) {
			return result;
		}
		String sql = (args != null && args.length > 0 && args[0] instanceof String text) ? text : null;
		Class<? extends Statement> type = (statement instanceof CallableStatement) ? CallableStatement.class
				: (sql != null) ? PreparedStatement.class : Statement.class;
		return new LogicalStatement(type, proxy(), this.session, this.execution, statement, sql).proxy();
	}

	/*
	 * Transactions
	 */

	boolean getAutoCommit() {
		return this.session.isAutoCommit();
	}

	void setAutoCommit(boolean autoCommit) throws SQLException {
		if (this.session.isAutoCommit() != autoCommit) {
			if (!this.session.isAutoCommit()) {
				this.execution.end(this.session, true);
			}
			this.session.autoCommit(autoCommit);
		}
	}

	void commit() throws SQLException {
		requireTransaction(!this.session.isAutoCommit(), "Cannot commit when autoCommit is enabled.");
		this.execution.end(this.session, true);
	}

	void rollback() throws SQLException {
		requireTransaction(!this.session.isAutoCommit(), "Cannot rollback when autoCommit is enabled.");
		this.execution.end(this.session, false);
	}

	boolean isReadOnly() {
		return this.session.isReadOnly();
	}

	void setReadOnly(boolean readOnly) throws SQLException {
		requireNoTransaction("Cannot change transaction read-only property in the middle of a transaction.");
		this.session.readOnly(readOnly);
	}

	int getTransactionIsolation() {
		return this.isolation;
	}

	void setTransactionIsolation(int level) throws SQLException {
		requireNoTransaction("Cannot change transaction isolation level in the middle of a transaction.");
		this.execution.isolation(level);
		this.isolation = level;
	}

	/*
	 * Life
	 */

	void close() throws SQLException {
		this.execution.close(this.session);
	}

	boolean isClosed() throws SQLException {
		return this.session.closed() != null || target().isClosed();
	}

	boolean isValid(int seconds) throws SQLException {
		return !isClosed();
	}

	void abort(Executor executor) throws SQLException {
		close();
	}

	void cancelQuery() throws SQLException {
		throw SandboxException.refusal(
				"cancelQuery() may stop the statement of another connection, as TRANSACTION mode has only one.",
				"use Statement.cancel(), or " + SandboxException.REMEDY);
	}

	// It would end the connection of all
	void setNetworkTimeout(Executor executor, int milliseconds) {
	}

	/*
	 * Other views of the connection
	 */

	DatabaseMetaData getMetaData() throws SQLException {
		return new LogicalAnswer<>(target().getMetaData(), DatabaseMetaData.class, proxy(), this.session,
				this.execution)
			.proxy();
	}

	CopyManager getCopyAPI() throws SQLException {
		throw copyRefused();
	}

	LargeObjectManager getLargeObjectAPI() throws SQLException {
		return new LargeObjectManager(proxy());
	}

	QueryExecutor getQueryExecutor() {
		throw new UnsupportedOperationException(copyRefused());
	}

	// The driver lets all other statements wait while it goes on, even for ever
	private static SQLException copyRefused() {
		return SandboxException.refusal("COPY needs a connection of its own, which TRANSACTION mode does not have.",
				SandboxException.REMEDY);
	}

	private void requireNoTransaction(String message) throws SQLException {
		require(this.session.transaction() == null, message, PSQLState.ACTIVE_SQL_TRANSACTION);
	}

	private static void requireTransaction(boolean possible, String message) throws SQLException {
		require(possible, message, PSQLState.NO_ACTIVE_SQL_TRANSACTION);
	}

	private static void require(boolean possible, String message, PSQLState state) throws SQLException {
		if (!possible) {
			throw new PSQLException(message, state);
		}
	}

}
