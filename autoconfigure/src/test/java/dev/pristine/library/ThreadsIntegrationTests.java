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

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads that a test starts work inside of its scope.
 */
@LibraryTest
@Timeout(60)
class ThreadsIntegrationTests {

	@TestMethodOrder(MethodOrderer.Random.class)
	abstract static class Threads {

		@Autowired
		Librarian librarian;

		@Autowired
		Books books;

		@Autowired
		TaskScheduler scheduler;

		@Autowired
		TransactionTemplate transaction;

		@RepeatedTest(3)
		void asyncMethodAddsBook() {
			assertThat(this.librarian.addLater("Emma").join()).isEqualTo(2);
			assertThat(this.books.count()).isEqualTo(2);
		}

		@RepeatedTest(3)
		void scheduledTaskAddsBook() throws Exception {
			this.scheduler.schedule(() -> this.librarian.add("Emma"), Instant.now()).get(10, TimeUnit.SECONDS);
			assertThat(this.books.findById(2L)).map(Book::getTitle).hasValue("Emma");
		}

		@RepeatedTest(3)
		void completableFutureAddsBooks() {
			this.librarian.add("Emma");
			assertThat(CompletableFuture.supplyAsync(this.books::count)
				.thenApplyAsync((count) -> this.books.save(new Book("Persuasion")).getId() + count)
				.join()).isEqualTo(5);
			assertThat(this.books.count()).isEqualTo(3);
		}

		@RepeatedTest(3)
		void manyThreadsAddBooks() {
			List<CompletableFuture<Long>> ids = IntStream.range(0, 20)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> this.transaction.execute((status) -> {
					Long id = this.books.save(new Book("Emma " + i)).getId();
					assertThat(this.books.findById(id)).isPresent();
					return id;
				})))
				.toList();
			assertThat(ids).extracting(CompletableFuture::join)
				.containsExactlyInAnyOrderElementsOf(LongStream.range(2, 22).boxed().toList());
			assertThat(this.books.count()).isEqualTo(21);
		}

	}

	@Nested
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends Threads {

	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends Threads {

	}

	/**
	 * Here the test's own transaction is open around everything.
	 */
	@Nested
	@Transactional
	@TestMethodOrder(MethodOrderer.Random.class)
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransactionOfSpringToo {

		@Autowired
		Librarian librarian;

		@Autowired
		Books books;

		@RepeatedTest(3)
		void asyncMethodAddsBook() {
			this.books.save(new Book("Emma"));
			assertThat(this.librarian.addLater("Persuasion").join()).isEqualTo(3);
			assertThat(this.books.count()).isEqualTo(3);
		}

	}

}
