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

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code @BeforeAll} wrote stays for the class, whatever the modes of its tests.
 */
@LibraryTest
class MixedModesIntegrationTests {

	@Autowired
	Books books;

	@BeforeAll
	static void addBookOfClass(@Autowired Books books) {
		assertThat(books.save(new Book("Class")).getId()).isEqualTo(2);
	}

	@Test
	void seesOnlyItsOwnClass() {
		assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactlyInAnyOrder("Frankenstein", "Class");
	}

	@Nested
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	class StartingWithoutIsolation {

		@BeforeAll
		static void addBookOfNestedClass(@Autowired Books books) {
			books.save(new Book("Nested class"));
		}

		@Test
		@Order(1)
		@IsolationMode(TestIsolation.NONE)
		void withoutIsolation() {
			MixedModesIntegrationTests.this.books.save(new Book("Emma"));
		}

		@Test
		@Order(2)
		void keepsWhatClassWrote() {
			assertThat(MixedModesIntegrationTests.this.books.findAll()).extracting(Book::getTitle)
				.containsExactlyInAnyOrder("Frankenstein", "Class", "Nested class");
		}

	}

	@Nested
	@TestMethodOrder(MethodOrderer.Random.class)
	class OneClass {

		@RepeatedTest(5)
		@IsolationMode(TestIsolation.TRANSACTION)
		void inTransaction() {
			assertAddsBook();
		}

		@RepeatedTest(5)
		@IsolationMode(TestIsolation.TRUNCATE)
		void withRealCommits() {
			assertAddsBook();
		}

		@RepeatedTest(5)
		@IsolationMode(TestIsolation.NONE)
		void withoutIsolation() {
			MixedModesIntegrationTests.this.books.deleteAll();
		}

		private void assertAddsBook() {
			assertThat(MixedModesIntegrationTests.this.books.findAll()).extracting(Book::getTitle)
				.containsExactlyInAnyOrder("Frankenstein", "Class");
			assertThat(MixedModesIntegrationTests.this.books.save(new Book("Emma")).getId()).isEqualTo(3);
		}

	}

	@Nested
	@TestMethodOrder(MethodOrderer.Random.class)
	class WithBaselineOfItsOwn {

		@BeforeAll
		static void addBookOfNestedClass(@Autowired Books books) {
			assertThat(books.save(new Book("Nested class")).getId()).isEqualTo(3);
		}

		@RepeatedTest(5)
		void seesBoth() {
			assertThat(MixedModesIntegrationTests.this.books.findAll()).extracting(Book::getTitle)
				.containsExactlyInAnyOrder("Frankenstein", "Class", "Nested class");
			assertThat(MixedModesIntegrationTests.this.books.save(new Book("Emma")).getId()).isEqualTo(4);
		}

		@RepeatedTest(5)
		@IsolationMode(TestIsolation.TRUNCATE)
		void seesBothWithRealCommits() {
			seesBoth();
		}

	}

}
