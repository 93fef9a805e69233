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

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.MethodMode;
import org.springframework.test.context.NestedTestConfiguration;
import org.springframework.test.context.NestedTestConfiguration.EnclosingConfiguration;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each application context has a database of its own.
 */
@NestedTestConfiguration(EnclosingConfiguration.OVERRIDE)
class ContextsIntegrationTests {

	private static final Set<String> databases = new HashSet<>();

	@AfterAll
	static void databasesWereDifferent() {
		assertThat(databases).hasSizeGreaterThanOrEqualTo(4);
	}

	@Nested
	@LibraryTest(properties = "context=first")
	@IsolationMode(TestIsolation.NONE)
	class First extends Leaking {

	}

	@Nested
	@LibraryTest(properties = "context=second")
	@IsolationMode(TestIsolation.NONE)
	class Second extends Leaking {

	}

	@LibraryTest
	abstract static class Leaking {

		@Autowired
		JdbcClient jdbc;

		@Test
		void leavesBookBehind() {
			databases.add(this.jdbc.sql("select current_database()").query(String.class).single());
			assertThat(this.jdbc.sql("select count(*) from book").query(Long.class).single()).isOne();
			this.jdbc.sql("insert into book (title) values ('Emma')").update();
		}

		@Test
		@IsolationMode(TestIsolation.TRUNCATE)
		void leavesNothingBehind() {
			this.jdbc.sql("insert into book (title) values ('Emma')").update();
		}

	}

	@Nested
	@LibraryTest(properties = "context=dirty")
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	class Dirtied {

		@Autowired
		Books books;

		@Autowired
		JdbcClient jdbc;

		@RepeatedTest(2)
		@Order(1)
		@DirtiesContext(methodMode = MethodMode.AFTER_METHOD)
		void dirtiesContext() {
			databases.add(this.jdbc.sql("select current_database()").query(String.class).single());
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
		}

		@Test
		@Order(2)
		void startsOnAnotherDatabase() {
			assertThat(databases.add(this.jdbc.sql("select current_database()").query(String.class).single())).isTrue();
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
		}

	}

	@Nested
	@LibraryTest(properties = "context=changed-schema")
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	class WithChangedSchema {

		@Autowired
		Books books;

		@Autowired
		JdbcClient jdbc;

		@RepeatedTest(2)
		@Order(1)
		@IsolationMode(TestIsolation.TRANSACTION)
		void schemaIsRolledBack() {
			this.jdbc.sql("alter table book drop column author_id").update();
			this.jdbc.sql("create table shelf (id int)").update();
		}

		@RepeatedTest(2)
		@Order(2)
		@IsolationMode(TestIsolation.TRUNCATE)
		void schemaIsPutRight() {
			this.jdbc.sql("create table shelf (id int)").update();
			this.books.save(new Book("Emma"));
		}

		@Test
		@Order(3)
		@IsolationMode(TestIsolation.TRUNCATE)
		void schemaIsRight() {
			assertThat(this.jdbc.sql("select to_regclass('shelf')::text").query(String.class).optional()).isEmpty();
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
		}

	}

}
