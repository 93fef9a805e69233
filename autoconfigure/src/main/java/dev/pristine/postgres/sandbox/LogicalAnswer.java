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
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Wrapper;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * What a logical connection was answered: rows, or facts of the database.
 *
 * @param <T> its interface
 */
final class LogicalAnswer<T extends Wrapper> extends JdbcProxy<T> {

	private static final Set<String> CHANGING = methods(ResultSet.class, "insertRow", "updateRow", "deleteRow",
			"refreshRow");

	private static final Set<String> KNOWN = methods(DatabaseMetaData.class, "getURL", "getUserName",
			"getDatabaseProductName", "getDatabaseProductVersion", "getDatabaseMajorVersion", "getDatabaseMinorVersion",
			"getDriverName", "getDriverVersion", "getIdentifierQuoteString");

	private static final Set<String> LARGE_OBJECTS = methods(ResultSet.class, "getBlob", "getClob");

	private final Session session;

	private final Execution execution;

	LogicalAnswer(T answer, Class<T> type, Wrapper asked, Session session, Execution execution) {
		super(answer, asked, type, type);
		this.session = session;
		this.execution = execution;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		if (LARGE_OBJECTS.contains(method.getName()) && !this.session.inTransaction()) {
			// What production's driver says, whose connection is in auto-commit
			throw new PSQLException("Large Objects may not be used in auto-commit mode.",
					PSQLState.NO_ACTIVE_SQL_TRANSACTION);
		}
		boolean asking = (target() instanceof ResultSet) ? CHANGING.contains(method.getName())
				: !KNOWN.contains(method.getName());
		return asking ? this.execution.run(this.session, SqlText.UNNAMED, () -> super.delegate(method, args))
				: super.delegate(method, args);
	}

}
