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

package dev.pristine.postgres.reset;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

import dev.pristine.postgres.server.TestDatabase;

/**
 * A role that is not superuser.
 */
final class Role implements AutoCloseable {

	private final TestDatabase database;

	private final String name;

	private Role(TestDatabase database) {
		this.database = database;
		this.name = database.name() + "_role";
	}

	/**
	 * Create a role.
	 * @param sql what it is granted; takes the database and the role
	 */
	static Role create(TestDatabase database, String sql) throws SQLException {
		Role role = new Role(database);
		database.execute(
				"CREATE ROLE " + role.name + " LOGIN PASSWORD 'secret';" + sql.formatted(database.name(), role.name));
		return role;
	}

	/**
	 * Create the owner of a database, which is no superuser.
	 */
	static Role owner(TestDatabase database) throws SQLException {
		return create(database, "ALTER DATABASE %s OWNER TO %s");
	}

	String name() {
		return this.name;
	}

	Connection connect() throws SQLException {
		return DriverManager.getConnection(this.database.url(), this.name, "secret");
	}

	@Override
	public void close() throws SQLException {
		this.database.dropRole(this.name);
	}

}
