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

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a program can see of the database, with real connections or in the sandbox, and
 * the record of what it has seen.
 */
class World implements AutoCloseable {

	static final String SCHEMA = """
			CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x');
			CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
			CREATE TABLE numbered (id bigserial PRIMARY KEY, name text);
			CREATE TABLE parent (id int PRIMARY KEY);
			CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
			CREATE TABLE immediate (parent int REFERENCES parent DEFERRABLE INITIALLY IMMEDIATE);
			CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
			CREATE FUNCTION write() RETURNS int LANGUAGE sql AS
				$$ INSERT INTO item VALUES ((SELECT 10 + count(*) FROM item)) RETURNING id $$;
			CREATE VIEW writing AS SELECT write();
			CREATE SCHEMA other;
			CREATE TABLE other.item (id int);""";

	static final String RESET = "TRUNCATE item, account, numbered, parent, child, immediate, other.item"
			+ " RESTART IDENTITY CASCADE";

	private final List<String> events = Collections.synchronizedList(new ArrayList<>());

	private final List<Connection> connections = Collections.synchronizedList(new ArrayList<>());

	private final DataSource dataSource;

	private final boolean shared;

	World(Opening opening, boolean shared) {
		this.shared = shared;
		this.dataSource = new AbstractDataSource() {

			@Override
			public Connection getConnection() throws SQLException {
				return opening.open();
			}

			@Override
			public Connection getConnection(String username, String password) throws SQLException {
				return opening.open();
			}

			@Override
			public PrintWriter getLogWriter() {
				throw new UnsupportedOperationException();
			}

		};
	}

	DataSource dataSource() {
		return this.dataSource;
	}

	/**
	 * Return whether all connections are one.
	 */
	boolean isShared() {
		return this.shared;
	}

	List<String> events() {
		return this.events;
	}

	void say(Object event) {
		this.events.add(String.valueOf(event));
	}

	/**
	 * Return a connection that is closed at the end.
	 */
	Connection connect() throws SQLException {
		Connection connection = this.dataSource.getConnection();
		this.connections.add(connection);
		return connection;
	}

	Connection begin() throws SQLException {
		Connection connection = connect();
		connection.setAutoCommit(false);
		return connection;
	}

	JdbcTemplate jdbc() {
		return new JdbcTemplate(this.dataSource);
	}

	TransactionTemplate transaction(int propagation) {
		TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(this.dataSource));
		template.setPropagationBehavior(propagation);
		return template;
	}

	/**
	 * Run a statement and take down its result or SQLSTATE.
	 */
	void run(Connection connection, String sql) {
		attempt(sql, () -> {
			try (Statement statement = connection.createStatement()) {
				boolean rows = statement.execute(sql);
				if (!rows) {
					return statement.getUpdateCount();
				}
				StringBuilder result = new StringBuilder();
				try (ResultSet resultSet = statement.getResultSet()) {
					while (resultSet.next()) {
						result.append(resultSet.getString(1)).append(' ');
					}
				}
				return result;
			}
		});
	}

	/**
	 * Do something and take down its result or what it throws.
	 */
	void attempt(String what, Attempt attempt) {
		try {
			say(what + " -> " + attempt.run());
		}
		catch (Exception ex) {
			Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
			String state = "";
			for (Throwable each = ex; each != null; each = each.getCause()) {
				if (each instanceof SQLException sqlException) {
					state = sqlException.getSQLState();
					cause = sqlException;
					break;
				}
			}
			String name = (ex instanceof SQLException) ? "SQLException" : ex.getClass().getSimpleName();
			boolean refused = cause.getMessage() != null && cause.getMessage().contains("Action: ");
			say(what + " -> " + name + " " + state + (refused ? " " + cause.getMessage() : ""));
		}
	}

	void attempt(String what, Action action) {
		attempt(what, () -> {
			action.run();
			return "done";
		});
	}

	void elsewhere(Action action) throws Exception {
		AtomicReference<Exception> thrown = new AtomicReference<>();
		Thread thread = new Thread(() -> {
			try {
				action.run();
			}
			catch (Exception ex) {
				thrown.set(ex);
			}
		});
		thread.start();
		thread.join(TimeUnit.SECONDS.toMillis(10));
		if (thrown.get() != null) {
			throw thrown.get();
		}
	}

	void items() throws SQLException {
		items(connect());
	}

	void items(Connection connection) {
		run(connection, "SELECT string_agg(id || name, ',' ORDER BY id) FROM item");
	}

	@Override
	public void close() throws SQLException {
		for (Connection connection : this.connections) {
			connection.close();
		}
	}

	/**
	 * Opens a connection.
	 */
	@FunctionalInterface
	interface Opening {

		Connection open() throws SQLException;

	}

	/**
	 * Something with a result.
	 */
	@FunctionalInterface
	interface Attempt {

		Object run() throws Exception;

	}

	/**
	 * Something without.
	 */
	@FunctionalInterface
	interface Action {

		void run() throws Exception;

	}

}
