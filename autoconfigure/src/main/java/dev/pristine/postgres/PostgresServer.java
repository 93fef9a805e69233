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

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

import dev.pristine.launch.Server;

/**
 * A PostgreSQL server that Pristine makes databases on.
 */
interface PostgresServer extends Server {

	/**
	 * Return the address of a database.
	 * @param database its name
	 * @return the JDBC URL
	 */
	PostgresUrl url(String database);

	/**
	 * Return the user that makes databases and that the application connects as.
	 * @return the name, or {@code null} for the driver's default
	 */
	@Nullable String username();

	/**
	 * Return the password of the user.
	 * @return the password, or {@code null} if there is none
	 */
	@Nullable String password();

	/**
	 * Return a name for a database that no other has.
	 * @return the name
	 */
	String nextName();

	/**
	 * Return whether each application context has a database of its own: otherwise it
	 * shares one with others, whose rows must not be touched.
	 * @return {@code false} if it has a schema only
	 */
	default boolean createsDatabases() {
		return true;
	}

	/**
	 * Create an empty database.
	 * @param name its name
	 * @throws SQLException if the server refuses
	 */
	default void createDatabase(String name) throws SQLException {
		createDatabase(name, null);
	}

	/**
	 * Create a database.
	 * @param name its name
	 * @param template the database to copy, which nobody is connected to, or {@code null}
	 * for an empty one
	 * @throws SQLException if the server refuses
	 */
	default void createDatabase(String name, @Nullable String template) throws SQLException {
		try (Connection connection = connect(url("postgres").with("socketTimeout", "60"));
				Statement statement = connection.createStatement()) {
			// Files are copied faster than pages are logged, where nobody waits for disks
			boolean choice = connection.getMetaData().getDatabaseMajorVersion() >= 15;
			statement.execute("CREATE DATABASE " + quote(name) + copyOf(template) + (choice ? " STRATEGY FILE_COPY" : ""));
		}
	}

	/**
	 * Return the rest of the statement that creates a database.
	 * @param template the database to copy, or {@code null} for an empty one
	 * @return the options
	 */
	static String copyOf(@Nullable String template) {
		return (template != null) ? " TEMPLATE " + quote(template) : "";
	}

	/**
	 * Drop a database, whoever uses it.
	 * @param name its name
	 * @throws SQLException if the server refuses
	 */
	default void dropDatabase(String name) throws SQLException {
		try (Connection connection = connect(url("postgres").with("socketTimeout", "10"));
				Statement statement = connection.createStatement()) {
			statement.execute("DROP DATABASE IF EXISTS " + quote(name) + " WITH (FORCE)");
		}
	}

	/**
	 * Connect to a database.
	 * @param url its address
	 * @return the connection
	 * @throws SQLException if the server refuses
	 */
	default Connection connect(PostgresUrl url) throws SQLException {
		Properties properties = new Properties();
		String username = username();
		if (username != null) {
			properties.setProperty("user", username);
		}
		String password = password();
		if (password != null) {
			properties.setProperty("password", password);
		}
		return DriverManager.getConnection(url.toString(), properties);
	}

	/**
	 * Connect to a database of the server that is there before all others.
	 * @return the connection
	 * @throws SQLException if the server refuses
	 */
	default Connection connectToServer() throws SQLException {
		return connect(url("postgres"));
	}

	/**
	 * Quote an identifier.
	 * @param name the name
	 * @return the name in quotation marks
	 */
	static String quote(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

}
