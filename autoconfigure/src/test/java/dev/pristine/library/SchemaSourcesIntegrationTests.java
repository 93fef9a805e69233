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
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.NestedTestConfiguration;
import org.springframework.test.context.NestedTestConfiguration.EnclosingConfiguration;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever makes the schema, it ends in the same baseline.
 */
@NestedTestConfiguration(EnclosingConfiguration.OVERRIDE)
class SchemaSourcesIntegrationTests {

	@TestMethodOrder(MethodOrderer.Random.class)
	abstract static class Baseline {

		@Autowired
		Books books;

		@RepeatedTest(3)
		@IsolationMode(TestIsolation.TRANSACTION)
		void inTransaction() {
			assertStartsFromBaseline();
		}

		@RepeatedTest(3)
		@IsolationMode(TestIsolation.TRUNCATE)
		void withRealCommits() {
			assertStartsFromBaseline();
		}

		private void assertStartsFromBaseline() {
			assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
			this.books.deleteAll();
		}

	}

	@Nested
	@LibraryTest(properties = { "spring.flyway.enabled=false", "spring.liquibase.enabled=true",
			"spring.liquibase.change-log=classpath:db/changelog/library.sql" })
	class FromLiquibase extends Baseline {

	}

	@Nested
	@LibraryTest(properties = { "spring.flyway.enabled=false", "spring.sql.init.mode=always",
			"spring.sql.init.schema-locations=classpath:library-schema.sql",
			"spring.sql.init.data-locations=classpath:library-data.sql" })
	class FromScripts extends Baseline {

	}

	@Nested
	@LibraryTest(properties = { "spring.flyway.enabled=false", "spring.jpa.hibernate.ddl-auto=create-drop" })
	@Import(StartingApplication.class)
	class FromHibernateAndTheStartingApplication extends Baseline {

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class StartingApplication {

		@Bean
		CommandLineRunner addFrankenstein(Books books) {
			return (args) -> books.save(new Book("Frankenstein"));
		}

	}

}
