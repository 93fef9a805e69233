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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test that changes the schema gets the database replaced by a copy; the application
 * stays.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class SchemaChangesIntegrationTests {

	private static final Set<ApplicationContext> contexts = new HashSet<>();

	@BeforeEach
	void forgetContexts() {
		contexts.clear();
	}

	@Test
	void withoutExpectation(CapturedOutput output) {
		assertSuccess(WithoutExpectation.class);
		assertThat(contexts).hasSize(1);
		assertThat(output)
			.containsPattern("changed what cannot be put back .* shelf.* was replaced by a copy in \\d+ ms")
			.contains("use the isolation DATABASE")
			.doesNotContain("new application context");
	}

	@Test
	void inItsOwnDatabase(CapturedOutput output) {
		assertSuccess(InItsOwnDatabase.class);
		assertThat(contexts).hasSize(1);
		assertThat(output).doesNotContain("cannot be put back");
	}

	@Test
	void afterClassHasWritten(CapturedOutput output) {
		EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(AfterClassHasWritten.class))
			.execute()
			.testEvents()
			.assertStatistics((tests) -> tests.succeeded(1).failed(2))
			.failed()
			.assertThatEvents()
			.allMatch((event) -> event.getRequiredPayload(TestExecutionResult.class)
				.getThrowable()
				.orElseThrow()
				.getMessage()
				.contains("wrote before its tests (in @BeforeAll or the like) is gone"));
		assertThat(output).contains("what @BeforeAll or the like had written", "new application context");
		assertSuccess(InTheSameContext.class);
		assertThat(contexts).hasSize(2);
	}

	private static void assertSuccess(Class<?> testClass) {
		EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(testClass))
			.execute()
			.allEvents()
			.debug()
			.assertStatistics((events) -> events.failed(0).aborted(0));
	}

	abstract static class Changing {

		private static final List<Connection> lost = new ArrayList<>();

		@Autowired
		ApplicationContext context;

		@Autowired
		DataSource dataSource;

		@Autowired
		Books books;

		@Autowired
		JdbcClient jdbc;

		@BeforeEach
		void schemaIsThatOfTheStart() {
			contexts.add(this.context);
			assertThat(this.jdbc.sql("select to_regclass('shelf')::text").query(String.class).optional()).isEmpty();
			assertThat(this.jdbc.sql("select count(*) from archive.loan").query(Long.class).single()).isZero();
			assertThat(this.jdbc.sql("select nextval('shelf_number')").query(Long.class).single()).isEqualTo(100);
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(this.books.count());
		}

		@Order(1)
		@ParameterizedTest
		@ValueSource(strings = { "create table shelf (id int)", "alter table book drop column author_id",
				"drop table archive.loan", "drop table book cascade", "create extension citext",
				"drop sequence shelf_number; create sequence shelf_number", "drop schema archive cascade" })
		void changesSchema(String change) {
			this.jdbc.sql(change).update();
		}

		@Order(2)
		@RepeatedTest(2)
		void changesSchemaOnSeveralConnections() throws Exception {
			try (Connection connection = this.dataSource.getConnection()) {
				this.jdbc.sql("create table shelf (id int)").update();
				assertThat(connection.createStatement().executeUpdate("insert into shelf values (1)")).isOne();
			}
			// Does not come back in time
			lost.add(this.dataSource.getConnection());
			lost.get(lost.size() - 1).createStatement().execute("alter table book add column shelf int");
		}

		@Order(3)
		@IsolationMode(TestIsolation.TRANSACTION)
		@RepeatedTest(2)
		void rollsSchemaBack() {
			this.jdbc.sql("create table shelf (id int)").update();
		}

		@Order(4)
		@RepeatedTest(2)
		void changesSchemaAfterSandbox() {
			this.jdbc.sql("create table shelf (id int)").update();
		}

		@Order(5)
		@Test
		void changesNothing() {
		}

		// Other classes have the same pool
		@AfterAll
		static void giveBack() throws SQLException {
			for (Connection connection : lost) {
				connection.close();
			}
			lost.clear();
		}

	}

	@IsolationMode(TestIsolation.TRUNCATE)
	@LibraryTest
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	static class WithoutExpectation extends Changing {

	}

	@IsolationMode(TestIsolation.DATABASE)
	@LibraryTest
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	static class InItsOwnDatabase extends Changing {

	}

	@IsolationMode(TestIsolation.DATABASE)
	@LibraryTest(properties = "context=class-writes")
	static class AfterClassHasWritten {

		@BeforeAll
		static void write(@Autowired Books books) {
			books.save(new Book("Class"));
		}

		@RepeatedTest(2)
		void changesSchema(@Autowired JdbcClient jdbc, @Autowired ApplicationContext context) {
			contexts.add(context);
			jdbc.sql("create table shelf (id int)").update();
		}

		@Nested
		class Inside {

			@Test
			void startsFromWhatTheClassWrote() {
			}

		}

	}

	@IsolationMode(TestIsolation.DATABASE)
	@LibraryTest(properties = "context=class-writes")
	static class InTheSameContext {

		@Test
		void startsFromTheBaseline(@Autowired Books books, @Autowired ApplicationContext context) {
			contexts.add(context);
			assertThat(books.count()).isOne();
		}

	}

}
