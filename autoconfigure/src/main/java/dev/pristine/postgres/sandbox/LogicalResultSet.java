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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * The rows that a logical connection was answered.
 */
final class LogicalResultSet extends JdbcProxy<ResultSet> {

	private static final Set<String> CHANGING = Set.of("insertRow", "updateRow", "deleteRow", "refreshRow");

	private static final Set<String> LARGE_OBJECTS = Set.of("getBlob", "getClob");

	private final LogicalConnection connection;

	private final @Nullable LogicalStatement statement;

	private final ResultSet target;

	/**
	 * The transaction whose end closes the cursor behind these rows, if there is one.
	 */
	private final @Nullable Transaction cursorOf;

	private final int fetchSize;

	private int fetched;

	LogicalResultSet(LogicalConnection connection, @Nullable LogicalStatement statement, ResultSet target)
			throws SQLException {
		super(ResultSet.class);
		this.connection = connection;
		this.statement = statement;
		this.target = target;
		this.fetchSize = target.isClosed() ? 0 : target.getFetchSize();
		boolean cursor = this.fetchSize > 0 && statement != null && statement.opensCursor();
		this.cursorOf = cursor ? connection.transaction() : null;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		String name = method.getName();
		if (CHANGING.contains(name)) {
			return this.connection.execution()
				.execute(this.connection, Sql.of("UPDATE"), () -> call(this.target, method, args));
		}
		if (LARGE_OBJECTS.contains(name) && !this.connection.inTransaction()) {
			throw new PSQLException("Large Objects may not be used in auto-commit mode.",
					PSQLState.NO_ACTIVE_SQL_TRANSACTION);
		}
		return call(this.target, method, args);
	}

	boolean next() throws SQLException {
		if (this.cursorOf == null) {
			return this.target.next();
		}
		boolean asks = this.fetched % this.fetchSize == 0 && this.fetched > 0;
		if (asks && this.connection.transaction() != this.cursorOf) {
			this.connection.checkUsable();
			throw new SQLException("ERROR: portal does not exist: its transaction has ended", "34000");
		}
		boolean next = asks ? this.connection.execution().execute(this.connection, Sql.READ, this.target::next)
				: this.target.next();
		if (next) {
			this.fetched++;
		}
		return next;
	}

	@Nullable Statement getStatement() throws SQLException {
		Statement statement = this.target.getStatement();
		return (this.statement != null) ? this.statement.proxy() : statement;
	}

	<T> T unwrap(Class<T> type) throws SQLException {
		return type.isInstance(proxy()) ? type.cast(proxy()) : this.target.unwrap(type);
	}

	boolean isWrapperFor(Class<?> type) throws SQLException {
		return type.isInstance(proxy()) || this.target.isWrapperFor(type);
	}

	@Override
	public String toString() {
		return this.target.toString();
	}

}
