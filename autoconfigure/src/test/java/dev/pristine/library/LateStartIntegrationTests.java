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

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what belongs to the baseline although it comes last, or late.
 */
class LateStartIntegrationTests {

	@TestMethodOrder(MethodOrderer.Random.class)
	abstract static class Baseline {

		@Autowired
		JdbcClient jdbc;

		@RepeatedTest(2)
		@IsolationMode(TestIsolation.TRANSACTION)
		void inTransaction() {
			assertStartsFromBaseline();
		}

		@RepeatedTest(2)
		@IsolationMode(TestIsolation.TRUNCATE)
		void withRealCommits() {
			assertStartsFromBaseline();
		}

		private void assertStartsFromBaseline() {
			assertThat(this.jdbc.sql("select title from book").query(String.class).list())
				.containsExactly("Frankenstein");
			this.jdbc.sql("delete from book").update();
		}

	}

	@Import(SeedWhenReady.class)
	@SpringBootTest(properties = { "spring.flyway.enabled=false", "spring.jpa.hibernate.ddl-auto=create-drop" })
	abstract static class Seeded extends Baseline {

	}

	@Nested
	class FirstSeeded extends Seeded {

	}

	@Nested
	class SecondSeeded extends Seeded {

	}

	// JPA would not be lazy
	@SpringBootTest(classes = LateStartIntegrationTests.Empty.class,
			properties = "spring.main.lazy-initialization=true")
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	abstract static class Lazy {

		@Autowired
		ObjectProvider<JdbcClient> jdbc;

		@RepeatedTest(2)
		void startsFromBaseline() {
			assertThat(this.jdbc.getObject().sql("select title from book").query(String.class).list())
				.containsExactly("Frankenstein");
			this.jdbc.getObject().sql("delete from book").update();
		}

	}

	@Nested
	class FirstLazy extends Lazy {

	}

	@Nested
	class SecondLazy extends Lazy {

	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class SeedWhenReady {

		@Autowired
		Books books;

		@EventListener(ApplicationReadyEvent.class)
		void addFrankenstein() {
			this.books.save(new Book("Frankenstein"));
		}

	}

}
