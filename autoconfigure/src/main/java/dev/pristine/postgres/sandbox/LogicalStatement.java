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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * A statement of a logical connection.
 */
final class LogicalStatement extends JdbcProxy<Statement> {

	private static final Set<String> ASKING = Set.of("getMetaData", "getParameterMetaData");

	private final LogicalConnection connection;

	private final @Nullable Sql prepared;

	private final SetValues values = new SetValues();

	private Statement target;

	/**
	 * What prepares the statement without the savepoint that it sets, if it sets one.
	 */
	private Execution.@Nullable Work<Statement> plain;

	private @Nullable Sql batch;

	/**
	 * Whether the results of the driver's statement end with that of a savepoint.
	 */
	private boolean endsWithSavepoint;

	/**
	 * Create a statement.
	 * @param type its interface
	 * @param connection its connection
	 * @param target the driver's statement
	 * @param prepared what it was prepared for, if it was
	 * @param plain if it was prepared with {@link Savepoints#NEXT}, what prepares it
	 * without
	 */
	LogicalStatement(Class<? extends Statement> type, LogicalConnection connection, Statement target,
			@Nullable Sql prepared, Execution.@Nullable Work<Statement> plain) {
		super(type);
		this.connection = connection;
		this.target = target;
		this.prepared = prepared;
		this.plain = plain;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		String name = method.getName();
		if (name.startsWith("execute")) {
			return wrap(execute(method, args));
		}
		if (ASKING.contains(name)) {
			return this.connection.execution()
				.execute(this.connection, Sql.READ, () -> call(this.target, method, args));
		}
		if (this.plain != null && !this.values.keep(method, args)) {
			prepareAnew();
		}
		return wrap(call(this.target, method, args));
	}

	Connection getConnection() throws SQLException {
		this.target.getConnection();
		return this.connection.proxy();
	}

	boolean getMoreResults() throws SQLException {
		return pastSavepoint(this.target.getMoreResults());
	}

	boolean getMoreResults(int current) throws SQLException {
		return pastSavepoint(this.target.getMoreResults(current));
	}

	void addBatch(String sql) throws SQLException {
		Sql next = Sql.of(sql);
		if (next.control() != Sql.Control.NONE) {
			throw Refusal.control(next);
		}
		this.target.addBatch(sql);
		this.batch = (this.batch != null) ? this.batch.and(next) : next;
	}

	void clearBatch() throws SQLException {
		this.target.clearBatch();
		this.batch = null;
	}

	void close() throws SQLException {
		this.connection.forget(this);
		this.target.close();
	}

	<T> T unwrap(Class<T> type) throws SQLException {
		if (type.isInstance(proxy())) {
			return type.cast(proxy());
		}
		prepareAnew();
		return this.target.unwrap(type);
	}

	boolean isWrapperFor(Class<?> type) throws SQLException {
		return type.isInstance(proxy()) || this.target.isWrapperFor(type);
	}

	/**
	 * Return whether rows are fetched through a cursor if there is a fetch size.
	 * @return whether the driver may use one
	 * @throws SQLException if the statement is closed
	 */
	boolean opensCursor() throws SQLException {
		return this.target.getResultSetType() == ResultSet.TYPE_FORWARD_ONLY
				&& this.target.getResultSetHoldability() == ResultSet.CLOSE_CURSORS_AT_COMMIT;
	}

	@Override
	public String toString() {
		String text = this.target.toString();
		return (this.plain != null && text.endsWith(Savepoints.NEXT))
				? text.substring(0, text.length() - Savepoints.NEXT.length()) : text;
	}

	private @Nullable Object execute(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		Sql sql = sql(args);
		if (sql.namesSettings()) {
			sql = (this.prepared != null) ? Sql.uncached(this.target.toString()) : sql;
		}
		Execution execution = this.connection.execution();
		if (sql.control() != Sql.Control.NONE && execution.control(this.connection, sql)) {
			return nothing(method);
		}
		boolean batched = method.getName().endsWith("Batch");
		if (batched && sql.pure()) {
			// May be empty, and is not sent then
			sql = Sql.READ;
		}
		if (batched || this.connection.inTransaction()) {
			prepareAnew();
		}
		boolean setsSavepoint = this.plain != null;
		@Nullable Object @Nullable [] sent = args;
		if (args != null && args.length == 1 && execution.setsSavepoint(this.connection, sql)) {
			setsSavepoint = true;
			sent = args.clone();
			sent[0] = sql.text() + Savepoints.NEXT;
		}
		return run(sql, new Call(this.target, method, sent, setsSavepoint), batched);
	}

	private @Nullable Object run(Sql sql, Call call, boolean batched) throws SQLException {
		Execution execution = this.connection.execution();
		this.endsWithSavepoint = call.setsSavepoint();
		try {
			int fetchSize = this.connection.inTransaction() ? 0 : this.target.getFetchSize();
			if (fetchSize == 0) {
				return execution.execute(this.connection, sql, call);
			}
			// Without a transaction there is no cursor: production fetches all rows
			this.target.setFetchSize(0);
			try {
				return execution.execute(this.connection, sql, call);
			}
			finally {
				if (!this.target.isClosed()) {
					this.target.setFetchSize(fetchSize);
				}
			}
		}
		finally {
			if (batched) {
				this.batch = null;
			}
		}
	}

	// From now on it sets no savepoint any longer
	private void prepareAnew() throws SQLException {
		Execution.Work<Statement> plain = this.plain;
		if (plain != null) {
			this.plain = null;
			Statement former = this.target;
			this.target = plain.run();
			this.values.setOn(this.target);
			former.close();
		}
	}

	private boolean pastSavepoint(boolean rows) throws SQLException {
		if (!this.endsWithSavepoint) {
			return rows;
		}
		this.endsWithSavepoint = false;
		return this.target.getMoreResults();
	}

	private Sql sql(@Nullable Object @Nullable [] args) throws SQLException {
		if (args != null && args.length > 0 && args[0] instanceof String text) {
			return Sql.of(text);
		}
		Sql sql = (this.prepared != null) ? this.prepared : this.batch;
		return (sql != null) ? sql : Sql.READ;
	}

	// What a command without rows and count returns
	private @Nullable Object nothing(Method method) throws SQLException {
		if (this.prepared == null) {
			// So that getUpdateCount() speaks of this command too
			this.connection.execution().execute(this.connection, Sql.READ, () -> this.target.execute(""));
		}
		Class<?> type = method.getReturnType();
		if (type == boolean.class) {
			return false;
		}
		return (type == long.class) ? (Object) 0L : (type == int.class) ? (Object) 0 : null;
	}

	private @Nullable Object wrap(@Nullable Object result) throws SQLException {
		if (result instanceof ResultSet rows) {
			return new LogicalResultSet(this.connection, this, rows).proxy();
		}
		return result;
	}

	/**
	 * The execution of a statement by the driver.
	 */
	private record Call(Statement target, Method method, @Nullable Object @Nullable [] args,
			boolean setsSavepoint) implements Execution.Work<@Nullable Object> {

		@Override
		public @Nullable Object run() throws SQLException {
			if (this.setsSavepoint && this.method.getName().equals("executeQuery")) {
				return firstResult();
			}
			return call(this.target, this.method, this.args);
		}

		// The driver's executeQuery wants the rows to be the only result
		private ResultSet firstResult() throws SQLException {
			boolean rows = (this.args != null) ? this.target.execute((String) this.args[0])
					: ((PreparedStatement) this.target).execute();
			if (!rows) {
				throw new PSQLException("No results were returned by the query.", PSQLState.NO_DATA);
			}
			return this.target.getResultSet();
		}

	}

}
