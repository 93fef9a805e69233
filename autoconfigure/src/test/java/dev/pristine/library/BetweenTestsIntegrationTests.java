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

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.junit.jupiter.SpringExtension;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is written when a test, or a class, has ended already.
 */
class BetweenTestsIntegrationTests {

	private static List<String> titles(JdbcClient jdbc) {
		return jdbc.sql("select title from book order by id").query(String.class).list();
	}

	private static long insert(JdbcClient jdbc, String title) {
		return jdbc.sql("insert into book (title) values (?) returning id").param(title).query(Long.class).single();
	}

	@Nested
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends Written {

	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends Written {

	}

	@ExtendWith(WritesAfterTest.class)
	@LibraryTest
	abstract static class Written {

		@Autowired
		JdbcClient jdbc;

		@BeforeAll
		static void writeForClass(@Autowired JdbcClient jdbc) {
			insert(jdbc, "Emma");
		}

		@AfterAll
		static void classHasItsOwn(@Autowired JdbcClient jdbc) {
			assertThat(titles(jdbc)).contains("Emma");
		}

		@RepeatedTest(3)
		void doesNotReachNextTest() {
			assertThat(titles(this.jdbc)).containsExactly("Frankenstein", "Emma");
			assertThat(insert(this.jdbc, "Persuasion")).isEqualTo(3);
		}

	}

	/**
	 * Registered before Spring's extension, hence called after it.
	 */
	static class WritesAfterTest implements AfterEachCallback, AfterAllCallback {

		@Override
		public void afterEach(ExtensionContext context) {
			insert(SpringExtension.getApplicationContext(context).getBean(JdbcClient.class), "Late");
		}

		@Override
		public void afterAll(ExtensionContext context) {
			insert(SpringExtension.getApplicationContext(context).getBean(JdbcClient.class), "Between two classes");
		}

	}

}
