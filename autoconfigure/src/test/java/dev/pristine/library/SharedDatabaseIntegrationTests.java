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

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.testkit.engine.EventConditions;
import org.junit.platform.testkit.engine.TestExecutionResultConditions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

import dev.pristine.isolation.ClassesSideBySide;
import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Application contexts on one database that Pristine did not create.
 */
@Timeout(240)
class SharedDatabaseIntegrationTests {

	private static @Nullable CyclicBarrier barrier;

	private static @Nullable TestDatabase database;

	@BeforeEach
	void create() {
		database = TestDatabase.create();
	}

	@AfterEach
	void drop() {
		barrier = null;
		if (database != null) {
			database.close();
		}
	}

	@Test
	void contextsOneAfterTheOtherDoNotSeeEachOther() {
		ClassesSideBySide.run(false, One.class, Two.class, OneAgain.class)
			.assertStatistics((statistics) -> statistics.started(9).succeeded(9));
	}

	@Test
	void threadsOfOneContextTakeTurns() {
		ClassesSideBySide.run(true, Side.class, SideBySide.class, AfterWriting.class)
			.assertStatistics((statistics) -> statistics.started(9).succeeded(9));
	}

	@Test
	void contextsAtTheSameTimeAreTold() {
		barrier = new CyclicBarrier(2);
		ClassesSideBySide.run(true, Brief.class, BriefToo.class)
			.assertThatEvents()
			.haveAtLeastOne(EventConditions.finishedWithFailure(TestExecutionResultConditions
				.message((text) -> text.contains("Another application context has used the database '" + database.name()
						+ "' at the same " + "time as " + SharedDatabaseIntegrationTests.class.getName()))));
	}

	private static void meet() throws Exception {
		CyclicBarrier barrier = SharedDatabaseIntegrationTests.barrier;
		if (barrier != null) {
			barrier.await(100, TimeUnit.SECONDS);
		}
	}

	@LibraryTest(properties = "pristine.postgres.disposable=true")
	@Import(Database.class)
	abstract static class Shared {

		@Autowired
		Books books;

	}

	@TestPropertySource(properties = "number=1")
	static class One extends Shared {

		@RepeatedTest(3)
		void writes() {
			this.books.save(new Book("Emma"));
			assertThat(this.books.count()).isEqualTo(2);
		}

	}

	@TestPropertySource(properties = "number=2")
	static class Two extends One {

	}

	@TestPropertySource(properties = "number=1")
	static class OneAgain extends One {

	}

	@TestPropertySource(properties = "number=5")
	static class Side extends One {

	}

	@TestPropertySource(properties = "number=5")
	static class SideBySide extends One {

	}

	@TestPropertySource(properties = "number=5")
	static class AfterWriting extends One {

		@BeforeAll
		static void write(@Autowired Books books) {
			books.save(new Book("Class"));
		}

		@Override
		@RepeatedTest(3)
		void writes() {
			this.books.save(new Book("Emma"));
			assertThat(this.books.count()).isEqualTo(3);
		}

	}

	@TestPropertySource(properties = "number=3")
	static class Brief extends Shared {

		@Test
		void meetsAnother() throws Exception {
			meet();
			meet();
		}

	}

	@TestPropertySource(properties = "number=4")
	static class BriefToo extends Brief {

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Database {

		@Bean
		JdbcConnectionDetails details() {
			return database.details();
		}

	}

}
