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

import javax.sql.DataSource;

import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The application's transactions begin, commit and roll back in the same way, whether
 * their commits are real or not.
 */
@LibraryTest
@Timeout(60)
class TransactionsIntegrationTests {

	abstract static class Transactions {

		@Autowired
		Librarian librarian;

		@Autowired
		Journal journal;

		@Autowired
		Books books;

		@Autowired
		JdbcClient jdbc;

		@Autowired
		DataSource dataSource;

		@Autowired
		EntityManager entityManager;

		@Autowired
		TransactionTemplate transaction;

		@BeforeEach
		void clearJournal() {
			this.journal.entries().clear();
		}

		@RepeatedTest(2)
		void listenersHearOfCommit() {
			this.librarian.add("Emma");
			assertThat(this.journal.entries()).containsExactly("before commit of Emma: [Frankenstein, Emma]",
					"after commit of Emma: [Frankenstein, Emma]", "after completion of Emma: [Frankenstein, Emma]");
		}

		@RepeatedTest(2)
		void listenersHearOfRollback() {
			this.transaction.executeWithoutResult((status) -> {
				this.librarian.add("Emma");
				status.setRollbackOnly();
			});
			assertThat(this.journal.entries()).containsExactlyInAnyOrder("after rollback of Emma: [Frankenstein]",
					"after completion of Emma: [Frankenstein]");
		}

		@RepeatedTest(2)
		void deferredConstraintFailsCommit() {
			assertThatExceptionOfType(DataIntegrityViolationException.class)
				.isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
					this.librarian.add("Emma");
					this.jdbc.sql("update book set author_id = 99").update();
				}));
			assertThat(this.journal.entries()).containsExactlyInAnyOrder("before commit of Emma: [Frankenstein, Emma]",
					"after rollback of Emma: [Frankenstein]", "after completion of Emma: [Frankenstein]");
			assertThat(this.books.count()).isOne();
		}

		@Test
		void transactionOfItsOwnCommitsFirst() {
			this.transaction.executeWithoutResult((status) -> {
				this.librarian.addOnItsOwn("Emma");
				this.librarian.add("Persuasion");
			});
			assertThat(this.journal.entries()).containsExactly("before commit of Emma: [Frankenstein, Emma]",
					"after commit of Emma: [Frankenstein, Emma]", "after completion of Emma: [Frankenstein, Emma]",
					"before commit of Persuasion: [Frankenstein, Emma, Persuasion]",
					"after commit of Persuasion: [Frankenstein, Emma, Persuasion]",
					"after completion of Persuasion: [Frankenstein, Emma, Persuasion]");
		}

		@Test
		void failedTransactionOfItsOwnHarmsNothing() {
			this.transaction.executeWithoutResult((status) -> {
				this.librarian.add("Emma");
				assertThatExceptionOfType(DataIntegrityViolationException.class)
					.isThrownBy(() -> this.librarian.addOnItsOwn("Frankenstein"));
				this.librarian.add("Persuasion");
			});
			assertThat(this.books.findAll()).extracting(Book::getTitle)
				.containsExactlyInAnyOrder("Frankenstein", "Emma", "Persuasion");
		}

		@Test
		void nestedTransactionRollsBackAlone() {
			PlatformTransactionManager transactionManager = new JdbcTransactionManager(this.dataSource);
			TransactionTemplate nested = new TransactionTemplate(transactionManager);
			nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			new TransactionTemplate(transactionManager).executeWithoutResult((outer) -> {
				insert("Emma");
				nested.executeWithoutResult((inner) -> insert("Persuasion"));
				assertThatExceptionOfType(DataIntegrityViolationException.class)
					.isThrownBy(() -> nested.executeWithoutResult((inner) -> {
						insert("Sanditon");
						insert("Frankenstein");
					}));
				nested.executeWithoutResult((inner) -> {
					insert("Lady Susan");
					inner.setRollbackOnly();
				});
			});
			assertThat(this.books.findAll()).extracting(Book::getTitle)
				.containsExactlyInAnyOrder("Frankenstein", "Emma", "Persuasion");
		}

		@Test
		void changeIsFlushedBeforeQueryAndCommit() {
			this.transaction.executeWithoutResult((status) -> {
				this.books.findById(1L).orElseThrow().setTitle("Emma");
				assertThat(titles()).containsExactly("Frankenstein");
				assertThat(this.entityManager.createQuery("select title from Book", String.class).getResultList())
					.containsExactly("Emma");
				assertThat(titles()).containsExactly("Emma");
			});
			assertThat(titles()).containsExactly("Emma");
		}

		@Test
		void changeIsFlushedBeforeCommitAlone() {
			this.transaction.executeWithoutResult((status) -> {
				this.entityManager.setFlushMode(FlushModeType.COMMIT);
				this.books.findById(1L).orElseThrow().setTitle("Emma");
				assertThat(this.entityManager.createQuery("select title from Book", String.class).getResultList())
					.containsExactly("Frankenstein");
			});
			assertThat(titles()).containsExactly("Emma");
		}

		@Test
		void changeInReadOnlyTransactionIsNotFlushed() {
			this.transaction.setReadOnly(true);
			try {
				this.transaction
					.executeWithoutResult((status) -> this.books.findById(1L).orElseThrow().setTitle("Emma"));
				assertThat(titles()).containsExactly("Frankenstein");
				assertThatExceptionOfType(RuntimeException.class)
					.isThrownBy(() -> this.transaction.executeWithoutResult((status) -> insert("Emma")))
					.withStackTraceContaining("cannot execute INSERT in a read-only transaction");
			}
			finally {
				this.transaction.setReadOnly(false);
			}
		}

		@Test
		void violationIsReportedByCommit() {
			assertThatExceptionOfType(DataIntegrityViolationException.class)
				.isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
					insert("Emma");
					this.books.findById(1L).orElseThrow().setTitle("Emma");
				}));
			assertThat(titles()).containsExactly("Frankenstein");
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
	class InTransaction extends Transactions {

	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends Transactions {

		@Test
		void transactionOfItsOwnSurvivesFailureOfOuterOneThatHasNotWritten() {
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
					assertThat(this.books.count()).isOne();
					this.librarian.addOnItsOwn("Emma");
					throw new IllegalStateException();
				}));
			assertThat(this.books.count()).isEqualTo(2);
		}

	}

}
