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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.Commit;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.test.context.jdbc.Sql.ExecutionPhase;
import org.springframework.test.context.jdbc.SqlConfig;
import org.springframework.test.context.jdbc.SqlConfig.TransactionMode;
import org.springframework.test.context.jdbc.SqlMergeMode;
import org.springframework.test.context.jdbc.SqlMergeMode.MergeMode;
import org.springframework.test.context.transaction.AfterTransaction;
import org.springframework.test.context.transaction.BeforeTransaction;
import org.springframework.test.context.transaction.TestTransaction;
import org.springframework.transaction.annotation.Transactional;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code @Transactional}, {@code @Sql} and their relatives on tests do what they do
 * without Pristine, and whatever they leave is gone at the end of the test.
 */
@LibraryTest
@Timeout(60)
class SpringTransactionsIntegrationTests {

	@Transactional
	@Sql(statements = "insert into book (title) values ('Class')", executionPhase = ExecutionPhase.BEFORE_TEST_CLASS)
	@SqlMergeMode(MergeMode.MERGE)
	@TestMethodOrder(MethodOrderer.Random.class)
	abstract static class SpringTransactions {

		@Autowired
		JdbcClient jdbc;

		List<String> afterTransaction = List.of("Frankenstein", "Class", "Before");

		@BeforeTransaction
		void isolatedFromOtherTests() {
			assertThat(titles()).containsExactly("Frankenstein", "Class");
			insert("Before");
		}

		@BeforeEach
		void transactionIsOpen() {
			assertThat(TestTransaction.isActive()).isTrue();
		}

		@AfterEach
		void seesOwnTransaction() {
			assertThat(titles()).contains("Before");
		}

		@AfterTransaction
		void transactionHasEnded() {
			assertThat(titles()).containsExactlyElementsOf(this.afterTransaction);
		}

		@RepeatedTest(2)
		void rollsBack() {
			insert("Emma");
			assertThat(titles()).containsExactly("Frankenstein", "Class", "Before", "Emma");
		}

		@RepeatedTest(2)
		@Commit
		void commits() {
			insert("Emma");
			this.afterTransaction = List.of("Frankenstein", "Class", "Before", "Emma");
		}

		@RepeatedTest(2)
		void endsAndStarts() {
			insert("Emma");
			TestTransaction.flagForCommit();
			TestTransaction.end();
			assertThat(CompletableFuture.supplyAsync(this::titles).join()).contains("Emma");
			TestTransaction.start();
			insert("Persuasion");
			TestTransaction.end();
			assertThat(titles()).containsExactly("Frankenstein", "Class", "Before", "Emma");
			TestTransaction.start();
			insert("Lady Susan");
			this.afterTransaction = List.of("Frankenstein", "Class", "Before", "Emma");
		}

		@RepeatedTest(2)
		@Sql(statements = "insert into book (title) values ('Emma')")
		@Sql(statements = "update book set title = 'Persuasion' where title = 'Lady Susan'",
				executionPhase = ExecutionPhase.AFTER_TEST_METHOD)
		@Commit
		void scriptsRunInTransactionOfTest() {
			assertThat(titles()).containsExactly("Frankenstein", "Class", "Before", "Emma");
			insert("Lady Susan");
			this.afterTransaction = List.of("Frankenstein", "Class", "Before", "Emma", "Persuasion");
		}

		@RepeatedTest(2)
		@Sql(statements = "insert into book (title) values ('Emma')",
				config = @SqlConfig(transactionMode = TransactionMode.ISOLATED))
		void scriptCommitsInTransactionOfItsOwn() {
			assertThat(titles()).containsExactly("Frankenstein", "Class", "Before", "Emma");
			insert("Persuasion");
			this.afterTransaction = List.of("Frankenstein", "Class", "Before", "Emma");
		}

		private void insert(String title) {
			this.jdbc.sql("insert into book (title) values (?)").param(title).update();
		}

		private List<String> titles() {
			return this.jdbc.sql("select title from book order by id").query(String.class).list();
		}

	}

	@Nested
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends SpringTransactions {

	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends SpringTransactions {

	}

}
