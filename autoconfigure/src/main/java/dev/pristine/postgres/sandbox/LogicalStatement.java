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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A statement of a logical connection.
 */
final class LogicalStatement extends JdbcProxy<Statement> {

	private static final Set<String> ASKING = Set.of("getMetaData", "getParameterMetaData");

	private final LogicalConnection connection;

	private final Statement target;

	private final @Nullable Sql prepared;

	private @Nullable Sql batch;

	LogicalStatement(Class<? extends Statement> type, LogicalConnection connection, Statement target,
			@Nullable Sql prepared) {
		super(type);
		this.connection = connection;
		this.target = target;
		this.prepared = prepared;
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
		return wrap(call(this.target, method, args));
	}

	Connection getConnection() throws SQLException {
		this.target.getConnection();
		return this.connection.proxy();
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
		return type.isInstance(proxy()) ? type.cast(proxy()) : this.target.unwrap(type);
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
		return this.target.toString();
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
		Sql running = sql;
		try {
			int fetchSize = this.connection.inTransaction() ? 0 : this.target.getFetchSize();
			if (fetchSize == 0) {
				return execution.execute(this.connection, running, () -> call(this.target, method, args));
			}
			// Without a transaction there is no cursor: production fetches all rows
			this.target.setFetchSize(0);
			try {
				return execution.execute(this.connection, running, () -> call(this.target, method, args));
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

}
