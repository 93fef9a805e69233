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

package com.example.benchmark.side;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.example.benchmark.work.Schema;
import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.ServerAddress;
import com.example.benchmark.worker.TimedTests;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The least that can be done, written by hand for these tests: one connection, prepared
 * statements, no Spring.
 */
abstract class FloorTests extends TimedTests {

	private static final Map<String, PreparedStatement> statements = new HashMap<>();

	private static Connection connection;

	@BeforeAll
	static void connect() throws SQLException {
		ServerAddress database = new ServerAddress(System.getProperty("spring.datasource.url"),
				System.getProperty("spring.datasource.username"), System.getProperty("spring.datasource.password"));
		Flyway.configure()
			.dataSource(database.url(), database.username(), database.password())
			.locations(System.getProperty("spring.flyway.locations"))
			.load()
			.migrate();
		connection = database.connect();
	}

	@AfterAll
	static void disconnect() throws SQLException {
		statements.clear();
		connection.close();
	}

	@Override
	protected void body(Workload workload) {
		workload.run(FloorTests::query, true);
	}

	static Connection connection() {
		return connection;
	}

	static PreparedStatement prepared(String sql) {
		return statements.computeIfAbsent(sql, FloorTests::prepare);
	}

	/**
	 * Return a query that sets the sequences of some tables back.
	 * @param tables the tables
	 */
	static String resetSequences(List<String> tables) {
		return tables.stream()
			.map((table) -> "setval('" + table + "_id_seq', 1, false)")
			.collect(Collectors.joining(", ", "SELECT ", ""));
	}

	static List<String> written() {
		return Schema.current().written();
	}

	private static long query(String sql, Object... arguments) {
		PreparedStatement statement = prepared(sql);
		try {
			for (int i = 0; i < arguments.length; i++) {
				statement.setObject(i + 1, arguments[i]);
			}
			try (ResultSet result = statement.executeQuery()) {
				result.next();
				return result.getLong(1);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static PreparedStatement prepare(String sql) {
		try {
			return connection.prepareStatement(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
