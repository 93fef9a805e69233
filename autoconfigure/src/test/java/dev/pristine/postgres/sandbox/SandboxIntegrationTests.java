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

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PgConnection;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.server.TestDatabase;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Sandbox}. What programs see in it is compared in
 * {@link SituationsIntegrationTests}.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class SandboxIntegrationTests {

	private static final ConnectionDefaults DEFAULTS = new ConnectionDefaults(true, false,
			Connection.TRANSACTION_READ_COMMITTED);

	private static final String TEST = "OrderTests.places";

	private static final String OVERLAP = TEST + ": A transaction is open on one connection while another one";

	private static final String INSERT = "INSERT INTO item VALUES (1)";

	private static TestDatabase database;

	private Sandbox sandbox;

	private SandboxState state;

	@BeforeAll
	static void create() throws SQLException {
		database = TestDatabase.create();
		try (Connection connection = database.connect()) {
			run(connection, """
					CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x');
					CREATE TABLE numbered (id bigserial PRIMARY KEY, name text);
					CREATE SEQUENCE unused;
					CREATE SEQUENCE cached CACHE 10;""");
		}
	}

	@AfterAll
	static void drop() {
		database.close();
	}

	@BeforeEach
	void open() throws SQLException {
		open(physical("cleanupSavepoints", "true"), Duration.ofMillis(500), OverlapPolicy.WARN);
	}

	@AfterEach
	void close() throws SQLException {
		this.sandbox.close();
		try (Connection connection = database.connect()) {
			assertThat(ids(connection)).isNull();
		}
	}

	@Test
	void returnsToStateAgainAndAgain() throws SQLException {
		try (Connection connection = connect()) {
			for (int i = 0; i < 3; i++) {
				run(connection, INSERT);
				backTo(this.state, TEST);
				assertThat(ids(connection)).isNull();
			}
			backTo(this.state, TEST);
		}
	}

	@Test
	void statesNest() throws SQLException {
		assertThat(this.sandbox.capture()).isSameAs(this.state);
		try (Connection connection = connect()) {
			run(connection, INSERT);
			SandboxState ofClass = this.sandbox.capture();
			assertThat(this.sandbox.capture()).isSameAs(ofClass);
			connection.setAutoCommit(false);
			for (int i = 0; i < 3; i++) {
				run(connection, "INSERT INTO item VALUES (2)");
				connection.commit();
				SandboxState ofNested = this.sandbox.capture();
				run(connection, "INSERT INTO item VALUES (3)");
				connection.commit();
				backTo(ofNested, TEST);
				assertThat(ids(connection)).isEqualTo("1,2");
				connection.rollback();
				backTo(ofClass, TEST);
				assertThat(ids(connection)).isEqualTo("1");
				connection.rollback();
			}
			backTo(this.state, TEST);
			assertThat(ids(connection)).isNull();
		}
	}

	@Test
	void stateIsNotTakenInsideOfTransaction() throws SQLException {
		try (Connection connection = connect()) {
			connection.setAutoCommit(false);
			run(connection, INSERT);
			assertThatExceptionOfType(ResourceException.class).isThrownBy(this.sandbox::capture)
				.withMessageContaining(INSERT);
		}
		assertThat(this.sandbox.capture().depth()).isOne();
	}

	@Test
	void failureBeforeOrAfterTheServerHarmsNothing() throws SQLException {
		try (Connection connection = connect();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?)");
				Statement statement = connection.createStatement()) {
			connection.createArrayOf("int4", new Integer[] { 1 });
			assertSqlState("22023", insert::executeUpdate);
			run(connection, INSERT);
			assertSqlState("02000", () -> statement.executeQuery("INSERT INTO item VALUES (2)"));
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (3); " + INSERT));
			statement.addBatch("INSERT INTO item VALUES (4)");
			statement.addBatch(INSERT);
			assertSqlState("23505", statement::executeBatch);
			assertSqlState(SandboxException.STATE, () -> statement.addBatch("COMMIT"));
			assertThat(ids(connection)).isEqualTo("1,2");
		}
	}

	@Test
	void worksWithoutCleanupOfSavepoints() throws SQLException {
		open(database.connect(), Duration.ofMillis(500), OverlapPolicy.WARN);
		failureBeforeOrAfterTheServerHarmsNothing();
		backTo(this.state, TEST);
		statesNest();
	}

	@Test
	void savepointsDoNotPileUp() throws SQLException {
		try (Connection connection = connect();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
			for (int i = 0; i < 300; i++) {
				connection.setAutoCommit(i % 3 > 0);
				insert.setInt(1, i);
				insert.executeUpdate();
			}
			connection.setAutoCommit(true);
			assertThat(single(connection, "SELECT count(*) FROM item")).isEqualTo(300);
			assertThat(single(connection,
					"SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()" + " AND locktype = 'transactionid'"))
				.isLessThan(5);
		}
	}

	@Test
	void overlapIsToldOncePerTestWithBothStacks(CapturedOutput output) throws Exception {
		try (Connection first = connect(); Connection second = connect()) {
			first.setAutoCommit(false);
			run(first, INSERT);
			assertThat(output).doesNotContainPattern("WARN .* (dev\\.pristine|d\\.p)\\.");
			for (int i = 0; i < 2; i++) {
				run(second, "SELECT 1");
			}
			assertThat(output).containsOnlyOnce(OVERLAP)
				.contains("last [" + INSERT + "], began in thread '" + Thread.currentThread().getName())
				.contains("Action: end the transaction first");
			assertThat(output.toString().split("SandboxIntegrationTests.overlapIsTold")).hasSizeGreaterThan(2);
			this.sandbox.enter(new TestScope("OrderTests.next", TestIsolation.TRANSACTION));
			assertThatThrownBy(() -> elsewhere(() -> run(second, "SELECT 2"))).cause()
				.hasMessageContaining("waited 500 ms");
			assertThat(output).contains("OrderTests.next: A transaction is open")
				.contains("wants to run [SELECT 2]", "The statement is one of thread 'elsewhere'");
			first.commit();
			elsewhere(() -> run(second, "SELECT 3"));
		}
	}

	@Test
	void overlapMayFail(CapturedOutput output) throws SQLException {
		open(database.connect(), Duration.ofMillis(500), OverlapPolicy.FAIL);
		try (Connection first = connect(); Connection second = connect()) {
			first.setAutoCommit(false);
			run(first, INSERT);
			assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> run(second, "SELECT 1"))
				.withMessageContaining(OVERLAP);
			first.commit();
			run(second, "SELECT 1");
			assertThat(output).contains(OVERLAP);
		}
	}

	@Test
	void overlapMayBeAllowed(CapturedOutput output) throws SQLException {
		open(database.connect(), Duration.ofMillis(500), OverlapPolicy.ALLOW);
		try (Connection first = connect(); Connection second = connect()) {
			first.setAutoCommit(false);
			run(first, INSERT);
			run(second, "SELECT 1");
		}
		assertThat(output).doesNotContainPattern("WARN .* (dev\\.pristine|d\\.p)\\.");
	}

	@Test
	void whatTheDriverKnowsDoesNotOverlap(CapturedOutput output) throws SQLException {
		try (Connection first = connect(); Connection second = connect()) {
			first.setAutoCommit(false);
			run(first, INSERT);
			assertThat(second.getMetaData().getDatabaseProductName()).isEqualTo("PostgreSQL");
			assertThat(output).doesNotContain(OVERLAP);
			second.getMetaData().getTables(null, null, "item", null).close();
			assertThat(output).contains(OVERLAP);
		}
	}

	@Test
	void readOnlyTransactionDoesNotAnswerForTheOneAroundIt() throws SQLException {
		try (Connection outer = connect(); Connection inner = connect()) {
			run(outer, "CREATE TABLE parent (id int PRIMARY KEY)");
			run(outer, "CREATE TABLE child (parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
			outer.setAutoCommit(false);
			run(outer, "INSERT INTO child VALUES (1)");
			inner.setReadOnly(true);
			inner.setAutoCommit(false);
			run(inner, "SELECT 1");
			inner.commit();
			run(outer, "INSERT INTO parent VALUES (1)");
			outer.commit();
		}
		finally {
			backTo(this.state, TEST);
		}
	}

	@Test
	void commentInBatchHidesNothing() throws SQLException {
		try (Connection connection = connect(); Statement batch = connection.createStatement()) {
			run(connection, INSERT);
			batch.addBatch("UPDATE item SET name = 'y' -- why");
			batch.addBatch("ALTER TABLE item ADD UNIQUE (name) DEFERRABLE INITIALLY DEFERRED");
			batch.executeBatch();
			assertSqlState("23505", () -> run(connection, "INSERT INTO item VALUES (2, 'y')"));
		}
		finally {
			backTo(this.state, TEST);
		}
	}

	@Test
	void serverWorksBesideTransactionOfTheTest(CapturedOutput output) throws Exception {
		openPatiently();
		TransactionSynchronizationManager.setActualTransactionActive(true);
		TransactionSynchronizationManager.setCurrentTransactionName(TEST);
		try (Connection connection = connect()) {
			connection.setAutoCommit(false);
			run(connection, INSERT);
			CountDownLatch written = new CountDownLatch(1);
			CompletableFuture<Void> server = start(() -> {
				try (Connection other = connect()) {
					other.setAutoCommit(false);
					run(other, "INSERT INTO item VALUES (2)");
					written.countDown();
					run(other, "SELECT pg_sleep(0.2)");
					other.commit();
				}
			});
			written.await();
			assertThat(ids(connection)).as("waits for the server's transaction").isEqualTo("1,2");
			server.get(10, TimeUnit.SECONDS);
			connection.rollback();
			assertThat(ids(connection)).isNull();
		}
		finally {
			TransactionSynchronizationManager.clear();
		}
		assertThat(output).containsOnlyOnce(OVERLAP);
	}

	@Test
	void refusalIsNeverTakenForBusy(CapturedOutput output) throws Exception {
		try (Connection holder = connect(); Connection waiter = connect()) {
			holder.setAutoCommit(false);
			run(holder, INSERT);
			CompletableFuture<SQLException> refusal = new CompletableFuture<>();
			elsewhere(() -> {
				try {
					run(waiter, "SELECT 1");
				}
				catch (SQLException ex) {
					refusal.complete(ex);
				}
			});
			assertThat(refusal.get().getSQLState()).isEqualTo(SandboxException.STATE);
			assertThat(new SQLExceptionSubclassTranslator().translate("work", null, refusal.get())).isNull();
			assertThat(new SQLErrorCodeSQLExceptionTranslator("PostgreSQL").translate("work", null, refusal.get()))
				.isNull();
			assertThat(output).contains("waited 500 ms for the test's connection to run [SELECT 1]");
		}
	}

	@Test
	void workThatGoesOnIsNamedAndCutOff() throws Exception {
		CountDownLatch written = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		CompletableFuture<Void> work = start(() -> {
			try (Connection connection = connect()) {
				connection.setAutoCommit(false);
				run(connection, INSERT);
				written.countDown();
				ended.await();
				run(connection, "INSERT INTO item VALUES (2)");
			}
		});
		written.await();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> backTo(this.state, TEST))
			.withMessageContainingAll("thread 'elsewhere'", INSERT);
		ended.countDown();
		assertThatThrownBy(() -> work.get(10, TimeUnit.SECONDS)).cause()
			.isInstanceOf(SQLException.class)
			.hasMessageContaining(TEST + " has ended");
		try (Connection connection = connect()) {
			assertThat(ids(connection)).isNull();
		}
	}

	@Test
	void statementThatGoesOnIsCancelled() throws Exception {
		CompletableFuture<Void> work = start(() -> {
			try (Connection connection = connect()) {
				run(connection, "SELECT pg_sleep(60)");
			}
		});
		awaitRunning("pg_sleep(60)");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> backTo(this.state, TEST))
			.withMessageContainingAll("thread 'elsewhere'", "pg_sleep(60)");
		assertThatThrownBy(() -> work.get(10, TimeUnit.SECONDS)).hasStackTraceContaining("canceling statement");
		try (Connection connection = connect()) {
			run(connection, INSERT);
		}
	}

	@Test
	void waiterThatComesTooLateIsRefusedOrUndone() throws Exception {
		openPatiently();
		for (int i = 0; i < 20; i++) {
			CountDownLatch written = new CountDownLatch(1);
			CompletableFuture<Void> first = start(() -> {
				try (Connection connection = connect()) {
					connection.setAutoCommit(false);
					run(connection, INSERT);
					written.countDown();
					run(connection, "SELECT pg_sleep(0.01)");
					connection.commit();
				}
			});
			written.await();
			CompletableFuture<Void> late = start(() -> {
				try (Connection connection = connect()) {
					run(connection, "INSERT INTO item SELECT 2 + count(*) FROM item");
				}
			});
			backTo(this.state, TEST);
			first.get(10, TimeUnit.SECONDS);
			// Before the next test has started, it is told so
			assertThat(late.handle((done, ex) -> (ex != null) ? ex.toString() : "no other one runs")
				.get(10, TimeUnit.SECONDS)).contains("no other one runs");
			backTo(this.state, TEST);
			SandboxState next = this.sandbox.capture();
			assertThat(next).isEqualTo(this.state);
			try (Connection connection = connect()) {
				assertThat(ids(connection)).isNull();
			}
		}
	}

	@Test
	void connectionLeftOpenInTransactionIsCutOff(CapturedOutput output) throws SQLException {
		Connection kept = connect();
		Connection inTransaction = connect();
		inTransaction.setAutoCommit(false);
		run(inTransaction, INSERT);
		backTo(this.state, TEST);
		assertSqlState("08003", () -> run(inTransaction, "SELECT 1"));
		assertThat(inTransaction.isClosed()).isTrue();
		inTransaction.close();
		assertThat(output).contains("was still open at the end of the test");
		// An application may keep a connection for its whole life
		run(kept, INSERT);
	}

	@Test
	void forgetsCachedSequenceValuesAndAdvisoryLocks() throws SQLException {
		try (Connection connection = connect(); Connection other = database.connect()) {
			run(connection, "SELECT nextval('cached'), pg_advisory_lock(1)");
			backTo(this.state, TEST);
			run(other, "SELECT setval('cached', 1, false)");
			assertThat(single(connection, "SELECT nextval('cached')")).isOne();
			assertThat(single(connection, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).isZero();
		}
	}

	@Test
	void constraintsOfNewTablesSpeakAtCommit() throws SQLException {
		try (Connection connection = connect()) {
			run(connection, "CREATE TABLE parent (id int PRIMARY KEY)");
			run(connection, "CREATE TABLE child (parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
			assertSqlState("23503", () -> run(connection, "INSERT INTO child VALUES (1)"));
			connection.setAutoCommit(false);
			run(connection, "INSERT INTO child VALUES (1)");
			assertSqlState("23503", connection::commit);
			run(connection, "INSERT INTO child VALUES (1); INSERT INTO parent VALUES (1)");
			connection.commit();
			backTo(this.state, TEST);
			run(connection, INSERT);
			connection.commit();
		}
	}

	@Test
	void constraintsOfOthersAreLeftAlone() throws SQLException {
		try (Connection other = database.connect(); Connection connection = connect()) {
			run(other, "CREATE SCHEMA pristine_other; CREATE TABLE pristine_other.node (id int PRIMARY KEY,"
					+ " FOREIGN KEY (id) REFERENCES pristine_other.node DEFERRABLE INITIALLY DEFERRED)");
			run(connection, INSERT);
			run(other, "DROP SCHEMA pristine_other CASCADE");
			run(connection, "INSERT INTO item VALUES (2)");
		}
	}

	@Test
	void constraintsOfTheClassGoWithIt() throws SQLException {
		try (Connection connection = connect()) {
			run(connection, "CREATE TABLE parent (id int PRIMARY KEY, FOREIGN KEY (id) REFERENCES parent"
					+ " DEFERRABLE INITIALLY DEFERRED)");
			SandboxState ofClass = this.sandbox.capture();
			run(connection, INSERT);
			backTo(ofClass, TEST);
			run(connection, INSERT);
			backTo(ofClass, TEST);
			backTo(this.state, TEST);
			run(connection, INSERT);
		}
		finally {
			backTo(this.state, TEST);
		}
	}

	@Test
	void preparedStatementSurvivesUndoneChangeOfTheSchema() throws SQLException {
		for (int i = 0; i < 2; i++) {
			try (Connection connection = connect()) {
				run(connection, (i == 0) ? "ALTER TABLE item ADD COLUMN more int" : "SELECT 1");
				connection.setAutoCommit(false);
				for (int j = 0; j < 10; j++) {
					try (PreparedStatement select = connection.prepareStatement("SELECT * FROM item");
							ResultSet rows = select.executeQuery()) {
						assertThat(rows.getMetaData().getColumnCount()).isEqualTo((i == 0) ? 3 : 2);
					}
				}
			}
			backTo(this.state, TEST);
		}
	}

	@Test
	void objectsBelongToTheirConnection() throws SQLException {
		Connection connection = connect();
		Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
		ResultSet rows = statement.executeQuery("SELECT 1");
		assertThat(rows.getStatement()).isSameAs(statement);
		assertThat(statement.getConnection()).isSameAs(connection);
		assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
		assertThat(connection.unwrap(PGConnection.class)).isSameAs(connection);
		assertThat(connection.isValid(1)).isTrue();
		connection.close();
		connection.close();
		assertThat(connection.isValid(1)).isFalse();
		assertThat(statement.isClosed()).isTrue();
		assertSqlState("08003", connection::createStatement);
		assertSqlState("08003", () -> statement.execute("SELECT 1"));
	}

	@Test
	void nothingOfOneConnectionEndsThatOfAll() throws Exception {
		openPatiently();
		try (Connection connection = connect(); Connection other = connect()) {
			assertThat(string(connection, "SHOW idle_in_transaction_session_timeout")).isEqualTo("0");
			connection.setNetworkTimeout(Runnable::run, 100);
			CompletableFuture<Void> work = start(() -> run(other, "SELECT pg_sleep(2)"));
			awaitRunning("pg_sleep(2)");
			assertThatThrownBy(() -> connection.unwrap(PGConnection.class).cancelQuery())
				.hasMessageContaining("may stop the statement of another connection");
			work.get(10, TimeUnit.SECONDS);
			assertSqlState("0A000", () -> run(connection, "SELECT count(*) FROM item FOR UPDATE"));
			run(connection, INSERT);
		}
	}

	@Test
	void settingOfTransactionAloneHarmsNothing() throws Exception {
		try (Connection connection = connect()) {
			run(connection, "SET TRANSACTION READ ONLY");
			assertThatThrownBy(() -> run(connection, "SET transaction_isolation = 'serializable'"))
				.isInstanceOf(SQLException.class);
			run(connection, INSERT);
			assertThat(ids(connection)).isEqualTo("1");
		}
	}

	@Test
	void twoThreadsMayEndOneConnection() throws Exception {
		openPatiently();
		try (Connection other = connect()) {
			Connection connection = connect();
			connection.setAutoCommit(false);
			CompletableFuture<Void> work = start(() -> {
				run(connection, INSERT);
				run(connection, "SELECT pg_sleep(2)");
			});
			awaitRunning("pg_sleep(2)");
			CompletableFuture<Void> first = start(connection::commit);
			CompletableFuture<Void> second = start(connection::commit);
			CompletableFuture.allOf(work, first, second).get(10, TimeUnit.SECONDS);
			connection.close();
			assertThat(ids(other)).isEqualTo("1");
		}
	}

	@Test
	void abortEndsItsConnectionOnly() throws Exception {
		openPatiently();
		try (Connection other = connect()) {
			run(other, INSERT);
			Connection connection = connect();
			CompletableFuture<Void> work = start(() -> {
				connection.setAutoCommit(false);
				run(connection, "INSERT INTO item VALUES (2)");
				run(connection, "SELECT pg_sleep(2)");
			});
			awaitRunning("pg_sleep(2)");
			connection.abort(Runnable::run);
			work.get(10, TimeUnit.SECONDS);
			assertThat(connection.isClosed()).isTrue();
			assertThat(ids(other)).isEqualTo("1");
		}
	}

	@Test
	void interruptedThreadRollsBack() throws Exception {
		openPatiently();
		Connection connection = connect();
		connection.setAutoCommit(false);
		run(connection, INSERT);
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		CompletableFuture<Void> waiter = start(() -> {
			thread.complete(Thread.currentThread());
			run(connect(), "SELECT 1");
		});
		await().until(() -> thread.get().getState() == Thread.State.TIMED_WAITING);
		Thread.currentThread().interrupt();
		connection.close();
		assertThat(Thread.interrupted()).isTrue();
		waiter.get(10, TimeUnit.SECONDS);
		elsewhere(() -> run(connect(), "SELECT 1"));
		backTo(this.state, TEST);
	}

	@Test
	void lostServerIsAnError() throws SQLException {
		Connection connection = connect();
		try (Connection other = database.connect()) {
			run(other, "SELECT pg_terminate_backend(" + single(connection, "SELECT pg_backend_pid()") + ")");
		}
		// Whether the server's last words are read depends on who is faster
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(connection, "SELECT 1"))
			.satisfies((ex) -> assertThat(ex.getSQLState()).isIn("57P01", "08006"));
		assertSqlState("08003", () -> run(connection, "SELECT 1"));
		assertThat(connection.isValid(1)).isFalse();
		connection.close();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> backTo(this.state, TEST));
	}

	@Test
	void noticesThatTheTransactionWasEndedFromOutside() throws SQLException {
		try (Connection connection = connect()) {
			run(connection, "SELECT 1");
			connection.unwrap(PgConnection.class).commit();
			assertSqlState(SandboxException.STATE, () -> run(connection, "SELECT 1"));
		}
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> backTo(this.state, TEST))
			.withMessageContaining("was ended by something that did not pass through the sandbox");
	}

	@Test
	void closeEndsAllConnections() throws Exception {
		Connection kept = connect();
		CountDownLatch written = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		start(() -> {
			Connection connection = connect();
			connection.setAutoCommit(false);
			run(connection, INSERT);
			written.countDown();
			end.await();
		});
		written.await();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(this.sandbox::close)
			.withMessageContaining("elsewhere");
		end.countDown();
		assertThatThrownBy(() -> run(kept, "SELECT 1")).isInstanceOf(SQLException.class)
			.hasMessageContaining("borrow a connection for each piece of work");
		kept.close();
	}

	@Test
	void isolationOfDataSourceIsWarnedAbout(CapturedOutput output) throws SQLException {
		this.sandbox.connect(new ConnectionDefaults(true, false, Connection.TRANSACTION_SERIALIZABLE)).close();
		assertThat(output).containsOnlyOnce("isolation level above READ COMMITTED");
	}

	private void openPatiently() throws SQLException {
		open(physical("cleanupSavepoints", "true"), Duration.ofSeconds(20), OverlapPolicy.WARN);
	}

	private void open(Connection physical, Duration timeout, OverlapPolicy overlap) throws SQLException {
		if (this.sandbox != null) {
			this.sandbox.close();
		}
		this.sandbox = new Sandbox(physical, timeout, overlap);
		this.state = this.sandbox.capture();
		this.sandbox.enter(new TestScope(TEST, TestIsolation.TRANSACTION));
	}

	private void backTo(SandboxState state, String culprit) {
		try {
			this.sandbox.restore(state, culprit, state == this.state);
		}
		finally {
			this.sandbox.enter(new TestScope(TEST, TestIsolation.TRANSACTION));
		}
	}

	@Test
	void nothingRunsBetweenTests() throws SQLException {
		try (Connection kept = connect()) {
			run(kept, "INSERT INTO numbered (name) VALUES ('x')");
			this.sandbox.restore(this.state, TEST, true);
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> run(kept, "INSERT INTO numbered (name) VALUES ('late')"))
				.withMessageContaining("has ended, and no other one runs")
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("PRIST"));
		}
	}

	private static Connection physical(String... properties) throws SQLException {
		Properties all = new Properties();
		all.setProperty("user", database.username());
		all.setProperty("password", database.password());
		all.setProperty("options", "-c idle_in_transaction_session_timeout=50ms");
		all.setProperty(properties[0], properties[1]);
		return DriverManager.getConnection(database.url(), all);
	}

	private Connection connect() {
		return this.sandbox.connect(DEFAULTS);
	}

	private static CompletableFuture<Void> start(World.Action action) {
		CompletableFuture<Void> result = new CompletableFuture<>();
		new Thread(() -> {
			try {
				action.run();
				result.complete(null);
			}
			catch (Exception ex) {
				result.completeExceptionally(ex);
			}
		}, "elsewhere").start();
		return result;
	}

	private static void elsewhere(World.Action action) throws Exception {
		start(action).get(10, TimeUnit.SECONDS);
	}

	private static void awaitRunning(String sql) throws SQLException {
		try (Connection connection = database.connect()) {
			await().pollInSameThread()
				.pollInterval(Duration.ofMillis(5))
				.until(() -> single(connection,
						"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%" + sql
								+ "%' AND pid <> pg_backend_pid()") > 0);
		}
	}

	private static void assertSqlState(String state, ThrowingCallable callable) {
		assertThatExceptionOfType(SQLException.class).isThrownBy(callable)
			.satisfies((ex) -> assertThat(ex.getSQLState()).as(ex.getMessage()).isEqualTo(state));
	}

	private static void run(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static String ids(Connection connection) throws SQLException {
		return string(connection, "SELECT string_agg(id::text, ',' ORDER BY id) FROM item");
	}

	private static long single(Connection connection, String sql) throws SQLException {
		return Long.parseLong(string(connection, sql));
	}

	private static String string(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			rows.next();
			return rows.getString(1);
		}
	}

}
