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

package dev.pristine.postgres;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * {@link JdbcConnectionDetails} of a {@link PostgresDatabase}.
 */
final class PostgresConnectionDetails implements JdbcConnectionDetails {

	private final PostgresDatabase database;

	PostgresConnectionDetails(PostgresDatabase database) {
		this.database = database;
	}

	@Override
	public @Nullable String getUsername() {
		return this.database.server().username();
	}

	@Override
	public @Nullable String getPassword() {
		return this.database.server().password();
	}

	@Override
	public String getJdbcUrl() {
		return this.database.url().toString();
	}

	/**
	 * Return whether nobody else has anything in the database.
	 * @return whether it was created for the tests
	 */
	boolean isOwn() {
		return this.database.server().createsDatabases();
	}

}
