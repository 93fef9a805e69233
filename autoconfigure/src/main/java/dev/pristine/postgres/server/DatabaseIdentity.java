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

package dev.pristine.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether two data sources lead to the same database, whatever their URLs say.
 *
 * @param server when the server started, in microseconds: unlike its system identifier,
 * this differs between copies of one cluster
 * @param database the name of the database
 */
public record DatabaseIdentity(String server, String database) {

	/** What to ask for: two rows, one for each part. */
	public static final String QUERY = "SELECT unnest(ARRAY[extract(epoch FROM pg_postmaster_start_time())::text, current_database()])";

	/**
	 * Ask a connection where it leads.
	 * @param connection the connection
	 * @return the identity, or {@code null} if the database is not PostgreSQL
	 * @throws SQLException if the database does not answer
	 */
	public static @Nullable DatabaseIdentity of(Connection connection) throws SQLException {
		if (!"PostgreSQL".equals(connection.getMetaData().getDatabaseProductName())) {
			return null;
		}
		return of(Sql.strings(connection, QUERY));
	}

	/**
	 * Return the identity of the database that gave an answer.
	 * @param answer the rows of {@link #QUERY}
	 * @return the identity
	 */
	public static DatabaseIdentity of(List<String> answer) {
		return new DatabaseIdentity(answer.get(0), answer.get(1));
	}

}
