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
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * What a logical connection tells of the database.
 */
final class LogicalMetaData extends JdbcProxy<DatabaseMetaData> {

	private final Connection connection;

	private final Session session;

	private final Execution execution;

	LogicalMetaData(Connection connection, Session session, Execution execution, DatabaseMetaData target) {
		super(target, DatabaseMetaData.class, DatabaseMetaData.class);
		this.connection = connection;
		this.session = session;
		this.execution = execution;
	}

	Connection getConnection() {
		return this.connection;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		return this.execution.run(this.session, SqlText.UNNAMED, () -> super.delegate(method, args));
	}

}
