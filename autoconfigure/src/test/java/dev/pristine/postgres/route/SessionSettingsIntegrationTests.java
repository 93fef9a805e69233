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

package dev.pristine.postgres.route;

import java.sql.Connection;
import java.sql.SQLException;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.pristine.postgres.server.Sql;
import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SessionSettings}.
 */
class SessionSettingsIntegrationTests {

	private final HikariDataSource pool = new HikariDataSource();

	private TestDatabase database;

	@BeforeEach
	void create() {
		this.database = TestDatabase.create();
		this.pool.setJdbcUrl(this.database.url());
		this.pool.setUsername(this.database.username());
		this.pool.setPassword(this.database.password());
		this.pool.setMaximumPoolSize(1);
	}

	@AfterEach
	void close() {
		this.pool.close();
		this.database.close();
	}

	@Test
	void connectionBesideThePoolHasItsSettings() throws SQLException {
		this.pool.addDataSourceProperty("options", "-c statement_timeout=12345");
		this.pool
			.setConnectionInitSql("SET work_mem = '5MB'; SET session_replication_role = replica; SET ROLE pg_monitor");
		this.pool.setSchema("information_schema");
		this.pool.setReadOnly(true);
		this.pool.setAutoCommit(false);
		try (Connection beside = SessionSettings.connectBeside(this.pool)) {
			assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
			assertThat(beside.isWrapperFor(HikariDataSource.class)).isFalse();
			assertThat(show(beside, "statement_timeout")).isEqualTo("12345ms");
			assertThat(show(beside, "work_mem")).isEqualTo("5MB");
			assertThat(show(beside, "session_replication_role")).isEqualTo("replica");
			assertThat(show(beside, "role")).isEqualTo("pg_monitor");
			assertThat(show(beside, "search_path")).isEqualTo("information_schema");
			assertThat(show(beside, "default_transaction_read_only")).isEqualTo("off");
		}
	}

	@Test
	void connectionBesideThePoolHasWhatNoSettingShows() throws SQLException {
		this.pool.addDataSourceProperty("options", "-c role=pg_monitor");
		this.pool.setConnectionInitSql("RESET ALL; SET app.tenant.id = 'blue'; SET default_transaction_read_only = on;"
				+ "SET default_transaction_isolation = serializable");
		try (Connection beside = SessionSettings.connectBeside(this.pool)) {
			assertThat(show(beside, "app.tenant.id")).isEqualTo("blue");
			assertThat(show(beside, "role")).isEqualTo("pg_monitor");
			assertThat(show(beside, "default_transaction_read_only")).isEqualTo("off");
			assertThat(show(beside, "default_transaction_isolation")).isEqualTo("read committed");
		}
		try (Connection connection = this.pool.getConnection()) {
			SessionSettings other = SessionSettings.of(connection, "SELECT 1");
			assertThat(other.differenceFrom(SessionSettings.of(connection, null))).isEmpty();
			assertThat(other.differenceFrom(SessionSettings.of(connection, "SET  app.tenant.id = 1 ")))
				.isEqualTo("connection-init-sql:  and SET app.tenant.id = 1");
		}
	}

	@Test
	void connectionBesideThePoolHasItsUser() throws SQLException {
		this.pool.setConnectionInitSql("SET SESSION AUTHORIZATION pg_monitor");
		try (Connection beside = SessionSettings.connectBeside(this.pool)) {
			assertThat(Sql.strings(beside, "SELECT session_user || ' ' || current_user"))
				.containsExactly("pg_monitor pg_monitor");
		}
	}

	@Test
	void differencesAreNamed() throws SQLException {
		try (Connection connection = this.pool.getConnection()) {
			SessionSettings before = SessionSettings.of(connection, null);
			assertThat(before.differenceFrom(SessionSettings.of(connection, null))).isEmpty();
			Sql.execute(connection, "SET work_mem = '5MB'; SET ROLE pg_monitor");
			assertThat(before.differenceFrom(SessionSettings.of(connection, null)))
				.isEqualTo("role: %s and pg_monitor, work_mem: 4096 and 5120", this.database.username());
		}
	}

	private static String show(Connection connection, String setting) throws SQLException {
		return Sql.strings(connection, "SHOW " + setting).get(0);
	}

}
