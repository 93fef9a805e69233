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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.server.TestDatabase;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs random programs with real commits and in the sandbox, and compares what they see.
 * {@code random.programs} and {@code random.seed} choose how many, and which.
 */
@Timeout(300)
class RandomProgramsIntegrationTests {

	private static final Log logger = LogFactory.getLog(RandomProgramsIntegrationTests.class);

	private static final ConnectionDefaults DEFAULTS = new ConnectionDefaults(true, false,
			Connection.TRANSACTION_READ_COMMITTED);

	private static final int THREADS = 3;

	private static final int DEPTH = 3;

	private final int programs = Integer.getInteger("random.programs", 100);

	private final long seed = Long.getLong("random.seed", 20261120L);

	@ParameterizedTest
	@ValueSource(strings = { "DEFERRED", "IMMEDIATE" })
	void programsSeeTheSameAndLeaveNothing(String constraints) throws Exception {
		logger.info("random.programs=" + this.programs + " random.seed=" + this.seed);
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try (TestDatabase production = TestDatabase.create();
				TestDatabase transaction = TestDatabase.create();
				Connection productionReset = production.connect();
				Connection transactionReset = transaction.connect();
				RealConnections real = new RealConnections(production);
				Sandbox sandbox = new Sandbox(transaction.connect(), Duration.ofSeconds(20), OverlapPolicy.ALLOW)) {
			execute(productionReset, schema(constraints));
			execute(transactionReset, schema(constraints));
			String baseline = dump(transactionReset);
			SandboxState state = sandbox.capture();
			for (int i = 0; i < this.programs; i++) {
				long program = this.seed + i;
				List<String> expected = run(program, real, threads);
				execute(productionReset, reset());
				sandbox.enter(new TestScope("program " + program, TestIsolation.TRANSACTION));
				List<String> actual = run(program, () -> sandbox.connect(DEFAULTS), threads);
				sandbox.restore(state, "program " + program, true);
				assertThat(actual).as("-Drandom.seed=%d -Drandom.programs=1", program).isEqualTo(expected);
				execute(transactionReset, "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'");
				assertThat(dump(transactionReset)).as("after -Drandom.seed=%d", program).isEqualTo(baseline);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static List<String> run(long seed, World.Opening opening, ExecutorService executor) throws Exception {
		int threads = (new Random(seed).nextInt(5) == 0) ? THREADS : 1;
		List<CompletableFuture<List<String>>> futures = new ArrayList<>();
		for (int thread = 0; thread < threads; thread++) {
			Program program = new Program(opening, new Random(seed * 31 + thread), thread);
			futures.add(CompletableFuture.supplyAsync(program::run, executor));
		}
		List<String> events = new ArrayList<>();
		for (CompletableFuture<List<String>> future : futures) {
			events.addAll(future.get(60, TimeUnit.SECONDS));
			events.add("--");
		}
		return events;
	}

	private static String schema(String constraints) {
		StringBuilder schema = new StringBuilder("CREATE TABLE parent (id int PRIMARY KEY);");
		tables().forEach((table) -> schema.append("CREATE TABLE ")
			.append(table)
			.append(" (n bigserial, id int PRIMARY KEY, v int CHECK (v < 9),"
					+ " parent int REFERENCES parent DEFERRABLE INITIALLY " + constraints + ");"));
		return schema.toString();
	}

	private static String reset() {
		StringBuilder reset = new StringBuilder();
		tables().forEach((table) -> reset.append("DELETE FROM ")
			.append(table)
			.append(";SELECT setval('")
			.append(table)
			.append("_n_seq', 1, false);"));
		return reset.toString();
	}

	private static String dump(Connection connection) throws SQLException {
		StringBuilder sql = new StringBuilder("SELECT ''");
		tables().forEach((table) -> sql
			.append(" || (SELECT coalesce(json_agg(t ORDER BY id)::text, '') FROM %s t)".formatted(table))
			.append(" || (SELECT last_value || is_called::text FROM %s_n_seq)".formatted(table)));
		try (Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql.toString())) {
			rows.next();
			return rows.getString(1);
		}
	}

	private static List<String> tables() {
		return IntStream.range(0, THREADS)
			.boxed()
			.flatMap((thread) -> IntStream.range(0, DEPTH).mapToObj((depth) -> "t" + thread + depth))
			.toList();
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/**
	 * A pool of real connections.
	 */
	private static final class RealConnections implements World.Opening, AutoCloseable {

		private final TestDatabase database;

		private final List<Connection> idle = new ArrayList<>();

		RealConnections(TestDatabase database) {
			this.database = database;
		}

		@Override
		public synchronized Connection open() throws SQLException {
			Connection target = this.idle.isEmpty() ? this.database.connect() : this.idle.remove(this.idle.size() - 1);
			return new Pooled(target).proxy();
		}

		private synchronized void giveBack(Connection connection) {
			this.idle.add(connection);
		}

		@Override
		public void close() throws SQLException {
			for (Connection connection : this.idle) {
				connection.close();
			}
		}

		/**
		 * A connection that goes back to the pool.
		 */
		private final class Pooled extends JdbcProxy<Connection> {

			Pooled(Connection target) {
				super(target, null, Connection.class, Connection.class);
			}

			void close() throws SQLException {
				if (!target().getAutoCommit()) {
					target().rollback();
					target().setAutoCommit(true);
				}
				giveBack(target());
			}

		}

	}

	/**
	 * One thread's program. Each depth of nested transactions has a table of its own, and
	 * what production would keep though a transaction around it rolls back is left out.
	 */
	private static final class Program {

		private final World.Opening opening;

		private final Random random;

		private final int thread;

		private final List<String> events = new ArrayList<>();

		private final List<Frame> frames = new ArrayList<>();

		Program(World.Opening opening, Random random, int thread) {
			this.opening = opening;
			this.random = random;
			this.thread = thread;
		}

		List<String> run() {
			try {
				for (int i = 0; i < 3; i++) {
					block(0);
				}
				for (int depth = 0; depth < DEPTH; depth++) {
					try (Connection connection = this.opening.open()) {
						statement(connection, "SELECT json_agg(t ORDER BY id) FROM t" + this.thread + depth + " t");
					}
				}
			}
			catch (SQLException ex) {
				this.events.add("unexpected " + ex);
			}
			return this.events;
		}

		private void block(int depth) throws SQLException {
			try (Connection connection = this.opening.open()) {
				if (this.random.nextInt(3) == 0) {
					for (int i = this.random.nextInt(4); i >= 0; i--) {
						boolean changed = change(connection, depth, false);
						if (changed) {
							committed();
						}
					}
				}
				else {
					connection.setAutoCommit(false);
					for (int i = this.random.nextInt(2); i >= 0; i--) {
						transaction(connection, depth);
					}
					connection.setAutoCommit(true);
				}
			}
		}

		private void transaction(Connection connection, int depth) throws SQLException {
			Frame frame = new Frame();
			Savepoint savepoint = null;
			boolean deferred = false;
			this.frames.add(frame);
			for (int i = this.random.nextInt(6); i >= 0; i--) {
				int choice = this.random.nextInt(10);
				frame.begun |= choice < 9;
				if (choice < 5) {
					boolean changed = change(connection, depth, frame.locked);
					frame.written |= changed;
					frame.failed |= !changed && this.failed;
				}
				else if (choice == 5) {
					statement(connection, "SELECT count(*) FROM t" + this.thread + depth);
					frame.failed |= this.failed;
				}
				else if (choice == 6 && savepoint == null && !frame.failed) {
					savepoint = connection.setSavepoint("mine");
					frame.written = true;
					frame.savepoints = true;
				}
				else if (choice == 7 && savepoint != null && !frame.locked) {
					connection.rollback(savepoint);
					frame.failed = false;
				}
				else if (choice == 8 && depth == 0 && !frame.failed && !frame.locked) {
					statement(connection, "INSERT INTO t%d0 (id, v, parent) VALUES (%d, 1, 1)".formatted(this.thread,
							this.random.nextInt(9)));
					frame.failed |= this.failed;
					frame.written = true;
					deferred = true;
				}
				else if (depth + 1 < DEPTH && !deferred && !(frame.failed && frame.savepoints)) {
					block(depth + 1);
				}
			}
			this.frames.remove(frame);
			boolean commit = frame.locked || this.random.nextInt(3) > 0;
			try {
				if (commit) {
					connection.commit();
				}
				else {
					connection.rollback();
				}
				this.events.add(commit ? "committed" : "rolled back");
				if (commit && frame.written && !frame.failed) {
					committed();
				}
			}
			catch (SQLException ex) {
				this.events.add("commit " + ex.getSQLState());
			}
		}

		private void committed() {
			for (Frame outer : this.frames) {
				outer.locked |= !outer.failed && outer.begun;
			}
		}

		private boolean failed;

		private boolean change(Connection connection, int depth, boolean safely) {
			String table = "t" + this.thread + depth;
			int id = this.random.nextInt(9);
			int value = this.random.nextInt(10);
			String sql = switch (this.random.nextInt(6)) {
				case 0, 1, 2 -> "INSERT INTO " + table + " (id, v) VALUES (" + id + ", " + value + ")"
						+ (safely ? " ON CONFLICT DO NOTHING" : "") + ((value % 2 == 0) ? " RETURNING n" : "");
				case 3 -> "UPDATE " + table + " SET v = " + value + " WHERE id = " + id;
				case 4 -> "DELETE FROM " + table + " WHERE id = " + id;
				default -> "SELECT 1 / " + (value % 3);
			};
			if (safely && (value == 9 || sql.endsWith("/ 0"))) {
				return false;
			}
			statement(connection, sql);
			return !this.failed;
		}

		private void statement(Connection connection, String sql) {
			this.failed = false;
			String event = sql;
			boolean prepared = this.random.nextBoolean();
			try (Statement statement = prepared ? connection.prepareStatement(sql) : connection.createStatement()) {
				boolean isQuery = (statement instanceof PreparedStatement query) ? query.execute()
						: statement.execute(sql);
				if (!isQuery) {
					event += " -> " + statement.getUpdateCount();
				}
				else {
					try (ResultSet rows = statement.getResultSet()) {
						event += " -> " + (rows.next() ? rows.getString(1) : "nothing");
					}
				}
				event += statement.getMoreResults() + " " + statement.getUpdateCount();
			}
			catch (SQLException ex) {
				this.failed = true;
				event += " -> " + ex.getSQLState();
			}
			this.events.add(event);
		}

		/**
		 * An open transaction.
		 */
		private static final class Frame {

			private boolean begun;

			private boolean written;

			private boolean failed;

			private boolean savepoints;

			private boolean locked;

		}

	}

}
