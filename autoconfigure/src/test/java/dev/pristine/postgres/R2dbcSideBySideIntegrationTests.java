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

package dev.pristine.postgres;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.r2dbc.spi.ConnectionFactory;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import dev.pristine.isolation.IsolationAutoConfiguration;
import dev.pristine.isolation.ParallelRun;
import dev.pristine.ownership.OwnershipAutoConfiguration;
import dev.pristine.resource.CurrentSlot;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with R2DBC that share an application context and run side by side.
 */
@Timeout(120)
class R2dbcSideBySideIntegrationTests {

	private static final int TESTS = 5;

	@Test
	void testsWithAndWithoutPoolDoNotMeet() {
		Colliding.seen.clear();
		new ParallelRun(4, Map.of(), Pooled.class, Unpooled.class).succeeds(2 * TESTS);
		assertThat(Colliding.seen).as("slots").hasSizeGreaterThan(1).doesNotContain(0);
	}

	@Test
	void subscriptionOfNobodyIsRefusedWhileSeveralTestsRun() {
		assertThat(new ParallelRun(2, Map.of(), WithoutOwner.class).failures()).hasSize(2)
			.allSatisfy((failure) -> assertThat(failure).contains("Nobody knows for which test the thread",
					"WithoutOwner.first", "WithoutOwner.second", "TestOwner.wrap"));
	}

	@SpringBootTest(properties = "spring.autoconfigure.exclude=", classes = Application.class,
			webEnvironment = WebEnvironment.NONE)
	abstract static class Colliding {

		private static final Set<Integer> seen = ConcurrentHashMap.newKeySet();

		private static final AtomicInteger markers = new AtomicInteger();

		@Autowired
		private DatabaseClient client;

		@Autowired
		private Books books;

		@Autowired
		private TransactionalOperator transactions;

		@Autowired
		private CurrentSlot slot;

		@RepeatedTest(TESTS)
		void seesWhatItWroteAlone() {
			seen.add(this.slot.number());
			String marker = "marker " + markers.incrementAndGet();
			Mono<Void> chain = this.books.add(marker).then(this.books.add(marker));
			assertThat(chain.thenMany(this.books.titles()).collectList().block()).containsExactly(marker, marker,
					"start");
			this.books.addTwice(marker)
				.thenMany(this.books.titles())
				.as(StepVerifier::create)
				.expectNext(marker, marker, marker, marker, "start")
				.verifyComplete();
			this.books.add(marker)
				.then(this.client.sql("nonsense").then())
				.as(this.transactions::transactional)
				.onErrorComplete()
				.thenMany(this.books.titles())
				.as(StepVerifier::create)
				.expectNextCount(5)
				.verifyComplete();
		}

	}

	@TestPropertySource(properties = "spring.r2dbc.pool.enabled=true")
	static class Pooled extends Colliding {

	}

	@TestPropertySource(properties = "spring.r2dbc.pool.enabled=false")
	static class Unpooled extends Colliding {

	}

	@SpringBootTest(properties = "spring.autoconfigure.exclude=", classes = Application.class,
			webEnvironment = WebEnvironment.NONE)
	static class WithoutOwner {

		private static final ExecutorService pool = Executors.newSingleThreadExecutor();

		private static final CyclicBarrier both = new CyclicBarrier(2);

		@Autowired
		private Books books;

		@Test
		void first() throws Exception {
			meet();
		}

		@Test
		void second() throws Exception {
			meet();
		}

		private void meet() throws Exception {
			both.await(20, TimeUnit.SECONDS);
			try {
				// The thread of the pool must be nobody's from its start
				pool.submit(() -> this.books.add("whose").block()).get();
			}
			catch (ExecutionException ex) {
				throw (Exception) ex.getCause();
			}
			finally {
				both.await(20, TimeUnit.SECONDS);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IsolationAutoConfiguration.class, OwnershipAutoConfiguration.class,
			PostgresIsolationAutoConfiguration.class, PostgresServerAutoConfiguration.class,
			R2dbcAutoConfiguration.class, R2dbcTransactionManagerAutoConfiguration.class,
			TransactionAutoConfiguration.class })
	static class Application {

		@Bean
		DatabaseClient client(ConnectionFactory connectionFactory) {
			return DatabaseClient.create(connectionFactory);
		}

		@Bean
		Books books(DatabaseClient client) {
			return new Books(client);
		}

		@Bean
		ApplicationRunner writer(DatabaseClient client, Books books) {
			return (arguments) -> client.sql("CREATE TABLE book (title text)").then().then(books.add("start")).block();
		}

	}

	static class Books {

		private final DatabaseClient client;

		Books(DatabaseClient client) {
			this.client = client;
		}

		Mono<Void> add(String title) {
			return this.client.sql("INSERT INTO book VALUES (:title)").bind("title", title).then();
		}

		@Transactional
		Mono<Void> addTwice(String title) {
			return add(title).then(add(title));
		}

		Flux<String> titles() {
			return this.client.sql("SELECT title FROM book ORDER BY 1").mapValue(String.class).all();
		}

	}

}
