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

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The state in which a data source hands its connections out.
 *
 * @param autoCommit whether they are in auto-commit
 * @param readOnly whether they are read-only
 * @param isolation their isolation level
 * @since 0.1.0
 */
public record ConnectionDefaults(boolean autoCommit, boolean readOnly, int isolation) {

	/**
	 * Ask a new connection.
	 * @param connection the connection
	 * @return its state
	 * @throws SQLException if the connection does not work
	 */
	public static ConnectionDefaults of(Connection connection) throws SQLException {
		return new ConnectionDefaults(connection.getAutoCommit(), connection.isReadOnly(),
				connection.getTransactionIsolation());
	}

}
