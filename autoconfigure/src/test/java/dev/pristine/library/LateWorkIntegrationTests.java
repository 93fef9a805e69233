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

import java.sql.Connection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.transaction.support.TransactionTemplate;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Work that goes on after the test that started it does not reach the next one.
 */
@Timeout(120)
class LateWorkIntegrationTests {

	@Test
	void transactionOfTestIsWaitedForThenNamedAndCutOff() {
		EngineExecutionResults results = run(OpenTransaction.class);
		results.testEvents().assertStatistics((tests) -> tests.succeeded(3));
		assertThat(failures(results.testEvents())).singleElement()
			.extracting(Throwable::getMessage)
			.asString()
			.contains("Work went on at the end of ", "OpenTransaction.leavesTransactionOpen", "insert into book",
					"thread 'task-", "Librarian.addBothLater", "Have the test wait for the end of what it has started");
	}

	@Test
	void statementOfTestIsWaitedForThenNamedAndCancelled() {
		EngineExecutionResults results = run(RunningStatement.class);
		results.testEvents().assertStatistics((tests) -> tests.succeeded(1));
		assertThat(failures(results.testEvents())).singleElement()
			.extracting(Throwable::getMessage)
			.asString()
			.contains("Work went on at the end of ", "RunningStatement.leavesStatementRunning", "select pg_sleep(60)",
					"thread '", LateWorkIntegrationTests.class.getName());
	}

	@Test
	void workThatEndsSoonIsWaitedFor() {
		succeeds(ShortWork.class, 6);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void connectionOfTestIsWaitedForThenNamedAndCutOff(CapturedOutput output) {
		succeeds(HasOnlyRead.class, 4);
		assertThat(output).contains("leavesTransactionOpen ended while a connection of the DataSource 'dataSource'")
			.doesNotContain("leavesTransactionThatEndsSoon ended");
	}

	@Test
	void connectionThatComesTooLateIsRefused() {
		succeeds(WaitsForConnection.class, 2);
	}

	@Test
	void writeBetweenTestsIsUndone() {
		succeeds(WriteBetweenTests.InTransaction.class, 9);
		succeeds(WriteBetweenTests.WithRealCommits.class, 9);
	}

	@Test
	void whatTheConstructorOfANestedClassWritesIsUndone() {
		succeeds(SharedInstances.InTransaction.class, 7);
		succeeds(SharedInstances.WithRealCommits.class, 7);
	}

	private static void succeeds(Class<?> testClass, int tests) {
		EngineExecutionResults results = run(testClass);
		assertThat(failures(results.testEvents())).isEmpty();
		results.testEvents().assertStatistics((events) -> events.succeeded(tests));
	}

	private static EngineExecutionResults run(Class<?> testClass) {
		EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(testClass))
			.execute();
		assertThat(failures(results.containerEvents())).isEmpty();
		return results;
	}

	private static List<Throwable> failures(Events events) {
		return events.failed()
			.stream()
			.map((event) -> event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow())
			.toList();
	}

	/**
	 * Let only those go on that wait for a signal or a time.
	 */
	private static void spinUntil(Callable<Boolean> condition) throws Exception {
		while (!condition.call()) {
			Thread.onSpinWait();
		}
	}

	@LibraryTest(
			properties = { "pristine.postgres.lock-timeout=500ms", "spring.lifecycle.timeout-per-shutdown-phase=1s" })
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	@IsolationMode(TestIsolation.TRANSACTION)
	static class OpenTransaction {

		static final CompletableFuture<Void> signal = new CompletableFuture<>();

		static CompletableFuture<Void> work = CompletableFuture.completedFuture(null);

		@Autowired
		Librarian librarian;

		@Autowired
		Books books;

		@Test
		@Order(1)
		void passes() {
			this.books.save(new Book("Emma"));
		}

		@Test
		@Order(2)
		void leavesTransactionOpen() {
			CompletableFuture<Void> begun = new CompletableFuture<>();
			work = this.librarian.addBothLater("Emma", () -> {
				begun.complete(null);
				signal.join();
			}, "Persuasion");
			begun.join();
		}

		@RepeatedTest(2)
		@Order(3)
		void isNotReached() {
			signal.complete(null);
			assertThatThrownBy(work::join).hasStackTraceContaining("was cut off");
			assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
		}

	}

	@LibraryTest(properties = "pristine.postgres.lock-timeout=500ms")
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	@IsolationMode(TestIsolation.TRANSACTION)
	static class RunningStatement {

		static CompletableFuture<?> work = CompletableFuture.completedFuture(null);

		@Autowired
		JdbcClient jdbc;

		@Autowired
		Books books;

		@Test
		@Order(1)
		void leavesStatementRunning(@Autowired JdbcConnectionDetails details) throws Exception {
			work = CompletableFuture
				.runAsync(() -> this.jdbc.sql("select pg_sleep(60)::text").query(String.class).single());
			JdbcClient beside = JdbcClient.create(
					new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword()));
			spinUntil(() -> beside
				.sql("select exists (select from pg_stat_activity where state = 'active'"
						+ " and query like 'select pg_sleep(60)%' and datname = current_database())")
				.query(Boolean.class)
				.single());
		}

		@Test
		@Order(2)
		void isNotReached() {
			assertThatThrownBy(work::join).hasStackTraceContaining("canceling statement");
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
		}

	}

	@LibraryTest
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	@IsolationMode(TestIsolation.TRANSACTION)
	static class ShortWork {

		@Autowired
		Librarian librarian;

		@Autowired
		Books books;

		@RepeatedTest(3)
		@Order(1)
		void leavesTransactionThatEndsSoon() {
			Thread test = Thread.currentThread();
			CompletableFuture<Void> begun = new CompletableFuture<>();
			this.librarian.addBothLater("Emma", () -> {
				begun.complete(null);
				// Now the end of the test waits for this transaction
				while (test.getState() != Thread.State.TIMED_WAITING) {
					Thread.onSpinWait();
				}
			}, "Persuasion");
			begun.join();
		}

		@RepeatedTest(3)
		@Order(2)
		void isNotReached() {
			assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
		}

	}

	@LibraryTest(properties = "pristine.postgres.lock-timeout=2s")
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	@IsolationMode(TestIsolation.TRUNCATE)
	static class HasOnlyRead {

		private static final CompletableFuture<Void> next = new CompletableFuture<>();

		private static final CompletableFuture<Void> nextButOne = new CompletableFuture<>();

		private static CompletableFuture<Void> work = CompletableFuture.completedFuture(null);

		@Autowired
		TransactionTemplate transaction;

		@Autowired
		Books books;

		@Test
		@Order(1)
		void leavesTransactionThatEndsSoon() {
			Thread test = Thread.currentThread();
			readThenWrite(() -> test.getState() == Thread.State.TIMED_WAITING || next.isDone());
		}

		@Test
		@Order(2)
		void isNotReached() {
			next.complete(null);
			work.join();
			assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
		}

		@Test
		@Order(3)
		void leavesTransactionOpen() {
			readThenWrite(nextButOne::isDone);
		}

		@Test
		@Order(4)
		void isNotReachedEither() {
			nextButOne.complete(null);
			assertThatThrownBy(work::join).isNotNull();
			assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
		}

		private void readThenWrite(Callable<Boolean> condition) {
			CompletableFuture<Void> read = new CompletableFuture<>();
			work = CompletableFuture.runAsync(() -> this.transaction.executeWithoutResult((status) -> {
				assertThat(this.books.count()).isEqualTo(1);
				read.complete(null);
				assertThatNoException().isThrownBy(() -> spinUntil(condition));
				this.books.save(new Book("Late"));
			}), (task) -> new Thread(task).start());
			read.join();
		}

	}

	@LibraryTest(properties = "spring.datasource.hikari.maximum-pool-size=2")
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	@IsolationMode(TestIsolation.TRUNCATE)
	static class WaitsForConnection {

		private static List<Connection> all = List.of();

		private static CompletableFuture<Void> work = CompletableFuture.completedFuture(null);

		@Autowired
		DataSource dataSource;

		@Autowired
		Books books;

		@Test
		@Order(1)
		void leavesThreadThatWaitsForConnection() throws Exception {
			all = List.of(this.dataSource.getConnection(), this.dataSource.getConnection());
			work = CompletableFuture.runAsync(() -> this.books.save(new Book("Late")),
					(task) -> new Thread(task).start());
			HikariPoolMXBean pool = this.dataSource.unwrap(HikariDataSource.class).getHikariPoolMXBean();
			spinUntil(() -> pool.getThreadsAwaitingConnection() == 1);
		}

		@Test
		@Order(2)
		void isNotReached() {
			all.forEach(JdbcUtils::closeConnection);
			assertThatThrownBy(work::join).hasStackTraceContaining("which is over");
			assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
		}

	}

	@ExtendWith(LateWriter.class)
	@LibraryTest
	abstract static class WriteBetweenTests {

		@Autowired
		Books books;

		@BeforeAll
		static void addBookOfClass(@Autowired Books books) {
			books.save(new Book("Class"));
		}

		@RepeatedTest(3)
		void isNotReached() {
			assertThat(this.books.findAll()).extracting(Book::getTitle)
				.containsExactlyInAnyOrder("Frankenstein", "Class");
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(3);
		}

		abstract static class InNestedClass {

			@Autowired
			Books books;

			@BeforeAll
			static void addBookOfNestedClass(@Autowired Books books) {
				books.save(new Book("Nested class"));
			}

			@RepeatedTest(3)
			void isNotReached() {
				assertThat(this.books.findAll()).extracting(Book::getTitle)
					.containsExactlyInAnyOrder("Frankenstein", "Class", "Nested class");
				assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(4);
			}

		}

		@IsolationMode(TestIsolation.TRANSACTION)
		static class InTransaction extends WriteBetweenTests {

			@Nested
			class First extends InNestedClass {

			}

			@Nested
			class Second extends InNestedClass {

			}

		}

		@IsolationMode(TestIsolation.TRUNCATE)
		static class WithRealCommits extends WriteBetweenTests {

			@Nested
			class First extends InNestedClass {

			}

			@Nested
			class Second extends InNestedClass {

			}

		}

	}

	@LibraryTest
	abstract static class SharedInstances {

		@Autowired
		Books books;

		@Test
		void comesFirst() {
			assertThat(this.books.count()).isEqualTo(1);
		}

		abstract static class InNestedClass {

			private final Books books;

			InNestedClass(Books books) {
				this.books = books;
				books.save(new Book("Constructor"));
			}

			@RepeatedTest(3)
			void startsFromTheBaseline() {
				assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
				assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
			}

		}

		@IsolationMode(TestIsolation.TRANSACTION)
		static class InTransaction extends SharedInstances {

			@Nested
			@TestInstance(Lifecycle.PER_CLASS)
			class First extends InNestedClass {

				First(@Autowired Books books) {
					super(books);
				}

			}

			@Nested
			@TestInstance(Lifecycle.PER_CLASS)
			class Second extends InNestedClass {

				Second(@Autowired Books books) {
					super(books);
				}

			}

		}

		@IsolationMode(TestIsolation.TRUNCATE)
		static class WithRealCommits extends SharedInstances {

			@Nested
			@TestInstance(Lifecycle.PER_CLASS)
			class First extends InNestedClass {

				First(@Autowired Books books) {
					super(books);
				}

			}

			@Nested
			@TestInstance(Lifecycle.PER_CLASS)
			class Second extends InNestedClass {

				Second(@Autowired Books books) {
					super(books);
				}

			}

		}

	}

	/**
	 * Writes after the end of each test and before the start of the next one.
	 */
	static class LateWriter implements BeforeEachCallback, AfterEachCallback {

		@Override
		public void beforeEach(ExtensionContext context) {
			if (context.getStore(Namespace.GLOBAL).get(key(context)) != null) {
				write(context);
			}
		}

		@Override
		public void afterEach(ExtensionContext context) {
			context.getRoot().getStore(Namespace.GLOBAL).put(key(context), true);
		}

		private static String key(ExtensionContext context) {
			return "past the first test of " + context.getRequiredTestClass();
		}

		private void write(ExtensionContext context) {
			Books books = SpringExtension.getApplicationContext(context).getBean(Books.class);
			CompletableFuture.runAsync(() -> books.save(new Book("Late"))).join();
		}

	}

}
