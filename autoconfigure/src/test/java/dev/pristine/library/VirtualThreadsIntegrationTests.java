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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many more threads than connections, none of which must keep a carrier to itself.
 */
@LibraryTest(properties = { "spring.datasource.hikari.maximum-pool-size=2", "pristine.postgres.lock-timeout=50s" })
@VirtualThreads
@Timeout(60)
class VirtualThreadsIntegrationTests {

	private static final int THREADS = 1000;

	abstract static class Threads {

		@Autowired
		AsyncTaskExecutor applicationTaskExecutor;

		@Autowired
		Librarian librarian;

		@Autowired
		Books books;

		@Autowired
		JdbcClient jdbc;

		@Test
		void workTogether() {
			List<CompletableFuture<Void>> all = IntStream.range(0, THREADS)
				.mapToObj((i) -> this.applicationTaskExecutor.submitCompletable(() -> work("Emma " + i)))
				.toList();
			all.forEach(CompletableFuture::join);
			assertThat(this.books.count()).isEqualTo(THREADS + 1);
		}

		private void work(String title) {
			assertThat(Thread.currentThread().toString()).startsWith("VirtualThread");
			this.librarian.add(title);
			assertThat(
					this.jdbc.sql("select count(*) from book where title = ?").param(title).query(Long.class).single())
				.isOne();
			this.jdbc.sql("update book set title = ? where title = ?").param(title + " again").param(title).update();
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

}
