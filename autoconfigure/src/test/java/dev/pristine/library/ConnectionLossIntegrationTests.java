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

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.context.junit.jupiter.SpringExtension;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * If the server ends all connections, one test fails and says so. The next one runs on a
 * new application context, and nobody hangs.
 */
@Timeout(120)
class ConnectionLossIntegrationTests {

	@Test
	void sandboxLosesItsConnectionDuringTest() {
		assertOneFailure(DuringTest.InTransaction.class);
	}

	@Test
	void resetLosesItsConnectionDuringTest() {
		assertOneFailure(DuringTest.WithRealCommits.class);
	}

	@Test
	void sandboxLosesItsConnectionBetweenTests() {
		assertOneFailure(BetweenTests.InTransaction.class);
	}

	@Test
	void resetLosesItsConnectionBetweenTests() {
		assertOneFailure(BetweenTests.WithRealCommits.class);
	}

	private static void assertOneFailure(Class<?> testClass) {
		EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(testClass))
			.execute();
		List<Throwable> failures = results.allEvents()
			.failed()
			.stream()
			.map((event) -> event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow())
			.toList();
		assertThat(failures).singleElement()
			.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
			.hasStackTraceContaining("terminating connection due to administrator command");
		results.testEvents().assertStatistics((tests) -> tests.failed(1).succeeded(3));
	}

	/**
	 * End all connections to the database.
	 */
	static void endConnections(ApplicationContext context) {
		JdbcConnectionDetails details = context.getBean(JdbcConnectionDetails.class);
		JdbcClient
			.create(new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword()))
			.sql("select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity"
					+ " where datname = current_database() and pid <> pg_backend_pid()")
			.query(Long.class)
			.single();
	}

	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	abstract static class FourTests {

		@Autowired
		Books books;

		@Test
		@Order(1)
		void first() {
			addBook();
		}

		@Test
		@Order(2)
		void second(@Autowired ApplicationContext context) {
			addBook();
		}

		@Test
		@Order(3)
		void third() {
			addBook();
		}

		@Test
		@Order(4)
		void fourth() {
			addBook();
		}

		private void addBook() {
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(2);
			assertThat(this.books.count()).isEqualTo(2);
		}

	}

	abstract static class DuringTest extends FourTests {

		@Override
		@Test
		@Order(2)
		void second(@Autowired ApplicationContext context) {
			super.second(context);
			endConnections(context);
		}

		@LibraryTest
		@IsolationMode(TestIsolation.TRANSACTION)
		static class InTransaction extends DuringTest {

		}

		@LibraryTest
		@IsolationMode(TestIsolation.TRUNCATE)
		static class WithRealCommits extends DuringTest {

		}

	}

	abstract static class BetweenTests extends FourTests {

		@ExtendWith(EndingConnections.class)
		@LibraryTest
		@IsolationMode(TestIsolation.TRANSACTION)
		static class InTransaction extends BetweenTests {

		}

		@ExtendWith(EndingConnections.class)
		@LibraryTest
		@IsolationMode(TestIsolation.TRUNCATE)
		static class WithRealCommits extends BetweenTests {

		}

	}

	/**
	 * Ends all connections after the second test.
	 */
	static class EndingConnections implements AfterEachCallback {

		@Override
		public void afterEach(ExtensionContext context) {
			if (context.getRequiredTestMethod().getName().equals("second")) {
				endConnections(SpringExtension.getApplicationContext(context));
			}
		}

	}

}
