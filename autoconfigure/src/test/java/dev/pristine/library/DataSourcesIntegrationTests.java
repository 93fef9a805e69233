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
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whatever pools and proxies an application has, those of one database share what a test
 * does to it, and none of it stays.
 */
@LibraryTest(properties = "pristine.postgres.disposable=true")
@Import(DataSourcesIntegrationTests.Pools.class)
@Timeout(60)
class DataSourcesIntegrationTests {

	@TestMethodOrder(MethodOrderer.Random.class)
	abstract static class DataSources {

		@Autowired
		Map<String, DataSource> dataSources;

		@Autowired
		HikariDataSource writer;

		@Autowired
		JdbcClient jdbc;

		@Autowired
		Books books;

		@Autowired
		TransactionTemplate transaction;

		@Autowired
		@Qualifier("other")
		DataSource other;

		@ParameterizedTest
		@ValueSource(strings = { "writer", "single", "aware", "lazy", "routing" })
		void writesThroughEach(String name) {
			insert(name, "Emma");
			assertThat(this.books.save(new Book("Persuasion")).getId()).isEqualTo(3);
			assertThat(titles(name)).containsExactly("Frankenstein", "Emma", "Persuasion");
			assertThat(titles("reader")).containsExactly("Frankenstein", "Emma", "Persuasion");
		}

		@RepeatedTest(2)
		void commitsByHand() throws SQLException {
			try (Connection connection = this.dataSources.get("manual").getConnection()) {
				assertThat(connection.getAutoCommit()).isFalse();
				connection.createStatement().executeUpdate("insert into book (title) values ('Emma')");
				connection.commit();
				connection.createStatement().executeUpdate("insert into book (title) values ('Persuasion')");
			}
			assertThat(titles("writer")).containsExactly("Frankenstein", "Emma");
		}

		@RepeatedTest(2)
		void readerDoesNotWrite() {
			TransactionTemplate transaction = new TransactionTemplate(
					new JdbcTransactionManager(this.dataSources.get("reader")));
			assertThatExceptionOfType(RuntimeException.class)
				.isThrownBy(() -> transaction.executeWithoutResult((status) -> insert("reader", "Emma")))
				.withStackTraceContaining("cannot execute INSERT in a read-only transaction");
			assertThat(titles("writer")).containsExactly("Frankenstein");
		}

		@RepeatedTest(2)
		void lazyReaderSeesWhatWasWritten() {
			insert("lazy", "Emma");
			TransactionTemplate readOnly = new TransactionTemplate(
					new JdbcTransactionManager(this.dataSources.get("lazy")));
			readOnly.setReadOnly(true);
			assertThat(readOnly.<List<String>>execute((status) -> titles("lazy"))).containsExactly("Frankenstein",
					"Emma");
		}

		@RepeatedTest(2)
		void proxiesTakePartInTransaction() {
			this.transaction.executeWithoutResult((status) -> {
				this.books.save(new Book("Emma"));
				assertThat(titles("aware")).containsExactly("Frankenstein", "Emma");
				insert("aware", "Persuasion");
				status.setRollbackOnly();
			});
			assertThat(titles("writer")).containsExactly("Frankenstein");
		}

		@RepeatedTest(2)
		void otherDatabaseIsOnItsOwn() {
			JdbcClient other = JdbcClient.create(this.other);
			assertThat(other.sql("insert into film values (1, 'Emma')").update()).isOne();
			this.books.save(new Book("Emma"));
			assertThat(other.sql("select title from film order by id").query(String.class).list())
				.containsExactly("Emma", "Metropolis");
			assertThatExceptionOfType(RuntimeException.class)
				.isThrownBy(() -> other.sql("select * from book").query().listOfRows())
				.withStackTraceContaining("relation \"book\" does not exist");
		}

		@Test
		void poolIsThatOfTheApplication() throws SQLException {
			assertThat(this.writer.getMaximumPoolSize()).isEqualTo(3);
			assertThat(this.writer.isWrapperFor(HikariDataSource.class)).isTrue();
		}

		private void insert(String name, String title) {
			JdbcClient.create(this.dataSources.get(name))
				.sql("insert into book (title) values (?)")
				.param(title)
				.update();
		}

		private List<String> titles(String name) {
			return JdbcClient.create(this.dataSources.get(name))
				.sql("select title from book order by id")
				.query(String.class)
				.list();
		}

	}

	@Nested
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends DataSources {

	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends DataSources {

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Pools {

		@Bean
		TestDatabase database() {
			return TestDatabase.create();
		}

		@Bean
		JdbcConnectionDetails details(@Qualifier("database") TestDatabase database) {
			return database.details();
		}

		@Bean
		@Primary
		HikariDataSource writer(JdbcConnectionDetails details) {
			HikariDataSource pool = pool(details);
			pool.setMaximumPoolSize(3);
			pool.setLeakDetectionThreshold(2000);
			return pool;
		}

		@Bean
		DataSource single(JdbcConnectionDetails details) {
			HikariDataSource pool = pool(details);
			pool.setMaximumPoolSize(1);
			return pool;
		}

		@Bean
		DataSource manual(JdbcConnectionDetails details) {
			HikariDataSource pool = pool(details);
			pool.setAutoCommit(false);
			return pool;
		}

		@Bean
		DataSource reader(JdbcConnectionDetails details) {
			HikariDataSource pool = pool(details);
			pool.setReadOnly(true);
			return pool;
		}

		@Bean
		DataSource aware(HikariDataSource writer) {
			return new TransactionAwareDataSourceProxy(writer);
		}

		@Bean
		DataSource lazy(HikariDataSource writer, JdbcConnectionDetails details) {
			LazyConnectionDataSourceProxy lazy = new LazyConnectionDataSourceProxy(writer);
			lazy.setReadOnlyDataSource(pool(details));
			return lazy;
		}

		@Bean
		DataSource routing(JdbcConnectionDetails details) {
			AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

				@Override
				protected Object determineCurrentLookupKey() {
					return "inner";
				}

			};
			routing.setTargetDataSources(Map.of("inner", pool(details)));
			return routing;
		}

		@Bean
		TestDatabase otherDatabase() {
			return TestDatabase.create();
		}

		@Bean
		DataSource other(@Qualifier("otherDatabase") TestDatabase otherDatabase) {
			HikariDataSource pool = pool(otherDatabase.details());
			JdbcClient client = JdbcClient.create(pool);
			client.sql("create table film (id int primary key, title text unique)").update();
			client.sql("insert into film values (2, 'Metropolis')").update();
			return pool;
		}

		private static HikariDataSource pool(JdbcConnectionDetails details) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl(details.getJdbcUrl());
			pool.setUsername(details.getUsername());
			pool.setPassword(details.getPassword());
			pool.setMinimumIdle(0);
			return pool;
		}

	}

}
