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
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyDual;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOperation;
import org.postgresql.copy.CopyOut;
import org.postgresql.core.QueryExecutor;

/**
 * The way of {@code COPY} to the server, which passes by the statements.
 */
final class CopyingQueryExecutor extends JdbcProxy<QueryExecutor> {

	private final LogicalConnection connection;

	private final QueryExecutor target;

	CopyingQueryExecutor(LogicalConnection connection, QueryExecutor target) {
		super(QueryExecutor.class);
		this.connection = connection;
		this.target = target;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		return call(this.target, method, args);
	}

	CopyOperation startCopy(String sql, boolean suppressBegin) throws SQLException {
		Execution execution = this.connection.execution();
		// In auto-commit the whole operation is a transaction of its own
		boolean alone = !this.connection.inTransaction();
		if (alone) {
			execution.beginAlone(this.connection, Sql.of(sql));
		}
		try {
			CopyOperation operation = execution.execute(this.connection, Sql.of(sql),
					() -> this.target.startCopy(sql, false));
			execution.copying(operation);
			return alone ? new Operation(type(operation), operation).proxy() : operation;
		}
		catch (SQLException | RuntimeException ex) {
			if (alone) {
				execution.rollback(this.connection);
			}
			throw ex;
		}
	}

	private static Class<? extends CopyOperation> type(CopyOperation operation) {
		return (operation instanceof CopyDual) ? CopyDual.class
				: (operation instanceof CopyIn) ? CopyIn.class : CopyOut.class;
	}

	/**
	 * A {@code COPY} in auto-commit.
	 */
	private final class Operation extends JdbcProxy<CopyOperation> {

		private final CopyOperation target;

		private boolean ended;

		Operation(Class<? extends CopyOperation> type, CopyOperation target) {
			super(type);
			this.target = target;
		}

		@Override
		@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
			boolean done = false;
			try {
				Object result = call(this.target, method, args);
				done = true;
				return result;
			}
			finally {
				if (!this.ended && !this.target.isActive()) {
					this.ended = true;
					Execution execution = CopyingQueryExecutor.this.connection.execution();
					if (done && !method.getName().equals("cancelCopy")) {
						execution.commit(CopyingQueryExecutor.this.connection);
					}
					else {
						execution.rollback(CopyingQueryExecutor.this.connection);
					}
				}
			}
		}

	}

}
