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

import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jdbc.test.autoconfigure.DataJdbcTest;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.boot.jooq.test.autoconfigure.JooqTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.NestedTestConfiguration;
import org.springframework.test.context.NestedTestConfiguration.EnclosingConfiguration;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The slices of Spring Boot run against the real database, isolated, with and without
 * their transaction.
 */
@NestedTestConfiguration(EnclosingConfiguration.OVERRIDE)
class SlicesIntegrationTests {

	@TestMethodOrder(MethodOrderer.Random.class)
	abstract static class Slice {

		@Autowired
		JdbcClient jdbc;

		@RepeatedTest(3)
		void addsBook() {
			insert();
		}

		@RepeatedTest(3)
		@Transactional(propagation = Propagation.NOT_SUPPORTED)
		void addsBookWithoutTransactionOfSpring() {
			insert();
		}

		@RepeatedTest(1)
		void databaseIsPostgres() {
			assertThat(this.jdbc.sql("select version()").query(String.class).single()).startsWith("PostgreSQL");
		}

		private void insert() {
			this.jdbc.sql("insert into book (title) values ('Emma')").update();
			assertThat(this.jdbc.sql("select id from book where title = 'Emma'").query(Long.class).single())
				.isEqualTo(2);
		}

	}

	@Nested
	@JdbcTest
	class Jdbc extends Slice {

	}

	@Nested
	@DataJdbcTest
	class DataJdbc extends Slice {

	}

	@Nested
	@DataJpaTest
	class DataJpa extends Slice {

		@Autowired
		Books books;

		@RepeatedTest(3)
		void savesEntity() {
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
		}

	}

	@Nested
	@JooqTest
	@TestMethodOrder(MethodOrderer.Random.class)
	class Jooq {

		@Autowired
		DSLContext dsl;

		@RepeatedTest(3)
		void addsBook() {
			insert();
		}

		@RepeatedTest(3)
		@Transactional(propagation = Propagation.NOT_SUPPORTED)
		void addsBookWithoutTransactionOfSpring() {
			insert();
		}

		private void insert() {
			assertThat(this.dsl.fetchValue("insert into book (title) values ('Emma') returning id")).isEqualTo(2L);
			assertThat(this.dsl.fetchCount(DSL.table("book"))).isEqualTo(2);
		}

	}

}
