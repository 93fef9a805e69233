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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A statement of a logical connection.
 */
final class LogicalStatement extends JdbcProxy<Statement> {

	private static final Set<String> EXECUTING = methods(PreparedStatement.class, "execute", "executeQuery",
			"executeUpdate", "executeLargeUpdate", "executeBatch", "executeLargeBatch");

	private static final Set<String> ASKING = methods(PreparedStatement.class, "getMetaData", "getParameterMetaData");

	private final Session session;

	private final Execution execution;

	/**
	 * What it was prepared for, if it was.
	 */
	private final @Nullable SqlText prepared;

	private final List<String> batch = new ArrayList<>();

	LogicalStatement(Class<? extends Statement> type, Connection connection, Session session, Execution execution,
			Statement target, @Nullable String prepared) throws SQLException {
		super(target, connection, type, CallableStatement.class);
		this.session = session;
		this.execution = execution;
		this.prepared = (prepared != null) ? SqlText.of(prepared) : null;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		Object result = EXECUTING.contains(method.getName()) ? execute(method, args)
				: ASKING.contains(method.getName())
						? this.execution.run(this.session, SqlText.UNNAMED, () -> super.delegate(method, args))
						: super.delegate(method, args);
		return (result instanceof ResultSet rows)
				? new LogicalAnswer<>(rows, ResultSet.class, proxy(), this.session, this.execution).proxy() : result;
	}

	boolean isClosed() throws SQLException {
		return this.session.closed() != null || target().isClosed();
	}

	void addBatch(String sql) throws SQLException {
		SqlText.of(sql);
		target().addBatch(sql);
		this.batch.add(sql);
	}

	void clearBatch() throws SQLException {
		target().clearBatch();
		this.batch.clear();
	}

	private @Nullable Object execute(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		try {
			return this.execution.run(this.session, sql(args), () -> super.delegate(method, args));
		}
		finally {
			this.batch.clear();
		}
	}

	private SqlText sql(@Nullable Object @Nullable [] args) throws SQLException {
		if (args != null && args.length > 0 && args[0] instanceof String text) {
			return SqlText.of(text);
		}
		return (this.prepared != null) ? this.prepared : SqlText.of(String.join("\n;", this.batch));
	}

}
