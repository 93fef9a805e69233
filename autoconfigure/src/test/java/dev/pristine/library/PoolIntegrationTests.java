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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.test.context.NestedTestConfiguration;
import org.springframework.test.context.NestedTestConfiguration.EnclosingConfiguration;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The pool stays the application's, with its settings and its numbers.
 */
@NestedTestConfiguration(EnclosingConfiguration.OVERRIDE)
@Timeout(60)
class PoolIntegrationTests {

	@Nested
	@LibraryTest
	class ByDefault {

		@Autowired
		HikariDataSource pool;

		@Autowired
		List<DataSourcePoolMetadataProvider> providers;

		@Autowired
		Flyway flyway;

		@Autowired
		JdbcClient jdbc;

		@Test
		@IsolationMode(TestIsolation.TRANSACTION)
		void connectionOfSandboxIsNoneOfThePool() throws Exception {
			DataSourcePoolMetadata metadata = new CompositeDataSourcePoolMetadataProvider(this.providers)
				.getDataSourcePoolMetadata(this.pool);
			assertThat(metadata).isNotNull();
			try (Connection connection = this.pool.getConnection()) {
				assertThat(connection.isValid(30)).isTrue();
				assertThat(metadata.getActive()).isZero();
			}
		}

		@Test
		@IsolationMode(TestIsolation.TRUNCATE)
		void connectionsAreActiveWhileUsed() throws Exception {
			assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
			try (Connection connection = this.pool.getConnection()) {
				assertThat(connection.isValid(30)).isTrue();
				assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isOne();
			}
		}

		@RepeatedTest(2)
		void testAsksFlyway() {
			assertThat(this.flyway.migrate().migrationsExecuted).isZero();
			assertThat(this.flyway.validateWithResult().validationSuccessful).isTrue();
			assertThat(this.flyway.info().applied()).hasSize(1);
		}

		@RepeatedTest(2)
		void testMigrates(@TempDir Path migrations) throws Exception {
			Flyway further = further(migrations).configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
				.load();
			assertThat(further.migrate().migrationsExecuted).isOne();
			assertThat(this.jdbc.sql("select id from shelf").query(Integer.class).single()).isOne();
			assertThat(further.info().applied()).hasSize(2);
		}

		@IsolationMode(TestIsolation.TRANSACTION)
		@RepeatedTest(2)
		void migrationWithLockInTransactionIsRefused(@TempDir Path migrations) throws Exception {
			Flyway further = further(migrations).load();
			assertThatExceptionOfType(FlywayException.class).isThrownBy(further::migrate)
				.withMessageContaining("use @IsolationMode(TestIsolation.TRUNCATE)");
		}

		private FluentConfiguration further(Path migrations) throws IOException {
			Files.writeString(migrations.resolve("V2__shelf.sql"),
					"create table shelf (id int); insert into shelf values (1)");
			return Flyway.configure()
				.configuration(this.flyway.getConfiguration())
				.locations("classpath:db/migration", "filesystem:" + migrations);
		}

	}

	@Nested
	@LibraryTest(properties = { "spring.datasource.connection-fetch=lazy",
			"spring.datasource.hikari.maximum-pool-size=2", "spring.datasource.hikari.auto-commit=false",
			"spring.datasource.hikari.leak-detection-threshold=2000",
			"spring.datasource.hikari.connection-timeout=30000" })
	class LazyWithoutAutoCommit {

		@Autowired
		DataSource dataSource;

		@Autowired
		Books books;

		@Autowired
		Librarian librarian;

		@RepeatedTest(2)
		@IsolationMode(TestIsolation.TRANSACTION)
		void inTransaction() {
			addsBooks();
		}

		@RepeatedTest(2)
		@IsolationMode(TestIsolation.TRUNCATE)
		void withRealCommits() {
			addsBooks();
		}

		private void addsBooks() {
			assertThat(this.dataSource).isInstanceOf(LazyConnectionDataSourceProxy.class);
			this.librarian.add("Emma");
			assertThat(this.librarian.addLater("Persuasion").join()).isEqualTo(3);
			assertThat(this.books.count()).isEqualTo(3);
		}

	}

}
