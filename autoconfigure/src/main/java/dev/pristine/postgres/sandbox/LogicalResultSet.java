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
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * The rows that a logical connection was answered.
 */
final class LogicalResultSet extends JdbcProxy<ResultSet> {

	private final Statement statement;

	private final Session session;

	private final Execution execution;

	private final ResultSet target;

	LogicalResultSet(Statement statement, Session session, Execution execution, ResultSet target) {
		super(ResultSet.class, ResultSet.class);
		this.statement = statement;
		this.session = session;
		this.execution = execution;
		this.target = target;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		return call(this.target, method, args);
	}

	Statement getStatement() throws SQLException {
		this.target.getStatement();
		return this.statement;
	}

	void insertRow() throws SQLException {
		run(this.target::insertRow);
	}

	void updateRow() throws SQLException {
		run(this.target::updateRow);
	}

	void deleteRow() throws SQLException {
		run(this.target::deleteRow);
	}

	void refreshRow() throws SQLException {
		run(this.target::refreshRow);
	}

	@Nullable Blob getBlob(int column) throws SQLException {
		checkLargeObjects();
		return this.target.getBlob(column);
	}

	@Nullable Blob getBlob(String column) throws SQLException {
		checkLargeObjects();
		return this.target.getBlob(column);
	}

	@Nullable Clob getClob(int column) throws SQLException {
		checkLargeObjects();
		return this.target.getClob(column);
	}

	@Nullable Clob getClob(String column) throws SQLException {
		checkLargeObjects();
		return this.target.getClob(column);
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

	// What production's driver says, whose connection is in auto-commit
	private void checkLargeObjects() throws SQLException {
		if (!this.session.inTransaction()) {
			throw new PSQLException("Large Objects may not be used in auto-commit mode.",
					PSQLState.NO_ACTIVE_SQL_TRANSACTION);
		}
	}

	private void run(Change change) throws SQLException {
		this.execution.run(this.session, SqlText.UNNAMED, () -> {
			change.make();
			return "";
		});
	}

	private interface Change {

		void make() throws SQLException;

	}

}
