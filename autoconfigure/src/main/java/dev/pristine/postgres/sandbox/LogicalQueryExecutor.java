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
import org.postgresql.copy.CopyOperation;
import org.postgresql.core.QueryExecutor;

/**
 * The way of {@code COPY} to the server, which passes by the statements.
 */
final class LogicalQueryExecutor extends JdbcProxy<QueryExecutor> {

	private final Session session;

	private final Execution execution;

	private final QueryExecutor target;

	LogicalQueryExecutor(Session session, Execution execution, QueryExecutor target) {
		super(QueryExecutor.class, QueryExecutor.class);
		this.session = session;
		this.execution = execution;
		this.target = target;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		return call(this.target, method, args);
	}

	CopyOperation startCopy(String sql, boolean suppressBegin) throws SQLException {
		if (!this.session.inTransaction()) {
			throw SandboxException.refusal("TRANSACTION mode cannot undo a failing COPY in auto-commit: [" + sql + "]",
					"call setAutoCommit(false) before it, or " + SandboxException.REMEDY);
		}
		return this.execution.run(this.session, SqlText.of(sql), () -> {
			CopyOperation copy = this.target.startCopy(sql, false);
			this.execution.copying(copy);
			return copy;
		});
	}

}
