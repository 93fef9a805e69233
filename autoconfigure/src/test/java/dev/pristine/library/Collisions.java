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

import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.jdbc.Sql;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that fail after one another, and even after themselves, unless something puts the
 * database right in between.
 */
@TestMethodOrder(MethodOrderer.Random.class)
abstract class Collisions {

	@Autowired
	Books books;

	@Autowired
	JdbcClient jdbc;

	@RepeatedTest(10)
	void addsBook() {
		assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
		assertThat(this.books.count()).isEqualTo(2);
	}

	@RepeatedTest(10)
	void addsSameBook() {
		this.jdbc.sql("insert into book (title, author_id) values ('Emma', 1)").update();
		assertThat(this.jdbc.sql("select max(id) from book").query(Long.class).single()).isEqualTo(2);
	}

	@RepeatedTest(10)
	void changesSeededRow() {
		assertThat(
				this.jdbc.sql("update book set title = 'The Modern Prometheus' where title = 'Frankenstein'").update())
			.isOne();
	}

	@RepeatedTest(10)
	void deletesSeededRows() {
		assertThat(this.jdbc.sql("delete from book").update()).isOne();
		assertThat(this.jdbc.sql("delete from author").update()).isEqualTo(2);
	}

	@RepeatedTest(10)
	void writesToOtherSchema() {
		this.jdbc.sql("insert into archive.loan (book_id) values (1)").update();
		assertThat(this.jdbc.sql("select id from archive.loan").query(Long.class).list()).containsExactly(1L);
	}

	@RepeatedTest(10)
	void drawsFromSequence() {
		assertThat(this.jdbc.sql("select nextval('shelf_number')").query(Long.class).single()).isEqualTo(100);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Emma", "Persuasion", "Emma" })
	void addsBookByParameter(String title) {
		this.books.save(new Book(title));
		assertThat(this.books.count()).isEqualTo(2);
	}

	@TestFactory
	Stream<DynamicTest> sharesOneScopeAmongDynamicTests() {
		return Stream.of("Emma", "Persuasion").map((title) -> DynamicTest.dynamicTest(title, () -> {
			long before = this.books.count();
			this.books.save(new Book(title));
			assertThat(this.books.count()).isEqualTo(before + 1);
		}));
	}

	@RepeatedTest(2)
	@Sql(statements = "insert into book (title) values ('Emma')")
	void findsWhatScriptWrote() {
		assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactlyInAnyOrder("Frankenstein", "Emma");
	}

	@RepeatedTest(10)
	void findsSeededRow() {
		assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
	}

}
