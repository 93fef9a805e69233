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

package dev.pristine.postgres.sandbox;

import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.TestDatabase;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link Sandbox}.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class SandboxIntegrationTests {

	private static final String SAVEPOINTS = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()"
			+ " AND locktype = 'transactionid'";

	private static TestDatabase database;

	private final TestScope test = new TestScope("OrderTests.places", TestIsolation.TRANSACTION);

	private boolean testManaged;

	private Sandbox sandbox;

	@BeforeAll
	static void create() throws SQLException {
		database = TestDatabase.create();
		try (Connection connection = database.connect()) {
			run(connection, """
					CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x');
					CREATE TABLE numbered (id bigserial PRIMARY KEY, name text);
					CREATE SEQUENCE unused;
					CREATE SEQUENCE cached CACHE 10;
					CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$""");
		}
	}

	@AfterAll
	static void drop() throws SQLException {
		database.close();
	}

	@BeforeEach
	void begin() throws SQLException {
		open(database.connect(), Duration.ofMillis(500));
	}

	@AfterEach
	void close() throws SQLException {
		this.sandbox.close();
		try (Connection connection = database.connect()) {
			assertThat(count(connection)).isZero();
		}
	}

	@Test
	void undoesStatementsInAutoCommit() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "INSERT INTO item VALUES (1)");
			assertThat(count(connection)).isOne();
		}
		try (Connection connection = this.sandbox.connect()) {
			assertThat(count(connection)).isOne();
		}
		this.sandbox.rollback(this.test);
		this.sandbox.begin(this.test);
		try (Connection connection = this.sandbox.connect()) {
			assertThat(count(connection)).isZero();
		}
	}

	@Test
	void failingStatementInAutoCommitHarmsNothing() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "INSERT INTO item VALUES (1)");
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (1)"));
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (2); INSERT INTO item VALUES (1)"));
			assertSqlState("42601", () -> run(connection, "NONSENSE"));
			assertThat(count(connection)).isOne();
		}
	}

	@Test
	void failureBeforeOrAfterTheServerHarmsNothing() throws SQLException {
		try (Connection connection = this.sandbox.connect();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?)");
				Statement statement = connection.createStatement()) {
			run(connection, "INSERT INTO item VALUES (1)");
			assertSqlState("22023", insert::executeUpdate);
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (1)"));
			assertThat(ids(connection)).isEqualTo("1");
			assertSqlState("02000", () -> statement.executeQuery("INSERT INTO item VALUES (2)"));
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (2)"));
			assertThat(ids(connection)).isEqualTo("1,2");
		}
	}

	@Test
	void answerThatTheDriverKnowsHarmsNothing() throws SQLException {
		try (Connection connection = this.sandbox.connect();
				PreparedStatement select = connection.prepareStatement("SELECT id FROM item")) {
			select.executeQuery().close();
			run(connection, "INSERT INTO item VALUES (1) RETURNING id");
			assertThat(select.getMetaData().getColumnCount()).isOne();
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (1)"));
			run(connection, "INSERT INTO item VALUES (2) RETURNING id");
			connection.createArrayOf("int4", new Integer[] { 1 });
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (1)"));
			run(connection, "INSERT INTO item VALUES (3) RETURNING id");
			assertThat(select.executeBatch()).isEmpty();
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (1)"));
			run(connection, "INSERT INTO item VALUES (4) RETURNING id");
			try (PreparedStatement delete = connection.prepareStatement("DELETE FROM item")) {
				assertThat(delete.executeBatch()).isEmpty();
			}
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (1)"));
			run(connection, "INSERT INTO item SELECT 5, set_config('pristine.name', 'z', false)");
			try (PreparedStatement insert = connection
				.prepareStatement("INSERT INTO item SELECT 6, set_config(?, 'z', false)")) {
				insert.setString(1, "pristine.name");
				assertThat(insert.executeUpdate()).isOne();
			}
			assertThat(ids(connection)).isEqualTo("1,2,3,4,5,6");
		}
	}

	@Test
	void testMayBeginWithWhatNeverReachesTheServer() throws SQLException {
		try (Connection connection = this.sandbox.connect();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
			connection.createArrayOf("int4", new Integer[] { 1 });
			assertSqlState("22023", insert::executeUpdate);
			run(connection, "INSERT INTO item VALUES (1)");
		}
		assertThat(this.sandbox.rollback(this.test)).isEmpty();
		this.sandbox.begin(this.test);
	}

	@Test
	void savepointsOfAutoCommitDoNotPileUp() throws SQLException {
		savepointsOfAutoCommitDoNotPileUpBeyond(0);
	}

	private void savepointsOfAutoCommitDoNotPileUpBeyond(int first) throws SQLException {
		// From then on it is known that there are no deferred constraints
		run(this.sandbox.connect(), "DELETE FROM item WHERE id < 0");
		try (Connection connection = this.sandbox.connect();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
			long before = count(connection);
			for (int i = 0; i < 1000; i++) {
				insert.setInt(1, 10 + first + i);
				insert.executeUpdate();
			}
			assertThat(count(connection)).isEqualTo(before + 1000);
			assertThat(single(connection, SAVEPOINTS)).isLessThan(200);
			connection.setAutoCommit(false);
			for (int i = 1000; i < 1300; i++) {
				insert.setInt(1, 10 + first + i);
				insert.executeUpdate();
				run(connection, "UPDATE item SET name = 'y' WHERE id = " + i);
			}
			assertThat(single(connection, SAVEPOINTS)).isLessThan(200);
			connection.commit();
		}
	}

	@Test
	void rollsBackTransactionOfTheApplication() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "INSERT INTO item VALUES (1)");
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (2)");
			connection.rollback();
			run(connection, "INSERT INTO item VALUES (3)");
			connection.commit();
			connection.setAutoCommit(true);
			assertThat(ids(connection)).isEqualTo("1,3");
		}
	}

	@Test
	void abortsTransactionAfterError() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (1)");
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (1)"));
			assertSqlState("25P02", () -> run(connection, "INSERT INTO item VALUES (2)"));
			connection.commit();
			assertThat(count(connection)).isZero();
		}
	}

	@Test
	void opensCursorInTransactionOnly() throws SQLException {
		try (Connection connection = this.sandbox.connect(); Statement statement = connection.createStatement()) {
			run(connection, "INSERT INTO item SELECT generate_series(1, 10)");
			statement.setFetchSize(2);
			ResultSet inAutoCommit = statement.executeQuery("SELECT id FROM item ORDER BY id");
			inAutoCommit.next();
			assertThat(single(connection, "SELECT count(*) FROM pg_cursors WHERE name LIKE 'C\\_%'")).isZero();
			assertThat(statement.getFetchSize()).isEqualTo(2);
			connection.setAutoCommit(false);
			ResultSet inTransaction = statement.executeQuery("SELECT id FROM item ORDER BY id");
			inTransaction.next();
			assertThat(single(connection, "SELECT count(*) FROM pg_cursors WHERE name LIKE 'C\\_%'")).isOne();
			inTransaction.next();
			connection.commit();
			assertSqlState("34000", inTransaction::next);
		}
	}

	@Test
	void userSavepointsWork() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			assertSqlState("25P01", connection::setSavepoint);
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (1)");
			Savepoint savepoint = connection.setSavepoint("mine");
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (1)"));
			connection.rollback(savepoint);
			run(connection, "INSERT INTO item VALUES (2)");
			connection.releaseSavepoint(connection.setSavepoint());
			connection.commit();
			assertSqlState("25P01", () -> connection.rollback(savepoint));
			assertThat(ids(connection)).isEqualTo("1,2");
		}
	}

	@Test
	void userSavepointMayEndAroundInnerTransaction() throws SQLException {
		try (Connection outer = this.sandbox.connect(); Connection inner = this.sandbox.connect()) {
			outer.setAutoCommit(false);
			inner.setAutoCommit(false);
			run(outer, "INSERT INTO item VALUES (1)");
			Savepoint savepoint = outer.setSavepoint();
			run(inner, "INSERT INTO item VALUES (2)");
			inner.rollback();
			outer.rollback(savepoint);
			run(inner, "INSERT INTO item VALUES (3)");
			inner.commit();
			outer.commit();
			assertThat(ids(outer)).isEqualTo("1,3");
		}
	}

	@Test
	void obeysLiteralTransactionCommands() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "BEGIN");
			run(connection, "INSERT INTO item VALUES (1)");
			run(connection, "ROLLBACK");
			run(connection, "START TRANSACTION READ ONLY");
			assertSqlState("25006", () -> run(connection, "INSERT INTO item VALUES (1)"));
			run(connection, "COMMIT");
			run(connection, "/* mine */ begin");
			run(connection, "INSERT INTO item VALUES (2)");
			run(connection, "END");
			assertThat(connection.getAutoCommit()).isTrue();
			assertThat(ids(connection)).isEqualTo("2");
			assertSqlState("25P01", () -> run(connection, "SAVEPOINT x"));
			assertSqlState("0A000", () -> run(connection, "BEGIN; INSERT INTO item VALUES (3); COMMIT"));
			assertSqlState("0A000", () -> run(connection, "PREPARE TRANSACTION 'x'"));
			assertThat(ids(connection)).isEqualTo("2");
		}
	}

	@Test
	void innerTransactionOfSecondConnectionIsNested() throws SQLException {
		try (Connection outer = this.sandbox.connect(); Connection inner = this.sandbox.connect()) {
			outer.setAutoCommit(false);
			inner.setAutoCommit(false);
			run(outer, "INSERT INTO item VALUES (1)");
			run(inner, "INSERT INTO item VALUES (2)");
			inner.rollback();
			run(inner, "INSERT INTO item VALUES (3)");
			inner.commit();
			run(outer, "INSERT INTO item VALUES (4)");
			outer.commit();
			assertThat(ids(outer)).isEqualTo("1,3,4");
		}
	}

	@Test
	void innerCommitUndoneByOuterRollbackIsWarnedAbout(CapturedOutput output) throws SQLException {
		try (Connection outer = this.sandbox.connect(); Connection inner = this.sandbox.connect()) {
			outer.setAutoCommit(false);
			inner.setAutoCommit(false);
			run(outer, "INSERT INTO item VALUES (1)");
			run(inner, "INSERT INTO item VALUES (2)");
			inner.commit();
			outer.rollback();
			assertThat(count(outer)).isZero();
		}
		assertThat(output).contains("OrderTests.places: A commit on a second connection [INSERT INTO item VALUES (2)]"
				+ " was undone by the rollback of the transaction around it [INSERT INTO item VALUES (1)]");
	}

	@Test
	void innerCommitSurvivesRollbackOfOuterThatHasOnlyRead(CapturedOutput output) throws SQLException {
		try (Connection outer = this.sandbox.connect(); Connection inner = this.sandbox.connect()) {
			outer.setAutoCommit(false);
			inner.setAutoCommit(false);
			assertThat(count(outer)).isZero();
			run(inner, "INSERT INTO item VALUES (2)");
			inner.commit();
			run(outer, "INSERT INTO item VALUES (3)");
			outer.rollback();
			assertThat(ids(outer)).isEqualTo("2");
		}
		assertThat(output).doesNotContain("second connection");
	}

	@Test
	void innerCommitSurvivesRollbackOfOuterThatHasFailed() throws SQLException {
		try (Connection outer = this.sandbox.connect(); Connection inner = this.sandbox.connect()) {
			outer.setAutoCommit(false);
			inner.setAutoCommit(false);
			run(outer, "INSERT INTO item VALUES (1)");
			assertSqlState("23505", () -> run(outer, "INSERT INTO item VALUES (1)"));
			run(inner, "INSERT INTO item VALUES (2)");
			inner.commit();
			assertSqlState("25P02", () -> run(outer, "INSERT INTO item VALUES (3)"));
			outer.rollback();
			assertThat(ids(outer)).isEqualTo("2");
		}
	}

	@Test
	void overlappingTransactionsAreRefused() throws SQLException {
		try (Connection first = this.sandbox.connect(); Connection second = this.sandbox.connect()) {
			first.setAutoCommit(false);
			second.setAutoCommit(false);
			run(first, "INSERT INTO item VALUES (1)");
			run(second, "INSERT INTO item VALUES (2)");
			assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(first::commit)
				.withMessageContaining("INSERT INTO item VALUES (2)")
				.withMessageContaining("@IsolationMode(TestIsolation.TRUNCATE)");
			second.rollback();
			first.commit();
			assertThat(ids(first)).isEqualTo("1");
		}
	}

	@Test
	void otherThreadWaitsForTransactionAndIsTold() throws Exception {
		try (Connection connection = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (1)");
			CompletableFuture<Long> other = CompletableFuture.supplyAsync(this::countFromOtherConnection);
			Throwable thrown = catchThrowableOfType(ExecutionException.class, () -> other.get(5, TimeUnit.SECONDS));
			assertThat(thrown).rootCause()
				.isInstanceOf(SQLTransientConnectionException.class)
				.hasMessageContaining("waited 500 ms")
				.hasMessageContaining("thread '" + Thread.currentThread().getName() + "'")
				.hasMessageContaining("INSERT INTO item VALUES (1)")
				.hasMessageContaining("otherThreadWaitsForTransactionAndIsTold")
				.hasMessageContaining("@IsolationMode(TestIsolation.TRUNCATE)");
			connection.commit();
			assertThat(CompletableFuture.supplyAsync(this::countFromOtherConnection).get()).isOne();
		}
	}

	@Test
	void testManagedTransactionLetsOtherThreadsIn() throws Exception {
		this.testManaged = true;
		try (Connection connection = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (1)");
			this.testManaged = false;
			CompletableFuture.runAsync(() -> {
				try (Connection server = this.sandbox.connect()) {
					server.setAutoCommit(false);
					assertThat(count(server)).isOne();
					run(server, "INSERT INTO item VALUES (2)");
					server.commit();
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			}).get(5, TimeUnit.SECONDS);
			assertThat(ids(connection)).isEqualTo("1,2");
			connection.rollback();
			assertThat(count(connection)).isZero();
		}
	}

	@Test
	void overlappingWithTestManagedTransactionIsRefusedAtOnce() throws SQLException {
		open(database.connect(), Duration.ofMinutes(1));
		this.testManaged = true;
		try (Connection outer = this.sandbox.connect(); Connection inner = this.sandbox.connect()) {
			outer.setAutoCommit(false);
			run(outer, "INSERT INTO item VALUES (1)");
			this.testManaged = false;
			inner.setAutoCommit(false);
			run(inner, "INSERT INTO item VALUES (2)");
			assertSqlState("0A000", () -> run(outer, "INSERT INTO item VALUES (3)"));
			inner.commit();
			assertThat(ids(outer)).isEqualTo("1,2");
			outer.rollback();
		}
	}

	@Test
	void testWaitsForTransactionOfServerThread() throws Exception {
		this.testManaged = true;
		CountDownLatch written = new CountDownLatch(1);
		try (Connection connection = this.sandbox.connect(); Connection server = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (1)");
			this.testManaged = false;
			Thread thread = new Thread(() -> {
				try {
					server.setAutoCommit(false);
					run(server, "INSERT INTO item VALUES (2)");
					written.countDown();
					run(server, "SELECT pg_sleep(0.2)");
					server.commit();
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			});
			thread.start();
			written.await();
			assertThat(ids(connection)).isEqualTo("1,2");
			thread.join();
		}
	}

	@Test
	void waitingIsFairAndQuiet() throws Exception {
		open(database.connect(), Duration.ofSeconds(10));
		StringBuffer order = new StringBuffer();
		Thread[] threads = new Thread[5];
		try (Connection connection = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (1)");
			for (int i = 0; i < threads.length; i++) {
				int number = i;
				threads[i] = new Thread(() -> {
					try (Connection other = this.sandbox.connect()) {
						other.setAutoCommit(false);
						run(other, "INSERT INTO numbered (name) VALUES ('x')");
						order.append(number);
						other.commit();
					}
					catch (SQLException ex) {
						order.append(ex);
					}
				});
				threads[i].start();
				while (threads[i].getState() != Thread.State.TIMED_WAITING) {
					Thread.onSpinWait();
				}
			}
			long[] ids = Arrays.stream(threads).mapToLong(Thread::getId).toArray();
			long waits = waits(ids);
			for (int i = 2; i < 50; i++) {
				run(connection, "INSERT INTO item VALUES (" + i + ")");
			}
			// A thread shows that it waits before it is counted
			assertThat(waits(ids) - waits).as("waits that ended in vain").isLessThanOrEqualTo(threads.length);
			connection.commit();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(order).hasToString("01234");
	}

	@Test
	void threadsThatShareTransactionDoNotWaitForOthers() throws Exception {
		open(database.connect(), Duration.ofSeconds(10));
		try (Connection shared = this.sandbox.connect()) {
			shared.setAutoCommit(false);
			run(shared, "INSERT INTO item VALUES (1)");
			CompletableFuture<Void> running = new CompletableFuture<>();
			start(() -> run(shared, "SELECT pg_sleep(0.5)"), running);
			awaitRunning("pg_sleep(0.5)");
			CompletableFuture<Void> other = startAndWait(this::insertNumbered);
			startAndWait(() -> run(shared, "INSERT INTO item VALUES (2)")).get(8, TimeUnit.SECONDS);
			running.get(8, TimeUnit.SECONDS);
			assertThat(other).isNotDone();
			assertThat(ids(shared)).isEqualTo("1,2");
			shared.commit();
			other.get(8, TimeUnit.SECONDS);
		}
	}

	@Test
	void threadWhoseConnectionIsClosedDoesNotKeepOthersWaiting() throws Exception {
		open(database.connect(), Duration.ofSeconds(10));
		try (Connection holder = this.sandbox.connect(); Connection closed = this.sandbox.connect()) {
			holder.setAutoCommit(false);
			run(holder, "INSERT INTO item VALUES (1)");
			CompletableFuture<Void> first = startAndWait(() -> run(closed, "INSERT INTO item VALUES (2)"));
			CompletableFuture<Void> second = startAndWait(this::insertNumbered);
			closed.close();
			holder.commit();
			assertThatThrownBy(() -> first.get(8, TimeUnit.SECONDS)).hasStackTraceContaining("has been closed");
			second.get(8, TimeUnit.SECONDS);
			assertThat(ids(holder)).isEqualTo("1");
		}
	}

	@Test
	void workThatGoesOnIsNamedAndCutOff() throws Exception {
		CountDownLatch written = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		CompletableFuture<Throwable> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try (Connection connection = this.sandbox.connect()) {
				connection.setAutoCommit(false);
				run(connection, "INSERT INTO item VALUES (1)");
				written.countDown();
				ended.await();
				run(connection, "INSERT INTO item VALUES (2)");
				result.complete(null);
			}
			catch (Throwable ex) {
				result.complete(ex);
			}
		}, "straggler");
		thread.start();
		written.await();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.sandbox.rollback(this.test))
			.withMessageContaining("thread 'straggler'")
			.withMessageContaining("INSERT INTO item VALUES (1)")
			.withMessageContaining("CountDownLatch.await");
		this.sandbox.begin(this.test);
		ended.countDown();
		assertThat(result.get(5, TimeUnit.SECONDS)).isInstanceOf(SQLException.class)
			.hasMessageContaining("OrderTests.places has ended");
		try (Connection connection = this.sandbox.connect()) {
			assertThat(count(connection)).isZero();
		}
	}

	@Test
	void statementThatGoesOnIsCancelled() throws Exception {
		try (Connection connection = this.sandbox.connect()) {
			CompletableFuture<Throwable> result = new CompletableFuture<>();
			Thread thread = new Thread(() -> {
				try {
					run(connection, "SELECT pg_sleep(60)");
				}
				catch (Throwable ex) {
					result.complete(ex);
				}
			}, "sleeper");
			thread.start();
			awaitRunning("pg_sleep(60)");
			assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.sandbox.rollback(this.test))
				.withMessageContaining("thread 'sleeper'")
				.withMessageContaining("pg_sleep(60)");
			assertThat(result.get(5, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
		}
	}

	@Test
	void workThatEndsInTimeIsWaitedFor() throws Exception {
		CountDownLatch written = new CountDownLatch(1);
		Thread thread = new Thread(() -> {
			try (Connection connection = this.sandbox.connect()) {
				connection.setAutoCommit(false);
				run(connection, "INSERT INTO item VALUES (1)");
				written.countDown();
				run(connection, "SELECT pg_sleep(0.2)");
				connection.commit();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		thread.start();
		written.await();
		this.sandbox.rollback(this.test);
		this.sandbox.begin(this.test);
		thread.join();
	}

	@Test
	void connectionLeftOpenInTransactionIsCutOff(CapturedOutput output) throws SQLException {
		Connection inTransaction = this.sandbox.connect();
		inTransaction.setAutoCommit(false);
		run(inTransaction, "INSERT INTO item VALUES (1)");
		Connection kept = this.sandbox.connect();
		this.sandbox.rollback(this.test);
		this.sandbox.begin(this.test);
		assertSqlState("08003", () -> run(inTransaction, "INSERT INTO item VALUES (2)"));
		assertThat(inTransaction.isClosed()).isTrue();
		inTransaction.close();
		assertThat(output).contains("was still open at the end of the test");
		// An application may keep a connection for its whole life
		run(kept, "INSERT INTO item VALUES (1)");
	}

	@Test
	void nestedScopeKeepsWhatTheOuterOneWrote() throws SQLException {
		TestScope inner = new TestScope("OrderTests.inner", TestIsolation.TRANSACTION);
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "INSERT INTO item VALUES (1)");
			for (int i = 0; i < 3; i++) {
				this.sandbox.begin(inner);
				run(connection, "INSERT INTO item VALUES (2)");
				this.sandbox.rollback(inner);
				assertThat(ids(connection)).isEqualTo("1");
			}
		}
	}

	@Test
	void scopesWithoutStatementsShareTheirStart() throws SQLException {
		TestScope inner = new TestScope("OrderTests.inner", TestIsolation.TRANSACTION);
		TestScope innermost = new TestScope("OrderTests.innermost", TestIsolation.TRANSACTION);
		try (Connection connection = this.sandbox.connect()) {
			this.sandbox.begin(inner);
			this.sandbox.begin(innermost);
			run(connection, "INSERT INTO item VALUES (1)");
			this.sandbox.rollback(innermost);
			assertThat(count(connection)).isZero();
			run(connection, "INSERT INTO item VALUES (2)");
			this.sandbox.begin(innermost);
			run(connection, "INSERT INTO item VALUES (3)");
			this.sandbox.rollback(innermost);
			assertThat(ids(connection)).isEqualTo("2");
			this.sandbox.rollback(inner);
			assertThat(count(connection)).isZero();
		}
	}

	@Test
	void scopeWithoutStatementsEndsAfterOneThatSharedItsStart() throws SQLException {
		TestScope inner = new TestScope("OrderTests.inner", TestIsolation.TRANSACTION);
		TestScope innermost = new TestScope("OrderTests.innermost", TestIsolation.TRANSACTION);
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "INSERT INTO item VALUES (1)");
			this.sandbox.begin(inner);
			this.sandbox.begin(innermost);
			run(connection, "INSERT INTO item VALUES (2)");
			this.sandbox.rollback(innermost);
			this.sandbox.rollback(inner);
			assertThat(ids(connection)).isEqualTo("1");
		}
	}

	@Test
	void tellsUsedSequences() throws SQLException {
		long serial;
		try (Connection connection = this.sandbox.connect()) {
			serial = single(connection, "SELECT 'numbered_id_seq'::regclass::oid");
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO numbered (name) VALUES ('x')");
			connection.rollback();
		}
		assertThat(this.sandbox.rollback(this.test)).isEqualTo(Set.of(serial));
		this.sandbox.begin(this.test);
		assertThat(this.sandbox.rollback(this.test)).isEmpty();
		this.sandbox.begin(this.test);
	}

	@Test
	void tellsUsedSequencesOfAbortedTransaction() throws SQLException {
		Connection connection = this.sandbox.connect();
		connection.setAutoCommit(false);
		run(connection, "SELECT nextval('cached')");
		assertSqlState("42601", () -> run(connection, "NONSENSE"));
		assertThat(this.sandbox.rollback(this.test)).hasSize(1);
		this.sandbox.begin(this.test);
	}

	@Test
	void forgetsCachedSequenceValues() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "SELECT nextval('cached')");
		}
		this.sandbox.rollback(this.test);
		try (Connection connection = database.connect()) {
			run(connection, "SELECT setval('cached', 1, false)");
		}
		this.sandbox.begin(this.test);
		try (Connection connection = this.sandbox.connect()) {
			assertThat(single(connection, "SELECT nextval('cached')")).isOne();
		}
	}

	@Test
	void readOnlyTransactionRefusesWrites() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			connection.setReadOnly(true);
			connection.setAutoCommit(false);
			assertThat(connection.isReadOnly()).isTrue();
			assertThat(count(connection)).isZero();
			assertSqlState("25001", () -> connection.setReadOnly(false));
			assertSqlState("25006", () -> run(connection, "INSERT INTO item VALUES (1)"));
			connection.rollback();
			connection.setReadOnly(false);
			run(connection, "INSERT INTO item VALUES (1)");
			connection.commit();
			connection.setReadOnly(true);
			assertThat(count(connection)).isOne();
			connection.commit();
			connection.setAutoCommit(true);
			run(connection, "INSERT INTO item VALUES (2)");
		}
	}

	@Test
	void readOnlyOuterDoesNotHinderInner() throws SQLException {
		try (Connection outer = this.sandbox.connect(); Connection inner = this.sandbox.connect()) {
			outer.setReadOnly(true);
			outer.setAutoCommit(false);
			assertThat(count(outer)).isZero();
			run(inner, "INSERT INTO item VALUES (1)");
			assertThat(count(outer)).isOne();
			assertSqlState("25006", () -> run(outer, "INSERT INTO item VALUES (1)"));
		}
	}

	@Test
	void deferredConstraintsSpeakAtCommit() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "CREATE TABLE parent (id int PRIMARY KEY)");
			run(connection, "CREATE TABLE child (parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
			assertSqlState("23503", () -> run(connection, "INSERT INTO child VALUES (1)"));
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO child VALUES (1)");
			assertSqlState("23503", connection::commit);
			assertThat(single(connection, "SELECT count(*) FROM child")).isZero();
			run(connection, "INSERT INTO child VALUES (1)");
			run(connection, "INSERT INTO parent VALUES (1)");
			connection.commit();
			run(connection, "INSERT INTO child VALUES (2)");
			assertSqlState("23503", connection::commit);
			assertThat(single(connection, "SELECT count(*) FROM child")).isOne();
		}
	}

	@Test
	void settingsStayWithTheirConnection() throws SQLException {
		try (Connection first = this.sandbox.connect(); Connection second = this.sandbox.connect()) {
			run(first, "SET statement_timeout = '7s'");
			assertThat(string(second, "SHOW statement_timeout")).isEqualTo("0");
			assertThat(string(first, "SHOW statement_timeout")).isEqualTo("7s");
			first.setSchema("pg_catalog");
			assertThat(second.getSchema()).isEqualTo("public");
			assertThat(first.getSchema()).isEqualTo("pg_catalog");
		}
		try (Connection third = this.sandbox.connect()) {
			assertThat(string(third, "SHOW statement_timeout")).isEqualTo("0");
			assertThat(third.getSchema()).isEqualTo("public");
		}
	}

	@Test
	void failureDoesNotBringSettingsBackThatHaveEnded() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			try (Connection closed = this.sandbox.connect()) {
				run(closed, "SET statement_timeout = '7s'");
				run(closed, "SELECT 1");
			}
			assertSqlState("22012", () -> run(connection, "SELECT 1 / 0"));
			assertThat(string(connection, "SHOW statement_timeout")).isEqualTo("0");
			try (Connection committed = this.sandbox.connect()) {
				committed.setAutoCommit(false);
				run(committed, "SET LOCAL statement_timeout = '7s'");
				run(connection, "SELECT 1");
				committed.commit();
			}
			assertSqlState("22012", () -> run(connection, "SELECT 1 / 0"));
			assertThat(string(connection, "SHOW statement_timeout")).isEqualTo("0");
		}
	}

	@Test
	void localSettingsEndWithTheirTransaction() throws SQLException {
		try (Connection connection = this.sandbox.connect();
				PreparedStatement tenant = connection.prepareStatement("SELECT set_config(?, ?, true)")) {
			connection.setAutoCommit(false);
			run(connection, "SET LOCAL statement_timeout = '7s'");
			tenant.setString(1, "app.tenant");
			tenant.setString(2, "acme");
			tenant.execute();
			assertThat(string(connection, "SHOW statement_timeout")).isEqualTo("7s");
			assertThat(string(connection, "SELECT current_setting('app.tenant', true)")).isEqualTo("acme");
			connection.commit();
			assertThat(string(connection, "SHOW statement_timeout")).isEqualTo("0");
			assertThat(string(connection, "SELECT current_setting('app.tenant', true)")).isNullOrEmpty();
		}
	}

	@Test
	void copyWorksAndItsFailureHarmsNothing() throws Exception {
		try (Connection connection = this.sandbox.connect()) {
			PGConnection postgres = connection.unwrap(PGConnection.class);
			assertThat(postgres.getCopyAPI().copyIn("COPY item FROM STDIN", new StringReader("1\ta\n2\tb\n")))
				.isEqualTo(2);
			assertSqlState("23505",
					() -> postgres.getCopyAPI().copyIn("COPY item FROM STDIN", new StringReader("3\ta\n1\tb\n")));
			assertThat(ids(connection)).isEqualTo("1,2");
			CopyIn copy = new org.postgresql.copy.CopyManager(connection.unwrap(BaseConnection.class))
				.copyIn("COPY item FROM STDIN");
			byte[] row = "4\tx\n".getBytes(StandardCharsets.UTF_8);
			copy.writeToCopy(row, 0, row.length);
			copy.cancelCopy();
			assertThat(ids(connection)).isEqualTo("1,2");
			connection.setAutoCommit(false);
			postgres.getCopyAPI().copyIn("COPY item FROM STDIN", new StringReader("5\ta\n"));
			connection.rollback();
			assertThat(ids(connection)).isEqualTo("1,2");
		}
	}

	@Test
	void copyThatGoesOnNeverHangsAnything() throws Exception {
		byte[] row = "4\tx\n".getBytes(StandardCharsets.UTF_8);
		for (boolean autoCommit : new boolean[] { true, false }) {
			try (Connection connection = this.sandbox.connect(); Connection other = this.sandbox.connect()) {
				connection.setAutoCommit(autoCommit);
				CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY item FROM STDIN");
				copy.writeToCopy(row, 0, row.length);
				assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
					.isThrownBy(() -> run(other, "SELECT 1"))
					.withMessageContaining("COPY goes on");
				assertThat(copy.isActive()).isTrue();
			}
		}
		Connection connection = this.sandbox.connect();
		CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY item FROM STDIN");
		copy.writeToCopy(row, 0, row.length);
		this.sandbox.rollback(this.test);
		this.sandbox.begin(this.test);
		assertThatThrownBy(() -> copy.writeToCopy(row, 0, row.length)).isInstanceOf(SQLException.class);
	}

	@Test
	void largeObjectsWorkInTransactionOnly() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			LargeObjectManager largeObjects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
			assertSqlState("25P01", largeObjects::createLO);
			connection.setAutoCommit(false);
			long oid = largeObjects.createLO();
			try (LargeObject largeObject = largeObjects.open(oid)) {
				largeObject.write(new byte[] { 1, 2, 3 });
			}
			connection.commit();
			try (LargeObject largeObject = largeObjects.open(oid)) {
				assertThat(largeObject.read(10)).containsExactly(1, 2, 3);
			}
		}
	}

	@Test
	void returnsGeneratedKeysAndBatchCounts() throws SQLException {
		try (Connection connection = this.sandbox.connect();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO numbered (name) VALUES (?)",
						Statement.RETURN_GENERATED_KEYS)) {
			for (String name : new String[] { "a", "b" }) {
				insert.setString(1, name);
				insert.addBatch();
			}
			assertThat(insert.executeBatch()).containsExactly(1, 1);
			try (ResultSet keys = insert.getGeneratedKeys()) {
				assertThat(keys.next()).isTrue();
				assertThat(keys.getStatement()).isSameAs(insert);
			}
			try (Statement statement = connection.createStatement()) {
				statement.addBatch("INSERT INTO item VALUES (1)");
				statement.addBatch("INSERT INTO item VALUES (1)");
				assertThatExceptionOfType(BatchUpdateException.class).isThrownBy(statement::executeBatch);
				assertThat(count(connection)).isZero();
				assertSqlState("0A000", () -> statement.addBatch("COMMIT"));
			}
		}
	}

	@Test
	void statementsBelongToTheirConnection() throws SQLException {
		Connection connection = this.sandbox.connect();
		Statement statement = connection.createStatement();
		assertThat(statement.getConnection()).isSameAs(connection);
		assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
		assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
		assertThat(connection.isValid(1)).isTrue();
		connection.close();
		connection.close();
		assertThat(connection.isClosed()).isTrue();
		assertThat(connection.isValid(1)).isFalse();
		assertThat(statement.isClosed()).isTrue();
		assertSqlState("08003", connection::createStatement);
		assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
	}

	@Test
	void closeRollsBack() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (1)");
		}
		try (Connection connection = this.sandbox.connect()) {
			assertThat(count(connection)).isZero();
		}
	}

	@Test
	void temporaryTableAndCursorEndWithTheirTransaction() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			for (int i = 0; i < 2; i++) {
				run(connection, "CREATE TEMP TABLE scratch ON COMMIT DROP AS SELECT 1");
				run(connection, "CREATE TEMP TABLE scratch2 (id int) ON COMMIT DROP");
				run(connection, "DECLARE mine CURSOR FOR SELECT 1");
				connection.commit();
			}
			assertSqlState("34000", () -> run(connection, "FETCH mine"));
		}
	}

	@Test
	void whatNeedsRealCommitIsRefusedWithHint() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			for (String sql : new String[] { "VACUUM", "CREATE INDEX CONCURRENTLY i ON item (name)",
					"CREATE DATABASE other", "ALTER SYSTEM SET work_mem = '1MB'" }) {
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(connection, sql))
					.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("25001"))
					.withMessageContaining("TestIsolation.DATABASE");
			}
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(connection, "CALL commits()"))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("2D000"))
				.withMessageContaining("TestIsolation.TRUNCATE");
			assertThat(count(connection)).isZero();
		}
	}

	@Test
	void whatDiffersIsWarnedAboutOnce(CapturedOutput output) throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			for (int i = 0; i < 2; i++) {
				run(connection, "NOTIFY here");
				run(connection, "LISTEN here");
				connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
				assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
				run(connection, "SELECT pg_advisory_lock(1)");
			}
			connection.setAutoCommit(false);
			run(connection, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
			connection.commit();
		}
		this.sandbox.rollback(this.test);
		this.sandbox.begin(this.test);
		assertThat(output).containsOnlyOnce("NOTIFY is delivered")
			.containsOnlyOnce("LISTEN begins")
			.containsOnlyOnce("isolation level above")
			.containsOnlyOnce("advisory lock is used");
		try (Connection connection = this.sandbox.connect()) {
			assertThat(single(connection, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).isZero();
		}
	}

	@Test
	void preparedStatementSurvivesUndoneSchemaChange() throws SQLException {
		for (int i = 0; i < 2; i++) {
			try (Connection connection = this.sandbox.connect()) {
				if (i == 0) {
					run(connection, "ALTER TABLE item ADD COLUMN more int");
				}
				connection.setAutoCommit(false);
				for (int j = 0; j < 10; j++) {
					try (PreparedStatement select = connection.prepareStatement("SELECT * FROM item");
							ResultSet rows = select.executeQuery()) {
						assertThat(rows.getMetaData().getColumnCount()).isEqualTo((i == 0) ? 3 : 2);
					}
				}
			}
			this.sandbox.rollback(this.test);
			this.sandbox.begin(this.test);
		}
	}

	@Test
	void lostServerIsAnError() throws SQLException {
		Connection connection = this.sandbox.connect();
		long pid = single(connection, "SELECT pg_backend_pid()");
		try (Connection other = database.connect()) {
			run(other, "SELECT pg_terminate_backend(" + pid + ")");
		}
		assertThatThrownBy(() -> run(connection, "SELECT 1")).isInstanceOf(SQLException.class);
		assertThatThrownBy(() -> run(connection, "SELECT 1")).isInstanceOf(SQLException.class);
		assertThat(connection.isValid(1)).isFalse();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.sandbox.rollback(this.test));
	}

	@Test
	void refusesStatementsOutsideOfTests() throws SQLException {
		this.sandbox.rollback(this.test);
		try (Connection connection = this.sandbox.connect()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> run(connection, "INSERT INTO item VALUES (1)"))
				.withMessageContaining("No test is running");
		}
	}

	@Test
	void noticesThatTheTransactionWasEndedFromOutside() throws SQLException {
		endFromOutside();
		endFromOutside("SELECT 1");
	}

	private void endFromOutside(String... then) throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "SELECT 1");
			connection.unwrap(org.postgresql.jdbc.PgConnection.class).commit();
			for (String sql : then) {
				run(connection, sql);
			}
		}
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.sandbox.rollback(this.test))
			.withMessageContaining("was ended by something that did not pass through the sandbox");
		begin();
	}

	@Test
	void worksWithConnectionThatCleansUpItsSavepoints() throws SQLException {
		Properties properties = new Properties();
		properties.setProperty("user", database.username());
		properties.setProperty("password", database.password());
		properties.setProperty("cleanupSavepoints", "true");
		open(DriverManager.getConnection(database.url(), properties), Duration.ofMillis(500));
		failingStatementInAutoCommitHarmsNothing();
		try (Connection connection = this.sandbox.connect()) {
			assertSqlState("22012", () -> run(connection, "SELECT 1 / 0"));
			assertSqlState("22012", () -> run(connection, "SELECT 1 / 0"));
			assertThat(count(connection)).isOne();
		}
		savepointsOfAutoCommitDoNotPileUpBeyond(1000);
	}

	@Test
	void worksOnConnectionOfPool() throws SQLException {
		try (HikariDataSource pool = pool()) {
			open(pool.getConnection(), Duration.ofMillis(500));
			failingStatementInAutoCommitHarmsNothing();
			try (Connection connection = this.sandbox.connect()) {
				assertThat(connection.unwrap(PGConnection.class)).isSameAs(connection);
				connection.setAutoCommit(false);
				run(connection, "INSERT INTO item VALUES (5)");
				connection.commit();
			}
			this.sandbox.rollback(this.test);
			this.sandbox.close();
			try (Connection connection = pool.getConnection()) {
				assertThat(connection.getAutoCommit()).isTrue();
				assertThat(count(connection)).isZero();
			}
			begin();
		}
	}

	@Test
	void poolDoesNotLendLostConnectionAgain() throws SQLException {
		try (HikariDataSource pool = pool()) {
			open(pool.getConnection(), Duration.ofMillis(500));
			try (Connection connection = this.sandbox.connect(); Connection other = database.connect()) {
				run(other, "SELECT pg_terminate_backend(" + single(connection, "SELECT pg_backend_pid()") + ")");
				assertThatThrownBy(() -> run(connection, "SELECT 1")).isInstanceOf(SQLException.class);
			}
			begin();
			try (Connection connection = pool.getConnection()) {
				assertThat(count(connection)).isZero();
			}
		}
	}

	@Test
	void closeCutsOffWorkThatGoesOn() throws Exception {
		Connection connection = this.sandbox.connect();
		connection.setAutoCommit(false);
		CountDownLatch end = new CountDownLatch(1);
		CountDownLatch written = new CountDownLatch(1);
		Thread thread = new Thread(() -> {
			try {
				run(connection, "INSERT INTO item VALUES (1)");
				written.countDown();
				end.await();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, "straggler");
		thread.start();
		written.await();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(this.sandbox::close)
			.withMessageContaining("straggler");
		end.countDown();
		thread.join();
		assertSqlState("08003", () -> run(connection, "SELECT 1"));
		begin();
	}

	@Test
	void scopeDoesNotStartInsideOfOpenTransaction() throws SQLException {
		TestScope inner = new TestScope("OrderTests.inner", TestIsolation.TRANSACTION);
		try (Connection connection = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			this.sandbox.begin(inner);
			this.sandbox.rollback(inner);
			run(connection, "INSERT INTO item VALUES (1)");
			assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.sandbox.begin(inner))
				.withMessageContaining("INSERT INTO item VALUES (1)");
			connection.commit();
			this.sandbox.begin(inner);
			this.sandbox.rollback(inner);
			assertThat(count(connection)).isOne();
		}
	}

	@Test
	void recognisesTransactionOfTest() {
		TestManagedTransaction testManaged = new TestManagedTransaction();
		TransactionSynchronizationManager.setActualTransactionActive(true);
		try {
			TransactionSynchronizationManager.setCurrentTransactionName("OrderTests.places");
			assertThat(testManaged).accepts(this.test);
			TransactionSynchronizationManager.setCurrentTransactionName("OrderService.place");
			assertThat(testManaged).rejects(this.test);
		}
		finally {
			TransactionSynchronizationManager.clear();
		}
		assertThat(testManaged).rejects(this.test);
	}

	@Test
	void rollbackOfTestManagedTransactionIsNoReasonToWarn(CapturedOutput output) throws SQLException {
		this.testManaged = true;
		try (Connection connection = this.sandbox.connect(); Connection server = this.sandbox.connect()) {
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO item VALUES (1)");
			run(server, "UPDATE item SET name = 'y'");
			connection.rollback();
			assertThat(count(connection)).isZero();
		}
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void networkTimeoutAndApplicationNameStayWithTheirConnection() throws SQLException {
		try (Connection first = this.sandbox.connect(); Connection second = this.sandbox.connect()) {
			first.setNetworkTimeout(Runnable::run, 200);
			first.setClientInfo("ApplicationName", "mine");
			assertThat(first.getNetworkTimeout()).isEqualTo(200);
			assertThat(second.getNetworkTimeout()).isZero();
			assertThat(string(second, "SHOW application_name")).isNotEqualTo("mine");
			assertThat(string(first, "SHOW application_name")).isEqualTo("mine");
			run(second, "SELECT pg_sleep(0.4)");
			assertThatThrownBy(() -> run(first, "SELECT pg_sleep(10)")).isInstanceOf(SQLException.class);
		}
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.sandbox.rollback(this.test));
	}

	@Test
	void abortEndsStatementAndTransactionOfItsConnectionOnly() throws Exception {
		try (Connection connection = this.sandbox.connect(); Connection other = this.sandbox.connect()) {
			run(other, "INSERT INTO item VALUES (1)");
			CompletableFuture<Throwable> result = new CompletableFuture<>();
			Thread thread = new Thread(() -> {
				try {
					connection.setAutoCommit(false);
					run(connection, "INSERT INTO item VALUES (2)");
					run(connection, "SELECT pg_sleep(61)");
				}
				catch (Throwable ex) {
					result.complete(ex);
				}
			});
			thread.start();
			awaitRunning("pg_sleep(61)");
			connection.abort(Runnable::run);
			assertThat(result.get(5, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
			assertThat(connection.isClosed()).isTrue();
			assertThat(ids(other)).isEqualTo("1");
		}
	}

	@Test
	void holderThatHasDiedIsNamed() throws Exception {
		Connection left = this.sandbox.connect();
		Thread thread = new Thread(() -> {
			try {
				left.setAutoCommit(false);
				run(left, "INSERT INTO item VALUES (1)");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}, "forgetful");
		thread.start();
		thread.join();
		try (Connection connection = this.sandbox.connect()) {
			assertThatExceptionOfType(SQLTransientConnectionException.class)
				.isThrownBy(() -> run(connection, "SELECT 1"))
				.withMessageContaining("of the ended thread 'forgetful'");
		}
		this.sandbox.rollback(this.test);
		this.sandbox.begin(this.test);
	}

	@Test
	void handsConnectionBackClean() throws SQLException {
		Connection physical = database.connect();
		physical.setReadOnly(true);
		physical.setNetworkTimeout(Runnable::run, 12_345);
		physical.unwrap(BaseConnection.class).getQueryExecutor().setAutoSave(AutoSave.CONSERVATIVE);
		Connection kept = new KeptOpen(physical).proxy();
		open(kept, Duration.ofSeconds(1));
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "SET statement_timeout = '7s'");
			connection.setReadOnly(false);
			connection.setNetworkTimeout(Runnable::run, 0);
			run(connection, "INSERT INTO item VALUES (1)");
		}
		this.sandbox.close();
		assertThat(physical.getAutoCommit()).isTrue();
		assertThat(physical.isReadOnly()).isTrue();
		assertThat(physical.getNetworkTimeout()).isEqualTo(12_345);
		assertThat(physical.unwrap(BaseConnection.class).getQueryExecutor().getAutoSave())
			.isEqualTo(AutoSave.CONSERVATIVE);
		assertThat(string(physical, "SHOW statement_timeout")).isEqualTo("0");
		assertThat(count(physical)).isZero();
		physical.close();
		begin();
	}

	private void open(Connection physical, Duration timeout) throws SQLException {
		if (this.sandbox != null) {
			this.sandbox.close();
		}
		this.sandbox = new Sandbox(physical, timeout, (scope) -> this.testManaged);
		this.sandbox.begin(this.test);
	}

	private static HikariDataSource pool() {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(database.url());
		config.setUsername(database.username());
		config.setPassword(database.password());
		config.setMaximumPoolSize(1);
		config.setConnectionTimeout(5000);
		return new HikariDataSource(config);
	}

	private long countFromOtherConnection() {
		try (Connection other = this.sandbox.connect()) {
			return count(other);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static CompletableFuture<Void> startAndWait(World.Action action) {
		CompletableFuture<Void> result = new CompletableFuture<>();
		Thread thread = start(action, result);
		while (!result.isDone() && thread.getState() != Thread.State.TIMED_WAITING) {
			Thread.onSpinWait();
		}
		return result;
	}

	private static Thread start(World.Action action, CompletableFuture<Void> result) {
		Thread thread = new Thread(() -> {
			try {
				action.run();
				result.complete(null);
			}
			catch (Exception ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.start();
		return thread;
	}

	private void insertNumbered() throws SQLException {
		try (Connection connection = this.sandbox.connect()) {
			run(connection, "INSERT INTO numbered (name) VALUES ('x')");
		}
	}

	private static long waits(long[] threads) {
		return Arrays.stream(ManagementFactory.getThreadMXBean().getThreadInfo(threads))
			.mapToLong(ThreadInfo::getWaitedCount)
			.sum();
	}

	private static void awaitRunning(String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection(database.url(), database.username(),
				database.password())) {
			while (single(connection, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%"
					+ sql + "%' AND pid <> pg_backend_pid()") == 0) {
				Thread.onSpinWait();
			}
		}
	}

	private static void assertSqlState(String state, org.assertj.core.api.ThrowableAssert.ThrowingCallable callable) {
		assertThatExceptionOfType(SQLException.class).isThrownBy(callable)
			.satisfies((ex) -> assertThat(ex.getSQLState()).as(ex.getMessage()).isEqualTo(state));
	}

	private static void run(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static long count(Connection connection) throws SQLException {
		return single(connection, "SELECT count(*) FROM item");
	}

	private static String ids(Connection connection) throws SQLException {
		return string(connection, "SELECT string_agg(id::text, ',' ORDER BY id) FROM item");
	}

	private static long single(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			rows.next();
			return rows.getLong(1);
		}
	}

	private static String string(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			rows.next();
			return rows.getString(1);
		}
	}

	/**
	 * A connection as a pool lends it: close leaves the physical one open.
	 */
	private static final class KeptOpen extends JdbcProxy<Connection> {

		private final Connection target;

		KeptOpen(Connection target) {
			super(Connection.class);
			this.target = target;
		}

		@Override
		Object delegate(java.lang.reflect.Method method, Object[] args) throws SQLException {
			return call(this.target, method, args);
		}

		void close() {
		}

	}

}
