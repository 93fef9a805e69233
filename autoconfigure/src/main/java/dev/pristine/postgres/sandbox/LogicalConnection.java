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
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

	/**
	 * Methods that may ask the server.
	 */
	private static final Set<String> ASKING = Set.of("getSchema", "getCatalog", "createArrayOf", "setClientInfo",
			"setSchema");

	private final Execution execution;

	private final Connection physical;

	private final BaseConnection driver;

	private final Set<LogicalStatement> statements = Collections
		.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

	private final Map<String, @Nullable String> settings = new LinkedHashMap<>();

	private volatile boolean autoCommit;

	private volatile boolean explicit;

	private volatile boolean readOnly;

	private volatile int isolation;

	private volatile int networkTimeout;

	private volatile boolean closed;

	private volatile @Nullable SQLException cutOff;

	private volatile @Nullable Transaction transaction;

	LogicalConnection(Execution execution, PhysicalConnection connection, ConnectionDefaults defaults) {
		super(BaseConnection.class);
		this.execution = execution;
		this.physical = connection.pooled();
		this.driver = connection.driver();
		this.autoCommit = defaults.autoCommit();
		this.readOnly = defaults.readOnly();
		this.isolation = defaults.isolation();
		this.networkTimeout = defaults.networkTimeout();
	}

	Execution execution() {
		return this.execution;
	}

	@Nullable Transaction transaction() {
		return this.transaction;
	}

	void transaction(@Nullable Transaction transaction) {
		this.transaction = transaction;
		if (transaction == null) {
			this.explicit = false;
		}
	}

	boolean inTransaction() {
		return !this.autoCommit || this.explicit;
	}

	int networkTimeout() {
		return this.networkTimeout;
	}

	/**
	 * Return the session settings that this connection has changed.
	 * @return the settings and, if they are not in effect now, their values
	 */
	Map<String, @Nullable String> settings() {
		return this.settings;
	}

	/**
	 * Have every further use fail.
	 * @param reason what to say
	 */
	void cutOff(SQLException reason) {
		this.cutOff = reason;
		this.transaction = null;
		this.settings.clear();
	}

	void checkUsable() throws SQLException {
		SQLException cutOff = this.cutOff;
		if (cutOff != null) {
			throw new SQLException(cutOff.getMessage(), cutOff.getSQLState(), cutOff);
		}
		if (this.closed) {
			throw Refusal.closed("This connection has been closed.");
		}
	}

	void forget(LogicalStatement statement) {
		this.statements.remove(statement);
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		checkUsable();
		Object target = method.getDeclaringClass().isInstance(this.physical) ? this.physical : this.driver;
		if (method.getName().equals("prepareStatement") && args != null && args[0] instanceof String text) {
			return prepare(target, method, args, Sql.of(text));
		}
		if (ASKING.contains(method.getName())) {
			return this.execution.execute(this, sqlOf(method, args), () -> call(target, method, args));
		}
		Object result = call(target, method, args);
		if (result instanceof Statement statement) {
			Class<? extends Statement> type = method.getReturnType().asSubclass(Statement.class);
			String sql = (args != null && args.length > 0 && args[0] instanceof String text) ? text : null;
			return wrap(type, statement, (sql != null) ? Sql.of(sql) : null, null);
		}
		return result;
	}

	/*
	 * Transactions
	 */

	boolean getAutoCommit() throws SQLException {
		checkUsable();
		return this.autoCommit;
	}

	void setAutoCommit(boolean autoCommit) throws SQLException {
		checkUsable();
		if (this.autoCommit != autoCommit) {
			if (!this.autoCommit) {
				commit();
			}
			this.autoCommit = autoCommit;
		}
	}

	void commit() throws SQLException {
		checkUsable();
		if (this.autoCommit) {
			throw new PSQLException("Cannot commit when autoCommit is enabled.", PSQLState.NO_ACTIVE_SQL_TRANSACTION);
		}
		this.execution.commit(this);
	}

	void rollback() throws SQLException {
		checkUsable();
		if (this.autoCommit) {
			throw new PSQLException("Cannot rollback when autoCommit is enabled.", PSQLState.NO_ACTIVE_SQL_TRANSACTION);
		}
		this.execution.rollback(this);
	}

	Savepoint setSavepoint() throws SQLException {
		return savepoint(this.physical::setSavepoint);
	}

	Savepoint setSavepoint(String name) throws SQLException {
		return savepoint(() -> this.physical.setSavepoint(name));
	}

	void rollback(Savepoint savepoint) throws SQLException {
		toSavepoint("ROLLBACK TO SAVEPOINT", () -> this.physical.rollback(savepoint));
	}

	void releaseSavepoint(Savepoint savepoint) throws SQLException {
		toSavepoint("RELEASE SAVEPOINT", () -> this.physical.releaseSavepoint(savepoint));
	}

	boolean isReadOnly() throws SQLException {
		checkUsable();
		return this.readOnly;
	}

	void setReadOnly(boolean readOnly) throws SQLException {
		checkNotInTransaction("Cannot change transaction read-only property in the middle of a transaction.");
		this.readOnly = readOnly;
	}

	boolean hintReadOnly() {
		return this.readOnly;
	}

	int getTransactionIsolation() throws SQLException {
		checkUsable();
		return this.isolation;
	}

	void setTransactionIsolation(int level) throws SQLException {
		checkNotInTransaction("Cannot change transaction isolation level in the middle of a transaction.");
		switch (level) {
			case Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED -> {
			}
			case Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE ->
				this.execution.warnings().isolation();
			default -> throw new PSQLException("Transaction isolation level " + level + " not supported.",
					PSQLState.NOT_IMPLEMENTED);
		}
		this.isolation = level;
	}

	/*
	 * Life
	 */

	void close() throws SQLException {
		if (this.closed) {
			return;
		}
		try {
			for (LogicalStatement statement : List.copyOf(this.statements)) {
				statement.close();
			}
			if (this.cutOff == null) {
				this.execution.end(this);
			}
		}
		finally {
			this.closed = true;
		}
	}

	boolean isClosed() {
		return this.closed || this.cutOff != null;
	}

	boolean isValid(int seconds) throws SQLException {
		return this.driver.isValid(seconds) && !isClosed();
	}

	void abort(Executor executor) throws SQLException {
		executor.execute(() -> this.execution.abort(this));
	}

	int getNetworkTimeout() throws SQLException {
		checkUsable();
		return this.networkTimeout;
	}

	void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
		checkUsable();
		this.networkTimeout = milliseconds;
	}

	/*
	 * Other views of the connection
	 */

	DatabaseMetaData getMetaData() throws SQLException {
		checkUsable();
		return new LogicalMetaData(this, this.physical.getMetaData()).proxy();
	}

	<T> T unwrap(Class<T> type) throws SQLException {
		checkUsable();
		return type.isInstance(proxy()) ? type.cast(proxy()) : this.physical.unwrap(type);
	}

	boolean isWrapperFor(Class<?> type) throws SQLException {
		checkUsable();
		return type.isInstance(proxy()) || this.physical.isWrapperFor(type);
	}

	CopyManager getCopyAPI() throws SQLException {
		checkUsable();
		return new CopyManager(proxy());
	}

	LargeObjectManager getLargeObjectAPI() throws SQLException {
		checkUsable();
		return new LargeObjectManager(proxy());
	}

	QueryExecutor getQueryExecutor() {
		return new CopyingQueryExecutor(this, this.driver.getQueryExecutor()).proxy();
	}

	@Override
	public String toString() {
		return "Connection of the test's sandbox on " + this.physical;
	}

	private Statement prepare(Object target, Method method, @Nullable Object[] args, Sql sql) throws SQLException {
		Execution.Work<Statement> plain = () -> (Statement) Objects.requireNonNull(call(target, method, args));
		// The driver adds RETURNING to single statements only
		boolean generatesKeys = (args.length == 2);
		if (generatesKeys || !this.execution.setsSavepoint(this, sql)) {
			return wrap(PreparedStatement.class, plain.run(), sql, null);
		}
		@Nullable Object[] withSavepoint = args.clone();
		withSavepoint[0] = sql.text() + Savepoints.NEXT;
		Object statement = Objects.requireNonNull(call(target, method, withSavepoint));
		return wrap(PreparedStatement.class, (Statement) statement, sql, plain);
	}

	private <S extends Statement> Statement wrap(Class<S> type, Statement statement, @Nullable Sql sql,
			Execution.@Nullable Work<Statement> plain) throws SQLException {
		Class<? extends Statement> proxied = CallableStatement.class.isAssignableFrom(type) ? CallableStatement.class
				: PreparedStatement.class.isAssignableFrom(type) ? PreparedStatement.class : Statement.class;
		LogicalStatement wrapped = new LogicalStatement(proxied, this, statement, sql, plain);
		this.statements.add(wrapped);
		return wrapped.proxy();
	}

	private static Sql sqlOf(Method method, @Nullable Object @Nullable [] args) {
		String setting = switch (method.getName()) {
			case "setSchema" -> "search_path";
			case "setClientInfo" -> "application_name";
			default -> null;
		};
		return (setting != null) ? Sql.READ.changing(setting) : Sql.READ;
	}

	private Savepoint savepoint(Execution.Work<Savepoint> work) throws SQLException {
		checkUsable();
		if (this.autoCommit) {
			throw new PSQLException("Cannot establish a savepoint in auto-commit mode.",
					PSQLState.NO_ACTIVE_SQL_TRANSACTION);
		}
		return this.execution.execute(this, Sql.of("SAVEPOINT"), work);
	}

	private void toSavepoint(String command, SqlRunnable work) throws SQLException {
		checkUsable();
		if (this.transaction == null) {
			throw Refusal.noTransaction(command);
		}
		this.execution.execute(this, Sql.of(command), () -> {
			work.run();
			return command;
		});
	}

	private void checkNotInTransaction(String message) throws SQLException {
		checkUsable();
		if (this.transaction != null) {
			throw new PSQLException(message, PSQLState.ACTIVE_SQL_TRANSACTION);
		}
	}

	/**
	 * Enter the transaction that a literal {@code BEGIN} has begun.
	 */
	void beginExplicitly() {
		this.explicit = this.autoCommit;
	}

	private interface SqlRunnable {

		void run() throws SQLException;

	}

}
