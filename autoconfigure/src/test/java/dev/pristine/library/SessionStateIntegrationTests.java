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

package dev.pristine.library;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a test does to the session of a pooled connection ends with it, and what the pool
 * does to it stays.
 */
@LibraryTest(properties = { "spring.datasource.hikari.maximum-pool-size=2", "spring.datasource.hikari.schema=public",
		"spring.datasource.hikari.connection-init-sql=SET app.tenant = 'blue'; SET work_mem = '5MB'; SELECT '{}'::jsonb ? 'a'" })
@TestMethodOrder(OrderAnnotation.class)
@ExtendWith(OutputCaptureExtension.class)
class SessionStateIntegrationTests {

	private static final String WARNING = "began a transaction and gave its connection back to the DataSource";

	private static @Nullable List<@Nullable String> before;

	private static @Nullable Connection kept;

	@Autowired
	JdbcTemplate jdbc;

	@Autowired
	DataSource dataSource;

	@ParameterizedTest(name = "{0}, {3}")
	@MethodSource("probes")
	void endsWithItsTest(String name, String statements, String observation, String phase) {
		if (phase.equals("set")) {
			before = observe(observation);
			this.jdbc.execute(statements);
			assertThat(observe(observation)).isNotEqualTo(before);
		}
		else {
			assertThat(observe(observation)).isEqualTo(before);
		}
		assertThat(observe("SHOW app.tenant")).containsOnly("blue");
	}

	static Stream<Arguments> probes() {
		String role = "SELECT current_user";
		String locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
		String session = "SELECT session_user";
		return Stream
			.of(probe("SET", "SET lock_timeout = '3s'", "SHOW lock_timeout"),
					probe("SET of what the pool sets", "SET work_mem = '9MB'", "SHOW work_mem"),
					probe("SET search_path", "SET search_path = pg_catalog", "SHOW search_path"),
					probe("SET TIME ZONE", "SET TIME ZONE 'Asia/Tokyo'", "SHOW TimeZone"),
					probe("a setting of the application", "SET app.name = 'green'",
							"SELECT nullif(current_setting('app.name', true), '')"),
					probe("set_config", "SELECT set_config('IntervalStyle', 'iso_8601', false)", "SHOW IntervalStyle"),
					probe("SET SESSION CHARACTERISTICS", "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
							"SHOW default_transaction_read_only"),
					probe("SET ROLE", "SET ROLE pg_monitor", role),
					probe("SET SESSION AUTHORIZATION", "SET SESSION AUTHORIZATION pg_monitor", session),
					probe("session_replication_role", "SET session_replication_role = replica",
							"SHOW session_replication_role"),
					probe("an advisory lock", "SELECT pg_advisory_lock(1)", locks),
					probe("a shared advisory lock", "SELECT pg_advisory_lock_shared(2, 3)", locks),
					probe("LISTEN", "LISTEN news", "SELECT count(*) FROM pg_listening_channels()"),
					probe("PREPARE", "PREPARE \"My query\" AS SELECT 1",
							"SELECT count(*) FROM pg_prepared_statements WHERE from_sql"),
					probe("a cursor WITH HOLD", "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
							"SELECT count(*) FROM pg_cursors WHERE is_holdable"),
					probe("a temporary table", "CREATE TEMPORARY TABLE book AS SELECT 1 AS one",
							"SELECT to_regclass('book')::oid"),
					probe("a temporary view", "CREATE TEMPORARY VIEW book AS SELECT 1 AS one",
							"SELECT to_regclass('book')::oid"),
					probe("a temporary function", "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql RETURN 1",
							"SELECT to_regprocedure('pg_temp.f()')::text"),
					probe("the last number of a sequence",
							"CREATE TEMPORARY SEQUENCE s; SELECT setval('s', 7), nextval('s')",
							"SELECT count(*) FROM pg_class WHERE relkind = 'S' AND relnamespace = pg_my_temp_schema()"))
			.flatMap((probe) -> Stream.of(Arguments.of(probe.get(0), probe.get(1), probe.get(2), "set"),
					Arguments.of(probe.get(0), probe.get(1), probe.get(2), "gone")));
	}

	private static List<String> probe(String name, String statements, String observation) {
		return List.of(name, statements, observation);
	}

	@RepeatedTest(8)
	void driverKeepsItsPreparedStatements(RepetitionInfo repetition) {
		this.jdbc.queryForObject("SELECT count(*) FROM book WHERE id = ?", Long.class, 1);
		if (repetition.getCurrentRepetition() == 8) {
			assertThat(
					observe("SELECT count(*) > 0 FROM pg_prepared_statements WHERE statement LIKE '%book WHERE id%'"))
				.contains("t");
		}
	}

	@Test
	@Order(1)
	void returnsConnectionInTransaction() {
		this.jdbc.execute("BEGIN; INSERT INTO book (title) VALUES ('Emma')");
	}

	@Test
	@Order(2)
	void startsOutsideOfTransaction(CapturedOutput output) {
		assertThat(observe("SELECT pg_current_xact_id_if_assigned()")).containsOnly((String) null);
		assertThatException().isThrownBy(() -> observe("SELECT lastval()"))
			.withMessageContaining("lastval is not yet defined");
		assertThat(output.getAll()).contains("returnsConnectionInTransaction " + WARNING + " 'dataSource'");
	}

	@Test
	@Order(3)
	void keepsConnection() throws Exception {
		kept = this.dataSource.getConnection();
		kept.createStatement().execute("SET lock_timeout = '4s'");
	}

	@Test
	@Order(4)
	void cleansConnectionThatWasKeptBeforeItsNextUse() throws Exception {
		assertThat(kept).isNotNull();
		kept.close();
		assertThat(observe("SHOW lock_timeout")).containsOnly("0");
	}

	// After the others, when the driver has prepared on the server what cleans
	@Test
	@Order(Integer.MAX_VALUE - 1)
	void misleadsDriver() {
		before = observe("SELECT pg_backend_pid()");
		this.jdbc.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
	}

	@Test
	@Order(Integer.MAX_VALUE)
	void replacesConnectionThatCannotBeCleaned(CapturedOutput output) {
		assertThat(output.getAll()).contains("could not be cleaned after", "The connection was closed instead");
		assertThat(before).isNotNull();
		assertThat(observe("SELECT pg_backend_pid()")).isNotEqualTo(before).containsAnyElementsOf(before);
	}

	// On all connections of the pool
	private List<@Nullable String> observe(String query) {
		try (Connection first = this.dataSource.getConnection(); Connection second = this.dataSource.getConnection()) {
			return Stream.of(first, second)
				.map((connection) -> new JdbcTemplate(new SingleConnectionDataSource(connection, true)))
				.map((jdbc) -> jdbc.queryForObject(query, String.class))
				.sorted(Comparator.nullsFirst(Comparator.naturalOrder()))
				.toList();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
