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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.postgresql.PGConnection;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The situations that TRANSACTION mode is compared to production in.
 */
final class Situations {

	private static final int REQUIRED = TransactionDefinition.PROPAGATION_REQUIRED;

	private static final int REQUIRES_NEW = TransactionDefinition.PROPAGATION_REQUIRES_NEW;

	private static final int NESTED = TransactionDefinition.PROPAGATION_NESTED;

	private static final int NOT_SUPPORTED = TransactionDefinition.PROPAGATION_NOT_SUPPORTED;

	private static final String INSERT = "INSERT INTO item VALUES (1)";

	private static final String INSERT_2 = "INSERT INTO item VALUES (2)";

	private static final String COMMANDS = "TRANSACTION mode begins and ends transactions with the methods of a connection";

	private Situations() {
	}

	/**
	 * Return the documentation's table.
	 * @return a table in Markdown
	 */
	static String table() {
		return all().stream()
			.map(Situation::row)
			.collect(Collectors.joining("\n", "| Situation | TRANSACTION | TRUNCATE |\n| --- | --- | --- |\n", "\n"));
	}

	static List<Situation> all() {
		return List.of(same("A statement in auto-commit is seen by other connections and threads", (world) -> {
			world.run(world.connect(), INSERT);
			world.items();
			world.elsewhere(world::items);
		}), same("A statement that fails in auto-commit harms nothing", (world) -> {
			Connection connection = world.connect();
			world.run(connection, INSERT);
			world.run(connection, INSERT);
			world.run(connection, "SELECT 1 / 0");
			world.run(connection, "NONSENSE");
			world.items(connection);
			world.run(connection, "SELECT 1 / 0");
			world.run(connection, INSERT_2);
			world.run(connection, "SELECT name FROM item WHERE id = 1 / 0");
			world.items();
		}), same("A view whose function writes is read, then a statement fails", (world) -> {
			Connection connection = world.connect();
			world.run(connection, "SELECT * FROM writing");
			world.run(connection, "SELECT 1 / 0");
			world.items(connection);
			connection.setAutoCommit(false);
			world.run(connection, "SELECT * FROM writing");
			connection.rollback();
			world.items(connection);
		}), same("What the server does not support", (world) -> {
			Connection connection = world.connect();
			for (int i = 0; i < 2; i++) {
				world.run(connection, "SELECT count(*) FROM item FOR UPDATE");
			}
			world.run(connection, INSERT);
			world.items();
		}), same("Several statements in one string are all or nothing", (world) -> {
			Connection connection = world.connect();
			world.run(connection, "INSERT INTO item VALUES (1); INSERT INTO item VALUES (2)");
			world.run(connection, "INSERT INTO item VALUES (3); INSERT INTO item VALUES (1)");
			world.items();
		}), same("A batch that fails in auto-commit is undone", (world) -> {
			try (PreparedStatement insert = world.connect().prepareStatement("INSERT INTO item VALUES (?)")) {
				for (int id : new int[] { 1, 2, 1 }) {
					insert.setInt(1, id);
					insert.addBatch();
				}
				world.attempt("batch", () -> insert.executeBatch().length);
			}
			world.items();
		}), undetected("A batch of more than 256 statements fails in auto-commit", (world) -> {
			try (PreparedStatement insert = world.connect().prepareStatement("INSERT INTO item VALUES (?)")) {
				for (int id = 0; id < 1000; id++) {
					insert.setInt(1, id % 999);
					insert.addBatch();
				}
				world.attempt("batch", () -> insert.executeBatch().length);
			}
			world.run(world.connect(), "SELECT count(*) > 0 FROM item");
		}), same("A prepared statement is used in auto-commit, in batches and in transactions", (world) -> {
			Connection connection = world.connect();
			world.run(connection, INSERT);
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)");
					PreparedStatement batch = connection.prepareStatement("INSERT INTO item VALUES (?, ?)");
					PreparedStatement nothing = connection.prepareStatement("DELETE FROM item WHERE id < 0")) {
				insert.setInt(1, 2);
				insert.setString(2, "a");
				world.say(insert);
				world.say(insert.execute() + " " + insert.getUpdateCount());
				world.say(insert.getMoreResults() + " " + insert.getUpdateCount());
				world.attempt("the same", () -> insert.executeUpdate());
				insert.setInt(1, 3);
				world.attempt("another", () -> insert.executeLargeUpdate());
				world.say(insert.getMoreResults(Statement.KEEP_CURRENT_RESULT) + " " + insert.getUpdateCount());
				world.attempt("no rows", () -> nothing.executeQuery());
				batch.setString(2, "b");
				for (int id = 4; id < 7; id++) {
					batch.setInt(1, id);
					batch.addBatch();
				}
				world.attempt("batch", () -> batch.executeBatch().length);
				batch.clearParameters();
				world.attempt("without parameters", () -> batch.executeUpdate());
				connection.setAutoCommit(false);
				insert.setInt(1, 7);
				world.attempt("in a transaction", () -> insert.executeUpdate());
				world.attempt("the same", () -> insert.executeUpdate());
				world.attempt("after a failure", () -> insert.executeUpdate());
				connection.rollback();
				world.attempt("after rollback", () -> insert.executeUpdate());
				connection.commit();
			}
			world.items();
		}), same("Generated keys", (world) -> {
			try (PreparedStatement insert = world.connect()
				.prepareStatement("INSERT INTO numbered (name) VALUES (?), ('b')", Statement.RETURN_GENERATED_KEYS)) {
				insert.setString(1, "a");
				world.say(insert.executeUpdate());
				try (ResultSet keys = insert.getGeneratedKeys()) {
					while (keys.next()) {
						world.say(keys.getLong("id"));
					}
				}
				world.say(insert.getMoreResults() + " " + insert.getUpdateCount());
			}
			Connection connection = world.connect();
			try (PreparedStatement insert = connection
				.prepareStatement("INSERT INTO numbered (name) VALUES (?), ('c') RETURNING id");
					Statement statement = connection.createStatement()) {
				insert.setString(1, "b");
				for (int i = 0; i < 2; i++) {
					try (ResultSet ids = insert.executeQuery()) {
						while (ids.next()) {
							world.say(ids.getLong("id"));
						}
					}
					world.say(insert.getMoreResults() + " " + insert.getUpdateCount());
				}
				world.say(insert.execute() + " " + insert.getUpdateCount());
				world.say(insert.getMoreResults() + " " + insert.getUpdateCount());
				world.attempt("rows instead of a count", () -> insert.executeUpdate());
				world.attempt("metadata", () -> insert.getMetaData().getColumnName(1));
				try (ResultSet ids = statement.executeQuery("DELETE FROM numbered RETURNING id")) {
					world.say(ids.next() ? ids.getLong(1) : "nothing");
				}
				world.attempt("no rows", () -> statement.executeQuery("INSERT INTO numbered (name) VALUES ('d')"));
				world.attempt("the rest", () -> statement.executeUpdate("DELETE FROM numbered"));
			}
		}), same("A number drawn from a sequence is not given back by a rollback", (world) -> {
			Connection connection = world.begin();
			world.run(connection, "INSERT INTO numbered (name) VALUES ('a') RETURNING id");
			connection.rollback();
			world.run(connection, "INSERT INTO numbered (name) VALUES ('a') RETURNING id");
			connection.commit();
		}), same("Commit", (world) -> {
			Connection connection = world.begin();
			world.run(connection, INSERT);
			connection.commit();
			world.items();
			world.elsewhere(world::items);
		}), same("Rollback", (world) -> {
			Connection connection = world.begin();
			world.run(connection, INSERT);
			connection.rollback();
			world.run(connection, INSERT_2);
			connection.commit();
			world.items();
		}), same("A statement after a failed one in the same transaction", (world) -> {
			Connection connection = world.begin();
			world.run(connection, INSERT);
			world.run(connection, INSERT);
			world.run(connection, INSERT_2);
			world.run(connection, "SELECT 1");
			connection.rollback();
			world.run(connection, INSERT_2);
			connection.commit();
			world.items();
		}), same("Commit of a failed transaction", (world) -> {
			Connection connection = world.begin();
			world.run(connection, INSERT);
			world.run(connection, INSERT);
			world.attempt("commit", connection::commit);
			world.items();
		}), same("Rollback to a savepoint after an error", (world) -> {
			Connection connection = world.begin();
			world.run(connection, INSERT);
			Savepoint savepoint = connection.setSavepoint("here");
			world.run(connection, INSERT);
			connection.rollback(savepoint);
			world.run(connection, INSERT_2);
			connection.commit();
			world.items();
		}), same("A savepoint is gone after release and after commit", (world) -> {
			Connection connection = world.begin();
			world.run(connection, INSERT);
			Savepoint first = connection.setSavepoint();
			connection.releaseSavepoint(first);
			Savepoint second = connection.setSavepoint("second");
			connection.commit();
			world.attempt("rollback", () -> connection.rollback(second));
			world.run(connection, INSERT_2);
			world.attempt("rollback", () -> connection.rollback(second));
			world.attempt("commit", connection::commit);
			world.items();
		}), same("Savepoint, commit and rollback in auto-commit", (world) -> {
			Connection connection = world.connect();
			world.attempt("savepoint", () -> connection.setSavepoint().getSavepointId());
			world.attempt("commit", connection::commit);
			world.attempt("rollback", () -> connection.rollback());
			world.run(connection, INSERT);
			world.items();
		}), same("close() with an open transaction", (world) -> {
			try (Connection connection = world.begin()) {
				world.run(connection, INSERT);
			}
			world.items();
		}), same("setAutoCommit(true) in a transaction", (world) -> {
			Connection connection = world.begin();
			world.run(connection, INSERT);
			connection.setAutoCommit(true);
			world.run(connection, INSERT);
			world.items();
		}), refused("BEGIN, COMMIT, ROLLBACK or SAVEPOINT as a statement", COMMANDS, (world) -> {
			Connection connection = world.connect();
			world.run(connection, "BEGIN");
			world.run(connection, INSERT);
			world.run(connection, "COMMIT");
			world.run(connection, "START TRANSACTION");
			world.run(connection, INSERT_2);
			world.run(connection, "SAVEPOINT x");
			world.run(connection, "ROLLBACK");
			world.items();
		}), refused("BEGIN and COMMIT among other statements in one string", COMMANDS, (world) -> {
			world.run(world.connect(), "BEGIN; INSERT INTO item VALUES (1); COMMIT");
			world.items();
		}), same("A write in a read-only transaction", (world) -> {
			Connection connection = world.connect();
			connection.setReadOnly(true);
			connection.setAutoCommit(false);
			world.run(connection, "SELECT count(*) FROM item");
			world.run(connection, INSERT);
			world.attempt("setReadOnly", () -> connection.setReadOnly(false));
			connection.rollback();
			connection.setReadOnly(false);
			world.run(connection, INSERT);
			connection.commit();
			world.items();
		}), same("A write on a read-only connection in auto-commit", (world) -> {
			Connection connection = world.connect();
			connection.setReadOnly(true);
			world.run(connection, INSERT);
			world.items();
		}), same("SET TRANSACTION READ ONLY", (world) -> {
			Connection connection = world.begin();
			world.run(connection, "SET TRANSACTION READ ONLY");
			world.run(connection, INSERT);
			connection.rollback();
			world.run(connection, INSERT);
			connection.commit();
			world.items();
		}), same("The isolation level is changed within a transaction", (world) -> {
			Connection connection = world.begin();
			world.run(connection, INSERT);
			world.attempt("isolation", () -> connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED));
			connection.rollback();
		}), overlaps("Two serializable transactions conflict", "isolation level above READ COMMITTED", (world) -> {
			Connection connection = world.connect();
			connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
			connection.setAutoCommit(false);
			world.run(connection, "SELECT count(*) FROM item");
			world.run(world.connect(), INSERT);
			world.run(connection, "SELECT count(*) FROM item");
			connection.commit();
		}), same("A deferred constraint is violated at commit", (world) -> {
			Connection connection = world.begin();
			world.run(connection, "INSERT INTO child VALUES (1, 1)");
			world.attempt("commit", connection::commit);
			world.run(connection, "SELECT count(*) FROM child");
			connection.rollback();
		}), same("A deferred constraint is satisfied before commit", (world) -> {
			Connection connection = world.begin();
			world.run(connection, "INSERT INTO child VALUES (1, 1)");
			world.run(connection, "INSERT INTO parent VALUES (1)");
			world.attempt("commit", connection::commit);
			world.run(connection, "SELECT count(*) FROM child");
		}), same("A deferred constraint is violated in auto-commit", (world) -> {
			Connection connection = world.connect();
			world.run(connection, "INSERT INTO child VALUES (1, 1)");
			world.run(connection, "SELECT count(*) FROM child");
		}), same("SET CONSTRAINTS defers a constraint for one transaction", (world) -> {
			Connection connection = world.begin();
			world.run(connection, "SET CONSTRAINTS ALL DEFERRED");
			world.run(connection, "INSERT INTO immediate VALUES (1)");
			world.attempt("commit", connection::commit);
			world.run(connection, "INSERT INTO immediate VALUES (1)");
			connection.rollback();
			world.run(connection, "INSERT INTO child VALUES (1, 1)");
			world.attempt("commit", connection::commit);
		}), overlaps("A deferred constraint of an inner transaction is violated", (world) -> {
			Connection outer = world.begin();
			Connection inner = world.begin();
			world.run(outer, INSERT);
			world.run(inner, "INSERT INTO child VALUES (1, 1)");
			world.attempt("commit", inner::commit);
			world.attempt("commit", outer::commit);
			world.items();
		}), overlaps("A deferred constraint of an outer transaction is violated while an inner one commits",
				(world) -> {
					Connection outer = world.begin();
					Connection inner = world.begin();
					world.run(outer, "INSERT INTO child VALUES (1, 1)");
					world.run(inner, INSERT);
					world.attempt("commit", inner::commit);
					outer.rollback();
				}), differs("SET LOCAL and set_config(..., true) end with their transaction",
						"SET LOCAL, set_config or setSchema is used", (world) -> {
							Connection connection = world.begin();
							world.run(connection, "SET LOCAL lock_timeout = '123ms'");
							world.run(connection, "SELECT set_config('app.tenant', 'acme', true)");
							world.run(connection, "SHOW lock_timeout");
							world.run(connection, "SHOW app.tenant");
							connection.commit();
							world.run(connection, "SHOW lock_timeout");
							world.run(connection, "SHOW app.tenant");
							connection.commit();
						}),
				undetected("SET on one connection is seen on another", (world) -> {
					Connection first = world.connect();
					Connection second = world.connect();
					world.run(first, "SET lock_timeout = '123ms'");
					world.run(second, "SET TIME ZONE 'Asia/Tokyo'");
					world.run(first, "SHOW lock_timeout");
					world.run(second, "SHOW lock_timeout");
					world.run(second, "SHOW timezone");
					world.run(first, "SELECT current_setting('timezone') = 'Asia/Tokyo'");
				}), same("SET is undone by rollback, and kept by commit", (world) -> {
					Connection connection = world.begin();
					world.run(connection, "SET lock_timeout = '123ms'");
					connection.rollback();
					world.run(connection, "SHOW lock_timeout");
					world.run(connection, "SET lock_timeout = '124ms'");
					connection.commit();
					world.run(connection, "SHOW lock_timeout");
					connection.rollback();
				}),
				differs("setSchema ends with its connection", "SET LOCAL, set_config or setSchema is used", (world) -> {
					try (Connection connection = world.connect()) {
						connection.setSchema("other");
						world.run(connection, "INSERT INTO item VALUES (7)");
						world.run(connection, "SELECT count(*) FROM item");
						world.say(connection.getSchema());
					}
					world.run(world.connect(), "SELECT count(*) FROM item");
				}), undetected("A temporary table that is dropped at commit", (world) -> {
					Connection connection = world.begin();
					for (int i = 0; i < 2; i++) {
						world.run(connection, "CREATE TEMP TABLE scratch (id int) ON COMMIT DROP");
						world.run(connection, "INSERT INTO scratch VALUES (1)");
						connection.commit();
					}
					world.run(connection, "SELECT count(*) FROM scratch");
					connection.rollback();
				}), undetected("A temporary table is used on another connection", (world) -> {
					world.run(world.connect(), "CREATE TEMP TABLE scratch (id int)");
					world.run(world.connect(), "SELECT count(*) FROM scratch");
				}), undetected("A fetch size in a transaction, and after its end", (world) -> {
					Connection connection = world.begin();
					world.run(connection, "INSERT INTO item SELECT generate_series(1, 5)");
					try (Statement statement = connection.createStatement()) {
						statement.setFetchSize(2);
						ResultSet rows = statement.executeQuery("SELECT id FROM item ORDER BY id");
						for (int i = 0; i < 3; i++) {
							world.attempt("next", rows::next);
						}
						connection.commit();
						world.attempt("next", rows::next);
						world.attempt("next", rows::next);
					}
				}), same("A fetch size in auto-commit", (world) -> {
					Connection connection = world.connect();
					world.run(connection, "INSERT INTO item SELECT generate_series(1, 5)");
					try (Statement statement = connection.createStatement()) {
						statement.setFetchSize(2);
						ResultSet rows = statement.executeQuery("SELECT id FROM item ORDER BY id");
						while (rows.next()) {
							world.say(rows.getInt(1));
							world.run(world.connect(), "SELECT count(*) FROM item");
						}
					}
				}), undetected("A cursor ends with its transaction, unless WITH HOLD", (world) -> {
					Connection connection = world.begin();
					world.run(connection, "DECLARE short CURSOR FOR SELECT generate_series(1, 3)");
					world.run(connection, "DECLARE long CURSOR WITH HOLD FOR SELECT generate_series(1, 3)");
					world.run(connection, "FETCH short");
					connection.commit();
					world.run(connection, "FETCH long");
					world.run(connection, "FETCH short");
					connection.rollback();
				}), refused("COPY", "COPY needs a connection of its own", (world) -> {
					PGConnection postgres = world.connect().unwrap(PGConnection.class);
					world.attempt("copy", () -> postgres.getCopyAPI()
						.copyIn("COPY item FROM STDIN", new StringReader("1\ta\n2\tb\n")));
				}), same("Large objects need a transaction", (world) -> {
					Connection connection = world.connect();
					PGConnection postgres = connection.unwrap(PGConnection.class);
					world.attempt("create", () -> postgres.getLargeObjectAPI().createLO());
					connection.setAutoCommit(false);
					long oid = postgres.getLargeObjectAPI().createLO();
					connection.rollback();
					world.attempt("open", () -> postgres.getLargeObjectAPI().open(oid).size());
					connection.rollback();
				}), same("An updatable result set in auto-commit", (world) -> {
					Connection connection = world.connect();
					world.run(connection, "INSERT INTO item VALUES (1), (2)");
					try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE,
							ResultSet.CONCUR_UPDATABLE);
							ResultSet rows = statement.executeQuery("SELECT id, name FROM item ORDER BY id")) {
						rows.next();
						rows.updateString("name", "y");
						world.attempt("update", rows::updateRow);
						rows.updateInt("id", 2);
						world.attempt("update", rows::updateRow);
					}
					world.items();
				}), same("A query timeout", (world) -> {
					Connection connection = world.connect();
					world.run(connection, INSERT);
					try (Statement statement = connection.createStatement()) {
						statement.setQueryTimeout(1);
						world.attempt("sleep", () -> statement.execute("SELECT pg_sleep(30)"));
					}
					world.items(connection);
				}), same("A table is created and dropped, also in a transaction", (world) -> {
					Connection connection = world.begin();
					world.run(connection, "CREATE TABLE made (id int)");
					connection.rollback();
					world.run(connection, "SELECT count(*) FROM made");
					connection.rollback();
					world.run(connection, "CREATE TABLE made (id int)");
					connection.commit();
					world.run(connection, "SELECT count(*) FROM made");
					world.run(connection, "DROP TABLE made");
					connection.commit();
				}), same("Use after close", (world) -> {
					Connection connection = world.connect();
					connection.close();
					connection.close();
					world.say(connection.isClosed() + " " + connection.isValid(1));
					world.attempt("createStatement", () -> connection.createStatement().isClosed());
					world.attempt("commit", connection::commit);
				}), overlaps("An inner transaction on a second connection commits, then the outer one", (world) -> {
					Connection outer = world.begin();
					Connection inner = world.begin();
					world.run(outer, INSERT);
					world.run(inner, "INSERT INTO account VALUES (1, 1)");
					inner.commit();
					outer.commit();
					world.items();
					world.run(inner, "SELECT count(*) FROM account");
					inner.commit();
				}), overlaps("An inner transaction on a second connection rolls back or fails", (world) -> {
					Connection outer = world.begin();
					Connection inner = world.begin();
					world.run(outer, INSERT);
					world.run(inner, "INSERT INTO account VALUES (1, -1)");
					world.run(inner, "SELECT 1");
					inner.rollback();
					world.run(inner, "INSERT INTO account VALUES (1, 1)");
					inner.rollback();
					outer.commit();
					world.items();
					world.run(inner, "SELECT count(*) FROM account");
					inner.commit();
				}), overlaps("An inner transaction commits, the outer one has written and rolls back", (world) -> {
					Connection outer = world.begin();
					Connection inner = world.begin();
					world.run(outer, INSERT);
					world.run(inner, "INSERT INTO account VALUES (1, 1)");
					inner.commit();
					outer.rollback();
					world.items();
					world.run(world.connect(), "SELECT count(*) FROM account");
				}), overlaps("An inner transaction commits, the outer one has only read and rolls back", (world) -> {
					Connection outer = world.begin();
					Connection inner = world.begin();
					world.run(outer, "SELECT count(*) FROM item");
					world.run(inner, "INSERT INTO account VALUES (1, 1)");
					inner.commit();
					world.run(outer, INSERT);
					outer.rollback();
					world.items();
					world.run(world.connect(), "SELECT count(*) FROM account");
				}), overlaps("An inner transaction commits after the outer one has failed", (world) -> {
					Connection outer = world.begin();
					Connection inner = world.begin();
					world.run(outer, INSERT);
					world.run(outer, INSERT);
					world.run(inner, "INSERT INTO account VALUES (1, 1)");
					inner.commit();
					world.run(outer, "SELECT 1");
					world.attempt("commit", outer::commit);
					world.items();
					world.run(world.connect(), "SELECT count(*) FROM account");
				}), overlaps("Two transactions of one thread overlap",
						"Two transactions that overlap without being nested", (world) -> {
							Connection first = world.begin();
							Connection second = world.begin();
							world.run(first, INSERT);
							world.run(second, "INSERT INTO account VALUES (1, 1)");
							world.attempt("commit", first::commit);
							second.rollback();
						}),
				overlaps("Flyway migrates: its lock is a transaction around that of the migration",
						"Two transactions that overlap without being nested", (world) -> {
							Connection lock = world.begin();
							Connection migration = world.begin();
							world.run(lock, "SELECT pg_try_advisory_xact_lock(77)");
							world.run(migration, INSERT);
							world.run(lock, INSERT_2);
							migration.commit();
							lock.commit();
							world.items();
						}),
				overlaps("A second connection reads what the first has not committed", (world) -> {
					Connection outer = world.begin();
					world.run(outer, INSERT);
					world.items();
					outer.commit();
				}), overlaps("A second connection updates a row that the first has locked", (world) -> {
					world.run(world.connect(), "INSERT INTO account VALUES (1, 1)");
					Connection outer = world.begin();
					world.run(outer, "UPDATE account SET balance = 2");
					world.run(world.connect(), "UPDATE account SET balance = 3");
					outer.commit();
				}), differs("NOTIFY and LISTEN", "NOTIFY and LISTEN work at the commit", (world) -> {
					Connection connection = world.connect();
					world.run(connection, "LISTEN here");
					world.run(connection, "NOTIFY here");
					world.say(connection.unwrap(PGConnection.class).getNotifications(100).length);
				}), refused("CREATE INDEX CONCURRENTLY", "In TRANSACTION mode every statement runs inside", (world) -> {
					world.run(world.connect(), "CREATE INDEX CONCURRENTLY i ON item (name)");
					world.run(world.connect(), "DROP INDEX IF EXISTS i");
				}),
				refused("VACUUM", "In TRANSACTION mode every statement runs inside",
						(world) -> world.run(world.connect(), "VACUUM item")),
				refused("A procedure that commits", "In TRANSACTION mode every statement runs inside",
						(world) -> world.run(world.connect(), "CALL commits()")),
				same("A procedure that commits, in a transaction", (world) -> {
					Connection connection = world.begin();
					world.run(connection, "CALL commits()");
					connection.rollback();
				}), differs("Two connections want the same advisory lock", "An advisory lock is used", (world) -> {
					Connection first = world.connect();
					world.run(first, "SELECT pg_try_advisory_lock(1)");
					world.run(world.connect(), "SELECT pg_try_advisory_lock(1)");
				}), undetected("now() in two transactions", (world) -> {
					Connection connection = world.begin();
					world.run(connection, "CREATE TABLE times AS SELECT now() AS at");
					connection.commit();
					world.run(connection, "SELECT count(*) FROM times WHERE at = now()");
					connection.commit();
					world.run(connection, "DROP TABLE times");
					connection.commit();
				}), same("REQUIRED joins; a rollback-only participant", (world) -> {
					TransactionTemplate required = world.transaction(REQUIRED);
					world.attempt("required", () -> required.executeWithoutResult((outer) -> {
						world.jdbc().update(INSERT);
						required.executeWithoutResult((joined) -> joined.setRollbackOnly());
					}));
					world.attempt("required", () -> required.executeWithoutResult((outer) -> {
						world.jdbc().update(INSERT_2);
						required.executeWithoutResult((joined) -> world.jdbc().update("INSERT INTO item VALUES (3)"));
					}));
					world.items();
				}), overlaps("REQUIRES_NEW commits or rolls back, then the outer one commits", (world) -> {
					world.transaction(REQUIRED).executeWithoutResult((outer) -> {
						jdbc(world).update(INSERT);
						TransactionTemplate requiresNew = requiresNew(world);
						requiresNew
							.executeWithoutResult((inner) -> jdbc(world).update("INSERT INTO account VALUES (1, 1)"));
						requiresNew.executeWithoutResult((inner) -> {
							jdbc(world).update("INSERT INTO account VALUES (2, 2)");
							inner.setRollbackOnly();
						});
						world.attempt("inner", () -> requiresNew
							.executeWithoutResult((inner) -> jdbc(world).update("INSERT INTO account VALUES (1, 1)")));
						jdbc(world).update(INSERT_2);
					});
					world.items();
					world.run(world.connect(), "SELECT string_agg(id::text, ',') FROM account");
				}), overlaps("REQUIRES_NEW in an exception handler records the failure of the outer one", (world) -> {
					world.attempt("outer", () -> world.transaction(REQUIRED).executeWithoutResult((outer) -> {
						jdbc(world).update(INSERT);
						try {
							jdbc(world).update(INSERT);
						}
						catch (RuntimeException ex) {
							requiresNew(world).executeWithoutResult(
									(inner) -> jdbc(world).update("INSERT INTO account VALUES (1, 1)"));
							throw ex;
						}
					}));
					world.items();
					world.run(world.connect(), "SELECT string_agg(id::text, ',') FROM account");
				}), overlaps("REQUIRES_NEW commits, the outer one has written and rolls back", (world) -> {
					world.transaction(REQUIRED).executeWithoutResult((outer) -> {
						jdbc(world).update(INSERT);
						requiresNew(world)
							.executeWithoutResult((inner) -> jdbc(world).update("INSERT INTO account VALUES (1, 1)"));
						outer.setRollbackOnly();
					});
					world.run(world.connect(), "SELECT string_agg(id::text, ',') FROM account");
				}), overlaps("REQUIRES_NEW writes inside of a read-only transaction", (world) -> {
					TransactionTemplate readOnly = world.transaction(REQUIRED);
					readOnly.setReadOnly(true);
					readOnly.executeWithoutResult((outer) -> {
						world.attempt("read", () -> jdbc(world).queryForList("SELECT id FROM item"));
						world.attempt("inner",
								() -> requiresNew(world).executeWithoutResult((inner) -> jdbc(world).update(INSERT)));
						world.attempt("read", () -> jdbc(world).queryForList("SELECT id FROM item"));
						world.attempt("write", () -> jdbc(world).update(INSERT_2));
						outer.setRollbackOnly();
					});
					world.items();
				}), same("NESTED rolls back to its savepoint", (world) -> {
					world.transaction(REQUIRED).executeWithoutResult((outer) -> {
						jdbc(world).update(INSERT);
						world.attempt("nested", () -> world.transaction(NESTED)
							.executeWithoutResult((nested) -> jdbc(world).update(INSERT)));
						world.transaction(NESTED).executeWithoutResult((nested) -> jdbc(world).update(INSERT_2));
					});
					world.items();
				}), overlaps("NOT_SUPPORTED inside of a transaction that commits", (world) -> {
					world.transaction(REQUIRED).executeWithoutResult((outer) -> {
						jdbc(world).update(INSERT);
						world.transaction(NOT_SUPPORTED)
							.executeWithoutResult((none) -> jdbc(world).update("INSERT INTO account VALUES (1, 1)"));
					});
					world.items();
				}), overlaps("NOT_SUPPORTED inside of a transaction that rolls back", (world) -> {
					world.transaction(REQUIRED).executeWithoutResult((outer) -> {
						jdbc(world).update(INSERT);
						world.transaction(NOT_SUPPORTED)
							.executeWithoutResult((none) -> jdbc(world).update("INSERT INTO account VALUES (1, 1)"));
						outer.setRollbackOnly();
					});
					world.run(world.connect(), "SELECT count(*) FROM account");
				}), same("A unique violation in a transaction, translated", (world) -> {
					world.attempt("insert", () -> world.transaction(REQUIRED).executeWithoutResult((transaction) -> {
						jdbc(world).update(INSERT);
						jdbc(world).update(INSERT);
					}));
					world.attempt("check", () -> jdbc(world).update("INSERT INTO account VALUES (1, -1)"));
					world.items();
				}), same("A deferred constraint is reported by the commit of a transaction manager", (world) -> {
					world.attempt("commit", () -> world.transaction(REQUIRED)
						.executeWithoutResult((transaction) -> jdbc(world).update("INSERT INTO child VALUES (1, 1)")));
					world.run(world.connect(), "SELECT count(*) FROM child");
				}), same("afterCommit sees the rows and writes in a transaction of its own", (world) -> {
					world.transaction(REQUIRED).executeWithoutResult((transaction) -> {
						jdbc(world).update(INSERT);
						TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

							@Override
							public void afterCommit() {
								world.attempt("elsewhere", () -> world.elsewhere(world::items));
								requiresNew(world).executeWithoutResult((inner) -> jdbc(world).update(INSERT_2));
							}

							@Override
							public void afterCompletion(int status) {
								world.say("status " + status);
							}

						});
					});
					world.items();
				}), same("@TransactionalEventListener in all phases, at commit and rollback", Situations::events),
				overlaps("Another thread updates a row that a transaction has updated", (world) -> {
					world.run(world.connect(), INSERT);
					Connection connection = world.begin();
					world.run(connection, "UPDATE item SET name = 'y'");
					Thread thread = new Thread(() -> world.attempt("elsewhere", () -> {
						try (Statement update = world.connect().createStatement()) {
							update.execute("SET lock_timeout = '20s'");
							return update.executeUpdate("UPDATE item SET name = name || 'z'");
						}
					}));
					thread.start();
					while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()
							&& !isWaitingForLock(world)) {
						Thread.onSpinWait();
					}
					connection.commit();
					thread.join();
					world.items();
				}), overlaps("A transaction waits for another thread that uses the database",
						"In TRANSACTION mode all threads of a test share one connection", (world) -> {
							Connection connection = world.begin();
							world.run(connection, INSERT);
							world.elsewhere(() -> world.run(world.connect(), "SELECT count(*) FROM account"));
							connection.commit();
						}));
	}

	private static Situation same(String name, Situation.Program program) {
		return new Situation(name, Situation.Outcome.SAME, null, program);
	}

	private static Situation differs(String name, String warning, Situation.Program program) {
		return new Situation(name, Situation.Outcome.DIFFERS, warning, program);
	}

	private static Situation undetected(String name, Situation.Program program) {
		return new Situation(name, Situation.Outcome.DIFFERS, null, program);
	}

	private static Situation overlaps(String name, Situation.Program program) {
		return new Situation(name, Situation.Outcome.OVERLAP, null, program);
	}

	private static Situation overlaps(String name, String message, Situation.Program program) {
		return new Situation(name, Situation.Outcome.OVERLAP, message, program);
	}

	private static Situation refused(String name, String message, Situation.Program program) {
		return new Situation(name, Situation.Outcome.REFUSED, message, program);
	}

	private static boolean isWaitingForLock(World world) {
		return !world.isShared() && Integer.valueOf(1)
			.equals(jdbc(world).queryForObject("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
					+ " AND datname = current_database()", Integer.class));
	}

	private static JdbcTemplate jdbc(World world) {
		return world.jdbc();
	}

	private static TransactionTemplate requiresNew(World world) {
		return world.transaction(REQUIRES_NEW);
	}

	private static void events(World world) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(World.class, () -> world);
			context.registerBean(DataSource.class, world::dataSource);
			context.registerBean(JdbcTransactionManager.class,
					() -> new JdbcTransactionManager(context.getBean(DataSource.class)));
			context.register(Listeners.class);
			context.refresh();
			TransactionTemplate transaction = new TransactionTemplate(context.getBean(JdbcTransactionManager.class));
			transaction.executeWithoutResult((status) -> {
				jdbc(world).update(INSERT);
				context.publishEvent("first");
			});
			transaction.executeWithoutResult((status) -> {
				jdbc(world).update(INSERT_2);
				context.publishEvent("second");
				status.setRollbackOnly();
			});
			world.attempt("third", () -> transaction.executeWithoutResult((status) -> {
				jdbc(world).update("INSERT INTO child VALUES (1, 1)");
				context.publishEvent("third");
			}));
			context.publishEvent("none");
		}
	}

	/**
	 * Listeners of each phase.
	 */
	@EnableTransactionManagement
	static class Listeners {

		private final World world;

		Listeners(World world) {
			this.world = world;
		}

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		void beforeCommit(String event) {
			say("before commit", event);
		}

		// Unless told, their order is that of the JVM, and may be another one next time
		@Order(1)
		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
		void afterCommit(String event) {
			requiresNew(this.world)
				.executeWithoutResult((inner) -> jdbc(this.world).update("INSERT INTO account VALUES (1, 1)"));
			say("after commit", event);
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_ROLLBACK)
		void afterRollback(String event) {
			say("after rollback", event);
		}

		@Order(2)
		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMPLETION)
		void afterCompletion(String event) {
			say("after completion", event);
		}

		private void say(String phase, String event) {
			this.world.say(phase + " of " + event + " "
					+ jdbc(this.world).queryForList("SELECT id FROM item ORDER BY id", Integer.class));
		}

	}

}
