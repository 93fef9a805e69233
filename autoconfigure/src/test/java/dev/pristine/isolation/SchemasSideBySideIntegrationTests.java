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

package dev.pristine.isolation;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ContextCustomizerFactories;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.ownership.OwnershipAutoConfiguration;
import dev.pristine.postgres.PostgresIsolationAutoConfiguration;
import dev.pristine.postgres.PostgresServerAutoConfiguration;
import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests in {@link TestIsolation#SCHEMA}, one after the other and side by side, on a
 * server where no database may be created.
 */
@Timeout(120)
class SchemasSideBySideIntegrationTests {

	private static TestDatabase external;

	private Map<String, String> before = Map.of();

	@BeforeAll
	static void createDatabase() throws SQLException {
		external = TestDatabase.create();
		external.execute("CREATE ROLE %1$s_limited LOGIN PASSWORD 'x'; GRANT CREATE ON DATABASE %1$s TO %1$s_limited;"
			.formatted(external.name())
				+ "CREATE TABLE public.word (word text UNIQUE); INSERT INTO public.word VALUES ('theirs')");
	}

	@AfterAll
	static void dropDatabase() throws SQLException {
		external.dropRole(external.name() + "_limited");
		external.close();
	}

	@BeforeEach
	void startOver() {
		RecordingTest.Generations.next();
		Colliding.schemas.clear();
		this.before = external.dump();
	}

	@AfterEach
	void nothingIsLeft() {
		RecordingTest.Generations.next();
		assertThat(external.dump()).isEqualTo(this.before);
	}

	@Test
	void oneAfterTheOther() {
		new TestRun(First.class).succeeds(13);
		assertThat(Colliding.schemas).hasSize(1);
	}

	@RepeatedTest(5)
	void sideBySide() {
		new ParallelRun(2,
				Map.of("junit.jupiter.testmethod.order.default", "org.junit.jupiter.api.MethodOrderer$Random"),
				First.class, Second.class)
			.succeeds(26);
		assertThat(Colliding.schemas).isNotEmpty()
			.allSatisfy((schema) -> assertThat(schema).matches("pristine_[a-z0-9]+_\\d+_\\d+"));
	}

	@Test
	void testsInDifferentSchemasMeet() {
		new ParallelRun(2, Map.of(), Meeting.class).succeeds(2);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IsolationAutoConfiguration.class, OwnershipAutoConfiguration.class,
			PostgresIsolationAutoConfiguration.class, PostgresServerAutoConfiguration.class,
			DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
			JdbcClientAutoConfiguration.class })
	static class Application {

		@Bean
		ApplicationRunner writesAtStart(JdbcClient jdbc) {
			return (arguments) -> jdbc.sql("insert into word (word) values ('start')").update();
		}

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = { "spring.flyway.locations=classpath:db/words", "pristine.isolation.mode=schema" })
	@ContextCustomizerFactories(RecordingTest.Generations.class)
	abstract static class Schemas {

		@Autowired
		JdbcClient jdbc;

		@DynamicPropertySource
		static void server(DynamicPropertyRegistry registry) {
			registry.add("pristine.postgres.url", external::url);
			registry.add("pristine.postgres.username", () -> external.name() + "_limited");
			registry.add("pristine.postgres.password", () -> "x");
		}

		List<String> words() {
			return this.jdbc.sql("select word from word order by id").query(String.class).list();
		}

		long add(String word) {
			return this.jdbc.sql("insert into word (word) values (?) returning id")
				.param(word)
				.query(Long.class)
				.single();
		}

	}

	abstract static class Colliding extends Schemas {

		static final Set<String> schemas = ConcurrentHashMap.newKeySet();

		@RepeatedTest(10)
		void addsSameWord() {
			schemas.add(this.jdbc.sql("select current_schema()").query(String.class).single());
			assertThat(words()).containsExactly("migrated", "start");
			assertThat(add("mine")).isEqualTo(3);
			this.jdbc.sql("delete from word where word = 'migrated'").update();
			assertThat(words()).containsExactly("start", "mine");
		}

		@RepeatedTest(2)
		@IsolationMode(TestIsolation.TRANSACTION)
		void addsSameWordInTransaction() {
			addsSameWord();
		}

		@Test
		@IsolationMode(TestIsolation.NONE)
		void addsSameWordWithoutIsolation() {
			// Another one may have left it just before
			this.jdbc.sql("insert into word (word) values ('left') on conflict do nothing").update();
		}

	}

	static class First extends Colliding {

	}

	static class Second extends Colliding {

	}

	static class Meeting extends Schemas {

		private static final CyclicBarrier both = new CyclicBarrier(2);

		@Test
		void one() throws Exception {
			meet();
		}

		@Test
		void other() throws Exception {
			meet();
		}

		private void meet() throws Exception {
			assertThat(add("both")).isEqualTo(3);
			both.await(60, TimeUnit.SECONDS);
			assertThat(words()).containsExactly("migrated", "start", "both");
			both.await(60, TimeUnit.SECONDS);
		}

	}

}
