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

package dev.pristine.postgres.reset;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.pristine.postgres.DatabaseDump;
import dev.pristine.postgres.server.TestDatabase;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DatabaseReset}.
 */
class DatabaseResetIntegrationTests {

	// What can happen one after the other to one database
	private static final String CREATED_OR_DROPPED = """
			CREATE TABLE added (id int)                               | table added (created)
			ALTER TABLE seeded ADD COLUMN age int                     | column age of seeded (created)
			ALTER TABLE seeded ALTER name SET NOT NULL                | column name of seeded (altered)
			ALTER TABLE seeded ALTER name SET DEFAULT 'x'             | default value for column name of table seeded (created)
			ALTER TABLE seeded ALTER name TYPE varchar                | column name of seeded (altered)
			ALTER TABLE seeded ADD CHECK (id > 0)                     | constraint seeded_id_check on table seeded (created)
			CREATE INDEX extra ON seeded (name)                       | index extra (created)
			CREATE TYPE mood AS ENUM ('sad')                          | type mood (created)
			CREATE DOMAIN positive AS int                             | type positive (created)
			CREATE VIEW look AS SELECT 1                              | view look (created)
			CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1' | function f() (created)
			CREATE TRIGGER t BEFORE UPDATE ON seeded FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger() | trigger t on table seeded (created)
			CREATE SCHEMA more                                        | schema more (created)
			CREATE EXTENSION hstore                                   | extension hstore (created)
			GRANT SELECT ON seeded TO PUBLIC                          | table seeded (altered)
			GRANT SELECT (name) ON seeded TO PUBLIC                   | column name of seeded (altered)
			REVOKE USAGE ON SCHEMA public FROM PUBLIC                 | schema public (altered)
			COMMENT ON TABLE seeded IS 'x'                            | comment on table seeded (created)
			ALTER TABLE seeded ENABLE ROW LEVEL SECURITY              | table seeded (altered)
			CREATE POLICY p ON seeded                                 | policy p on table seeded (created)
			ALTER TABLE seeded SET (fillfactor = 50)                  | table seeded (altered)
			ALTER TABLE seeded DISABLE TRIGGER USER; CREATE STATISTICS s ON id, name FROM seeded | statistics object s (created)
			ALTER TABLE child DISABLE TRIGGER ALL                     | disabled constraint trigger on table child (created)
			CREATE PUBLICATION p FOR TABLE seeded                     | publication p (created)
			ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC | default privileges on new relations
			CREATE COLLATION c FROM "C"                               | collation c (created)
			CREATE CAST (text AS int) WITH INOUT                      | cast from text to integer (created)
			CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq) | operator ===(integer,integer) (created)
			CREATE TEXT SEARCH CONFIGURATION c (COPY = simple)        | text search configuration c (created)
			DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 100000', current_database()); END $$ | settings of database
			DROP FUNCTION old()                                       | function old() (dropped)
			DROP SCHEMA spare                                         | schema spare (dropped)
			CREATE TYPE pair AS (a int)                               | composite type pair (created)
			CREATE MATERIALIZED VIEW more AS SELECT 1                 | materialized view more (created)
			ALTER TABLE kept DROP CONSTRAINT small                    | constraint small on table kept (dropped)
			ALTER DOMAIN even DROP CONSTRAINT divisible               | constraint divisible (dropped)
			DROP RULE silent ON kept                                  | rule silent on table kept (dropped)
			DROP POLICY own ON kept                                   | policy own on table kept (dropped)
			ALTER TABLE parted ATTACH PARTITION part FOR VALUES IN (1) | inheritance of part (created)
			CREATE RULE r AS ON DELETE TO seeded DO INSTEAD NOTHING   | rule r on table seeded (created)
			ALTER TABLE child DROP CONSTRAINT child_parent_fkey       | constraint child_parent_fkey on table child (dropped)
			DROP TABLE child                                          | table child (dropped)
			""";

	private static final String ALTERED = """
			ALTER TABLE parent ALTER name SET STATISTICS 5            | column name of parent (altered)
			ALTER TABLE parent DISABLE TRIGGER same                   | trigger same on table parent (altered)
			ALTER TABLE child ALTER CONSTRAINT child_parent_fkey DEFERRABLE | constraint child_parent_fkey on table child (altered)
			ALTER TABLE child RENAME CONSTRAINT child_parent_fkey TO x | constraint child_parent_fkey on table child (altered)
			ALTER TABLE child CLUSTER ON child_pkey                   | index child_pkey (altered)
			ALTER SEQUENCE child_id_seq INCREMENT 5                   | sequence child_id_seq (altered)
			COMMENT ON FUNCTION old() IS NULL                         | comment on function old() (dropped)
			DROP SCHEMA spare; CREATE SCHEMA again                    | schema again (created)
			ALTER TABLE kept VALIDATE CONSTRAINT small                | constraint small on table kept (altered)
			ALTER TABLE kept RENAME CONSTRAINT small TO x             | constraint small on table kept (altered)
			ALTER DOMAIN even ADD CHECK (VALUE < 100)                 | constraint even_check (created)
			ALTER DOMAIN even VALIDATE CONSTRAINT divisible           | constraint divisible (altered)
			ALTER DOMAIN even RENAME CONSTRAINT divisible TO x        | constraint divisible (altered)
			ALTER TABLE kept DISABLE RULE silent                      | rule silent on table kept (altered)
			CREATE OR REPLACE RULE silent AS ON UPDATE TO kept DO INSTEAD NOTHING | rule silent on table kept (altered)
			ALTER RULE silent ON kept RENAME TO x                     | rule silent on table kept (altered)
			CREATE OR REPLACE VIEW shown AS SELECT 2 AS number        | rule _RETURN on view shown (altered)
			ALTER POLICY own ON kept USING (id > 1)                   | policy own on table kept (altered)
			ALTER POLICY own ON kept RENAME TO x                      | policy own on table kept (altered)
			ALTER FOREIGN TABLE far OPTIONS (a 'b')                   | foreign table far (altered)
			ALTER TABLE part INHERIT seeded                           | inheritance of part (created)
			ALTER TABLE seeded SET UNLOGGED                           | table seeded (altered)
			ALTER TABLE seeded RENAME name TO title                   | column name of seeded (altered)
			CREATE SEQUENCE extra                                     | sequence extra (created)
			ALTER TABLE parent DROP COLUMN name                       | name
			""";

	private static final String RENAMED = """
			CREATE INDEX extra ON parted (id)                         | index extra (created)
			ALTER TABLE seeded RENAME TO sown                         | table seeded (altered)
			""";

	private static final Duration PATIENT = Duration.ofSeconds(20);

	private final TestDatabase database = TestDatabase.create();

	private final Connection application = this.database.connect();

	private final Connection own = this.database.connect();

	private DatabaseReset reset = reset(this.own);

	@BeforeEach
	void createTables() throws SQLException {
		execute("CREATE TABLE parent (id serial PRIMARY KEY, name text);"
				+ "CREATE TABLE child (id serial PRIMARY KEY, parent int REFERENCES parent ON DELETE CASCADE);"
				+ "CREATE TABLE seeded (id int PRIMARY KEY, name text); INSERT INTO seeded VALUES (1, 'a'), (2, 'b');"
				+ "CREATE SCHEMA spare; CREATE FUNCTION old() RETURNS int LANGUAGE sql AS 'SELECT 1';"
				+ "COMMENT ON FUNCTION old() IS 'x'; CREATE TRIGGER same BEFORE UPDATE ON parent FOR EACH ROW"
				+ " EXECUTE FUNCTION suppress_redundant_updates_trigger()");
	}

	private void createWhatCanBeAltered() throws SQLException {
		execute("CREATE TABLE kept (id int); ALTER TABLE kept ADD CONSTRAINT small CHECK (id < 10) NOT VALID;"
				+ "CREATE DOMAIN even AS int; ALTER DOMAIN even ADD CONSTRAINT divisible CHECK (VALUE % 2 = 0) NOT VALID;"
				+ "CREATE RULE silent AS ON DELETE TO kept DO INSTEAD NOTHING; CREATE POLICY own ON kept;"
				+ "CREATE VIEW shown AS SELECT 1 AS number; CREATE TABLE part (id int NOT NULL, name text);"
				+ "CREATE TABLE parted (id int, name text) PARTITION BY LIST (id); CREATE FOREIGN DATA WRAPPER nothing;"
				+ "CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing; CREATE FOREIGN TABLE far (id int) SERVER nowhere");
	}

	@AfterEach
	void dropDatabase() throws SQLException {
		this.application.close();
		this.own.close();
		this.database.close();
	}

	@Test
	void reportsWhatItUndid() throws SQLException {
		Baseline baseline = this.reset.capture();
		execute("INSERT INTO parent (name) VALUES ('x'); UPDATE seeded SET name = 'c' WHERE id = 1");
		Changes changes = this.reset.restore(baseline);
		assertThat(changes.tables()).containsExactlyInAnyOrder("public.parent", "public.seeded");
		assertThat(changes.sequences()).containsExactly("public.parent_id_seq");
		assertThat(changes.isUndone()).isTrue();
		assertThat(this.reset.restore(baseline).isEmpty()).isTrue();
		assertThat(query("SELECT string_agg(id || name, ',' ORDER BY id) FROM seeded")).isEqualTo("1a,2b");
	}

	@Test
	void noticesUpdateThatKeepsTheCount() throws SQLException {
		Baseline baseline = this.reset.capture();
		execute("DELETE FROM seeded WHERE id = 1; INSERT INTO seeded VALUES (1, 'a')");
		assertThat(this.reset.restore(baseline).tables()).containsExactly("public.seeded");
	}

	@Test
	void doesNotTakeRollbackLockOrVacuumForChange() throws SQLException {
		Baseline baseline = this.reset.capture();
		execute("BEGIN; UPDATE seeded SET name = 'c'; DELETE FROM seeded; ROLLBACK");
		execute("BEGIN; SELECT * FROM seeded FOR UPDATE; COMMIT");
		execute("VACUUM (FREEZE, ANALYZE) seeded");
		assertThat(this.reset.restore(baseline).isEmpty()).isTrue();
		execute("VACUUM FULL seeded");
		assertThat(this.reset.restore(baseline).schema()).isEmpty();
	}

	@Test
	void returnsKnownBaselineIfNothingChanged() throws SQLException {
		Baseline baseline = this.reset.capture();
		assertThat(this.reset.capture()).isSameAs(baseline);
		execute("BEGIN; INSERT INTO seeded VALUES (3, 'c'); ROLLBACK");
		assertThat(this.reset.capture()).isSameAs(baseline);
		execute("SELECT nextval('parent_id_seq')");
		assertThat(this.reset.capture()).isNotSameAs(baseline);
	}

	@Test
	void restoresNestedBaselines() throws SQLException {
		Baseline context = this.reset.capture();
		execute("INSERT INTO parent (name) VALUES ('class'); DELETE FROM seeded WHERE id = 1");
		Baseline inner = this.reset.capture();
		execute("INSERT INTO parent (name) VALUES ('nested'); INSERT INTO child (parent) VALUES (2)");
		Baseline innermost = this.reset.capture();
		execute("TRUNCATE parent CASCADE; TRUNCATE seeded");
		this.reset.restore(innermost);
		assertThat(query("SELECT string_agg(id || name, ',' ORDER BY id) FROM parent")).isEqualTo("1class,2nested");
		this.reset.restore(inner);
		assertThat(query("SELECT string_agg(id || name, ',') FROM parent")).isEqualTo("1class");
		assertThat(query("SELECT nextval('parent_id_seq')")).isEqualTo("2");
		assertThat(query("SELECT count(*) FROM seeded")).isEqualTo("1");
		this.reset.restore(context);
		assertThat(query("SELECT count(*) FROM parent")).isEqualTo("0");
		assertThat(query("SELECT nextval('parent_id_seq')")).isEqualTo("1");
		assertThat(query("SELECT count(*) FROM seeded")).isEqualTo("2");
	}

	@Test
	void noticesSequenceWithinItsPrefetchedValues() throws SQLException {
		execute("SELECT nextval('parent_id_seq')");
		Baseline baseline = this.reset.capture();
		for (int test = 0; test < 3; test++) {
			assertThat(query("SELECT nextval('parent_id_seq')")).isEqualTo("2");
			assertThat(this.reset.restore(baseline).sequences()).containsExactly("public.parent_id_seq");
		}
	}

	@Test
	void setsBackSequenceOfWhichSessionsKeepValues() throws SQLException {
		execute("CREATE SEQUENCE cached CACHE 10; SELECT nextval('cached')");
		Baseline baseline = this.reset.capture();
		for (int test = 0; test < 3; test++) {
			assertThat(query("SELECT nextval('cached')")).isEqualTo("11");
			this.reset.restore(baseline);
		}
	}

	@Test
	void setsBackSequenceThatWentRound() throws SQLException {
		execute("CREATE SEQUENCE round MAXVALUE 3 CYCLE; SELECT nextval('round')");
		Baseline baseline = this.reset.capture();
		execute("SELECT nextval('round') FROM generate_series(1, 3)");
		this.reset.restore(baseline);
		assertThat(query("SELECT nextval('round')")).isEqualTo("2");
		this.reset.restore(baseline);
		assertThat(query("SELECT nextval('round')")).isEqualTo("2");
	}

	@Test
	void setsBackUnloggedSequence() throws SQLException {
		execute("CREATE UNLOGGED TABLE cache (id serial)");
		Baseline baseline = this.reset.capture();
		assertThat(query("SELECT nextval('cache_id_seq')")).isEqualTo("1");
		this.reset.restore(baseline);
		assertThat(query("SELECT nextval('cache_id_seq')")).isEqualTo("1");
		assertThat(this.reset.capture()).isNotSameAs(baseline);
	}

	@Test
	void waitsForTransactionThatEnds() throws Exception {
		this.reset = new DatabaseReset(this.own, PATIENT, PATIENT);
		Baseline baseline = this.reset.capture();
		try (Connection other = this.database.connect(); Statement statement = other.createStatement()) {
			statement.execute("BEGIN; INSERT INTO parent (name) VALUES ('late')");
			CompletableFuture<Changes> restored = CompletableFuture.supplyAsync(() -> this.reset.restore(baseline));
			run(this.application, "SELECT pg_sleep(0.05)");
			statement.execute("UPDATE seeded SET name = 'late'; COMMIT");
			assertThat(restored.get(20, TimeUnit.SECONDS).tables()).containsExactlyInAnyOrder("public.parent",
					"public.seeded");
			assertThat(restored.get().sessions()).isEmpty();
		}
	}

	@Test
	@Timeout(30)
	void cutsOffTransactionThatStaysOpen() throws SQLException {
		Baseline baseline = this.reset.capture();
		Connection other = this.database.connect();
		run(other, "SET application_name = 'forgetful'; BEGIN; INSERT INTO parent (name) VALUES ('open')");
		Changes changes = this.reset.restore(baseline);
		assertThat(changes.sessions()).singleElement()
			.asString()
			.contains("forgetful")
			.contains("pid ")
			.contains("INSERT INTO parent");
		assertThat(changes.sequences()).containsExactly("public.parent_id_seq");
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(other, "COMMIT"));
		assertThat(this.reset.restore(baseline).isEmpty()).isTrue();
		assertThat(query("SELECT nextval('parent_id_seq')")).isEqualTo("1");
	}

	@Test
	void goesOnWhileOthersChangeRowsOfTheBaseline() throws Exception {
		this.reset = new DatabaseReset(this.own, PATIENT, PATIENT);
		Baseline baseline = this.reset.capture();
		AtomicBoolean over = new AtomicBoolean();
		CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
			try (Connection connection = this.database.connect()) {
				while (!over.get()) {
					run(connection, "UPDATE seeded SET name = 'x' WHERE id = 1");
				}
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		try {
			for (int i = 0; i < 300; i++) {
				this.reset.restore(baseline);
			}
		}
		finally {
			over.set(true);
			others.get(10, TimeUnit.SECONDS);
		}
		this.reset.restore(baseline);
		assertThat(query("SELECT string_agg(name, ',') FROM seeded")).doesNotContain("x");
	}

	@Test
	void namesWhatStaysOnTheServerOnce() throws SQLException {
		Baseline baseline = this.reset.capture();
		try (Role role = Role.create(this.database, "")) {
			assertThat(this.reset.restore(baseline).leftovers()).contains("role " + role.name());
			execute("INSERT INTO parent DEFAULT VALUES");
			assertThat(this.reset.restore(baseline).leftovers()).doesNotContain("role " + role.name());
			execute("ALTER ROLE " + role.name() + " SET work_mem = '5MB'");
			assertThat(this.reset.restore(baseline).leftovers()).contains("role " + role.name() + " (altered)");
		}
	}

	@Test
	void cutsOffPreparedTransaction() throws SQLException {
		Baseline baseline = this.reset.capture();
		execute("BEGIN; INSERT INTO parent DEFAULT VALUES; PREPARE TRANSACTION 'forgotten'");
		assertThat(this.reset.restore(baseline).sessions()).singleElement().asString().contains("forgotten");
		assertThat(query("SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
	}

	@Test
	@Timeout(30)
	void waitsForPreparedTransactionThatIsAboutToEnd() throws Exception {
		this.reset = new DatabaseReset(this.own, PATIENT, PATIENT);
		Baseline baseline = this.reset.capture();
		execute("BEGIN; INSERT INTO parent DEFAULT VALUES; PREPARE TRANSACTION 'decided'");
		String waiting = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_prepared_xacts%' AND datname = current_database() AND pid <> pg_backend_pid()";
		CompletableFuture<Void> coordinator = CompletableFuture.runAsync(() -> {
			// Bounded, as nothing else ends the thread
			await().pollInterval(Duration.ofMillis(5)).until(() -> !query(waiting).equals("0"));
			try {
				execute("COMMIT PREPARED 'decided'");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(this.reset.restore(baseline).sessions()).isEmpty();
		coordinator.get(10, TimeUnit.SECONDS);
		assertThat(this.reset.restore(baseline).isUndone()).isTrue();
		assertThat(query("SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
	}

	@Test
	void putsBackOneOfManyRows() throws SQLException {
		execute("INSERT INTO seeded SELECT g, repeat(md5(g::text), 4) FROM generate_series(3, 40000) g");
		String content = "SELECT md5(string_agg(id || name, ',' ORDER BY id)) FROM seeded";
		String expected = query(content);
		String file = query("SELECT pg_relation_filenode('seeded')");
		Baseline baseline = this.reset.capture();
		for (int test = 0; test < 3; test++) {
			execute("UPDATE seeded SET name = 'x' WHERE id = 20000; DELETE FROM seeded WHERE id = 7;"
					+ "UPDATE seeded SET id = 50000 WHERE id = 11");
			assertThat(this.reset.restore(baseline).tables()).containsExactly("public.seeded");
			assertThat(query(content)).isEqualTo(expected);
		}
		assertThat(query("SELECT count(*) FROM seeded WHERE xmin <> (SELECT xmin FROM seeded WHERE id = 8)"))
			.isEqualTo("5");
		assertThat(query("SELECT pg_relation_filenode('seeded')")).isEqualTo(file);
		execute("TRUNCATE seeded");
		this.reset.restore(baseline);
		assertThat(query(content)).isEqualTo(expected);
	}

	@Test
	void doesNotRestoreTwiceWhileAnotherTransactionIsOpen() throws SQLException {
		Baseline baseline = this.reset.capture();
		try (TestDatabase elsewhere = TestDatabase.create();
				Connection other = elsewhere.connect();
				Statement statement = other.createStatement()) {
			statement.execute("BEGIN; SELECT pg_current_xact_id()");
			execute("UPDATE seeded SET name = 'c'");
			assertThat(this.reset.restore(baseline).tables()).containsExactly("public.seeded");
			execute("INSERT INTO child DEFAULT VALUES");
			assertThat(this.reset.restore(baseline).tables()).containsExactly("public.child");
			statement.execute("COMMIT");
		}
		assertThat(this.reset.restore(baseline).isEmpty()).isTrue();
	}

	@Test
	void knowsItsOwnRowsWhileAnotherTransactionIsOpenWithoutReadingTheWal() throws SQLException {
		// All of its rows are written anew, because others may refer to them
		execute("CREATE TABLE named (id int PRIMARY KEY); INSERT INTO named VALUES (1);"
				+ " CREATE TABLE naming (id int REFERENCES named)");
		try (TestDatabase elsewhere = TestDatabase.create();
				Connection other = elsewhere.connect();
				Statement statement = other.createStatement();
				Role member = Role.create(this.database, "GRANT " + this.database.username() + " TO %2$s");
				Connection connection = member.connect()) {
			DatabaseReset withoutWal = reset(connection);
			Baseline baseline = withoutWal.capture();
			statement.execute("BEGIN; SELECT pg_current_xact_id()");
			for (int i = 0; i < 2; i++) {
				execute("INSERT INTO named VALUES (2)");
				assertThat(withoutWal.restore(baseline).tables()).containsExactly("public.named");
				execute("SELECT pg_current_xact_id()");
				assertThat(withoutWal.restore(baseline).isEmpty()).isTrue();
			}
		}
	}

	@Test
	void truncatesWhatBecameLarge() throws SQLException {
		Baseline baseline = this.reset.capture();
		String file = query("SELECT pg_relation_filenode('child')");
		execute("INSERT INTO child (parent) SELECT NULL FROM generate_series(1, 50000)");
		assertThat(this.reset.restore(baseline).tables()).containsExactly("public.child");
		assertThat(query("SELECT pg_relation_filenode('child')")).isNotEqualTo(file);
		execute("INSERT INTO parent SELECT g, 'x' FROM generate_series(1, 50000) g");
		assertThat(this.reset.restore(baseline).tables()).containsExactly("public.parent");
		assertThat(query("SELECT count(*) FROM parent")).isEqualTo("0");
	}

	@Test
	void removesDeadRows() throws SQLException {
		Baseline baseline = this.reset.capture();
		// Somebody like autovacuum may still see them for a moment
		await().pollInSameThread().atMost(Duration.ofSeconds(20)).until(() -> {
			for (int i = 0; i < 5; i++) {
				execute("INSERT INTO parent SELECT g, 'x' FROM generate_series(1, 500) g");
				this.reset.restore(baseline);
			}
			return query("SELECT pg_relation_size('parent')").equals("0");
		});
	}

	@Test
	void leavesExtensionsAndForeignTablesAlone() throws SQLException {
		execute("CREATE TABLE of_extension (id int); CREATE EXTENSION hstore;"
				+ "ALTER EXTENSION hstore ADD TABLE of_extension; CREATE FOREIGN DATA WRAPPER nothing;"
				+ "CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing; CREATE FOREIGN TABLE far (id int) SERVER nowhere");
		Baseline baseline = this.reset.capture();
		execute("INSERT INTO of_extension VALUES (1); INSERT INTO parent DEFAULT VALUES");
		assertThat(this.reset.restore(baseline).tables()).containsExactly("public.parent");
		assertThat(query("SELECT count(*) FROM of_extension")).isEqualTo("1");
	}

	@Test
	void restoresLargeObjectsWithOwnerAndPrivileges() throws SQLException {
		try (Role role = Role.create(this.database, "")) {
			execute("SELECT lo_from_bytea(4711, '\\x0102'); SELECT lo_from_bytea(4712, '\\x03');"
					+ "ALTER LARGE OBJECT 4711 OWNER TO " + role.name()
					+ "; GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC");
			String described = "SELECT string_agg(oid || lomowner::regrole::text || coalesce(lomacl::text, '')"
					+ " || lo_get(oid)::text, ';' ORDER BY oid) FROM pg_largeobject_metadata";
			String expected = query(described);
			Baseline baseline = this.reset.capture();
			execute("SELECT lo_unlink(4711), lo_put(4712, 5, '\\x04'), lo_create(4713)");
			assertThat(this.reset.restore(baseline).tables()).containsExactly("large objects");
			assertThat(query(described)).isEqualTo(expected);
			execute("SELECT lo_put(4712, 0, '\\x03')");
			assertThat(this.reset.restore(baseline).tables()).isEmpty();
			execute("SELECT lo_put(4712, 0, '\\x05')");
			assertThat(this.reset.restore(baseline).tables()).containsExactly("large objects");
			assertThat(query(described)).isEqualTo(expected);
		}
	}

	@Test
	void largeObjectsOfClassGoWithIt() throws SQLException {
		Baseline context = this.reset.capture();
		execute("SELECT lo_from_bytea(4711, '\\x01')");
		Baseline inner = this.reset.capture();
		execute("SELECT lo_unlink(4711)");
		this.reset.restore(inner);
		assertThat(query("SELECT lo_get(4711)::text")).isEqualTo("\\x01");
		assertThat(this.reset.restore(inner).isEmpty()).isTrue();
		assertThat(this.reset.restore(context).tables()).containsExactly("large objects");
		assertThat(query("SELECT count(*) FROM pg_largeobject_metadata")).isEqualTo("0");
	}

	@Test
	void leavesLargeObjectsOfOthersAlone() throws SQLException {
		try (Role role = Role.create(this.database, ""); Connection connection = role.connect()) {
			execute("DROP TABLE child, parent, seeded; SELECT lo_from_bytea(4711, '\\x01')");
			DatabaseReset reset = reset(connection);
			Baseline baseline = reset.capture();
			run(connection, "SELECT lo_from_bytea(4712, '\\x02')");
			execute("SELECT lo_put(4711, 0, '\\x03')");
			assertThat(reset.restore(baseline).isUndone()).isTrue();
			assertThat(query("SELECT string_agg(oid || lo_get(oid)::text, ';') FROM pg_largeobject_metadata"))
				.isEqualTo("4711\\x03");
		}
	}

	@Test
	void namesLargeObjectsOfOthersThatItMayNotRemove() throws SQLException {
		try (Role role = Role.create(this.database, ""); Connection connection = role.connect()) {
			execute("DROP TABLE child, parent, seeded; SELECT lo_from_bytea(4711, '\\x01')");
			DatabaseReset reset = reset(connection);
			Baseline baseline = reset.capture();
			execute("SELECT lo_from_bytea(4712, '\\x02')");
			assertThat(reset.restore(baseline).unrestored()).singleElement()
				.asString()
				.contains("4711 of postgres, 4712 of postgres; before: 4711 of postgres");
			execute("SELECT lo_unlink(4712)");
			assertThat(reset.restore(baseline).isUndone()).isTrue();
		}
	}

	@Test
	void saysThatMaterializedViewWasOutOfDate() throws SQLException {
		execute("CREATE MATERIALIZED VIEW numbers AS SELECT count(*) FROM seeded; INSERT INTO seeded VALUES (3, 'c')");
		Baseline baseline = this.reset.capture();
		execute("INSERT INTO seeded VALUES (4, 'd')");
		assertThat(this.reset.restore(baseline).isUndone()).isTrue();
		assertThat(query("SELECT count FROM numbers")).isEqualTo("2");
		execute("REFRESH MATERIALIZED VIEW numbers");
		Changes changes = this.reset.restore(baseline);
		assertThat(changes.isUndone()).isFalse();
		assertThat(changes.unrestored()).singleElement().asString().contains("public.numbers");
	}

	@Test
	void ignoresSettingsOfTheRole() throws SQLException {
		execute("ALTER DATABASE " + this.database.name() + " SET extra_float_digits = -3; ALTER DATABASE "
				+ this.database.name() + " SET IntervalStyle = 'sql_standard'; ALTER DATABASE " + this.database.name()
				+ " SET default_transaction_isolation = 'serializable';"
				+ "CREATE TABLE exact (f float8, i interval); INSERT INTO exact VALUES (0.1::float8 + 0.2, '1 mon -2 days 3:00')");
		Map<String, String> expected = DatabaseDump.content(this.application);
		try (Connection connection = this.database.connect()) {
			DatabaseReset reset = reset(connection);
			Baseline baseline = reset.capture();
			execute("UPDATE exact SET f = 1");
			reset.restore(baseline);
		}
		assertThat(DatabaseDump.content(this.application)).isEqualTo(expected);
	}

	@Test
	@Timeout(30)
	void namesSessionThatHoldsLocks() throws SQLException {
		try (Connection connection = this.database.connect();
				Connection reading = this.database.connect();
				Connection other = this.database.connect();
				Statement statement = other.createStatement()) {
			run(reading, "SET application_name = 'harmless'; BEGIN; SELECT FROM child");
			DatabaseReset impatient = new DatabaseReset(connection, Duration.ofMillis(50), Duration.ofSeconds(10));
			Baseline baseline = impatient.capture();
			execute("INSERT INTO parent DEFAULT VALUES");
			statement.execute("SET application_name = 'forgetful'; BEGIN; LOCK TABLE parent IN SHARE MODE");
			assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> impatient.restore(baseline))
				.withMessageContaining("forgetful")
				.withMessageContaining("idle in transaction")
				.withMessageContaining("LOCK TABLE parent")
				.withMessageNotContaining("harmless")
				.withMessageContaining("End the transaction");
			statement.execute("COMMIT");
			assertThat(impatient.restore(baseline).tables()).containsExactly("public.parent");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { CREATED_OR_DROPPED, ALTERED, RENAMED })
	void namesSchemaChanges(String schemaChanges) throws SQLException {
		createWhatCanBeAltered();
		try (Role member = Role.create(this.database, "GRANT " + this.database.username() + " TO %2$s");
				Connection connection = member.connect()) {
			for (String line : schemaChanges.lines().toList()) {
				String[] change = line.split(" +\\| ");
				namesSchemaChange(reset(this.own), reset(connection), change[0], change[1]);
			}
		}
	}

	private void namesSchemaChange(DatabaseReset reset, DatabaseReset withoutWal, String ddl, String expected)
			throws SQLException {
		Baseline scanned = withoutWal.capture();
		// Has its trigger switched off and on again
		execute("INSERT INTO parent (name) VALUES ('x')");
		assertThat(withoutWal.restore(scanned).tables()).containsExactly("public.parent");
		execute("INSERT INTO child DEFAULT VALUES");
		assertThat(withoutWal.restore(scanned).isUndone()).isTrue();
		Baseline baseline = reset.capture();
		execute("UPDATE seeded SET id = id + 10");
		execute(ddl);
		Changes changes = reset.restore(baseline);
		assertThat(changes.schema()).as(ddl).anySatisfy((name) -> assertThat(name).contains(expected));
		assertThat(changes.isUndone()).isFalse();
		assertThat(reset.restore(baseline).schema()).as("as long as it lasts").isEqualTo(changes.schema());
		Baseline next = reset.capture();
		assertThat(reset.restore(next).isEmpty()).isTrue();
		assertThat(reset.restore(baseline).schema()).isEqualTo(changes.schema());
		assertThat(withoutWal.restore(scanned).schema()).as("without reading the WAL: " + ddl)
			.anySatisfy((name) -> assertThat(name).contains(expected));
	}

	@ParameterizedTest
	@ValueSource(strings = { "BEGIN; CREATE TABLE added (id int); ALTER TABLE seeded ADD COLUMN x int; ROLLBACK",
			"TRUNCATE parent, child RESTART IDENTITY", "CREATE TEMP TABLE t (id serial PRIMARY KEY)", "ANALYZE",
			"VACUUM FULL seeded", "REINDEX TABLE seeded", "REFRESH MATERIALIZED VIEW numbers" })
	void tellsPhysicalChangesFromSchemaChanges(String sql) throws SQLException {
		execute("CREATE MATERIALIZED VIEW numbers AS SELECT 1 AS number");
		Baseline baseline = this.reset.capture();
		execute(sql);
		assertThat(this.reset.restore(baseline).isUndone()).isTrue();
	}

	@Test
	void restoresRowsOfSchemaThatChanged() throws SQLException {
		Baseline baseline = this.reset.capture();
		execute("DELETE FROM seeded; INSERT INTO parent (name) VALUES ('x'); CREATE TABLE added (id int); DROP TABLE child");
		Changes changes = this.reset.restore(baseline);
		assertThat(changes.schema()).isNotEmpty();
		assertThat(query("SELECT count(*) FROM seeded")).isEqualTo("2");
		assertThat(query("SELECT count(*) FROM parent")).isEqualTo("0");
	}

	@Test
	void restoresWhatItCanOfSchemaThatChanged() throws SQLException {
		execute("CREATE SEQUENCE a START 10; CREATE SEQUENCE b; SELECT lo_from_bytea(4711, '\\x01')");
		Baseline baseline = this.reset.capture();
		execute("ALTER SEQUENCE a MINVALUE 1 START 1 RESTART 1 MAXVALUE 5; SELECT nextval('b'), nextval('b'), lo_put(4711, 0, '\\x07')");
		Changes changes = this.reset.restore(baseline);
		assertThat(query("SELECT last_value || ' ' || lo_get(4711)::text FROM b")).isEqualTo("1 \\x01");
		assertThat(changes.unrestored()).singleElement().asString().startsWith("public.a: ");
	}

	@Test
	void doesNotTakeViewForTableThatHadItsName() throws SQLException {
		execute("CREATE TABLE later (id int, name text)");
		Baseline baseline = this.reset.capture();
		execute("DROP TABLE later; CREATE VIEW later AS SELECT * FROM seeded");
		assertThat(this.reset.restore(baseline).unrestored()).isEmpty();
		assertThat(query("SELECT count(*) FROM seeded")).isEqualTo("2");
	}

	@Test
	void adoptsSchemaThatChangedBeforeCapture() throws SQLException {
		Baseline outer = this.reset.capture();
		execute("CREATE TABLE added (id int); INSERT INTO added VALUES (1)");
		Baseline inner = this.reset.capture();
		execute("DELETE FROM added");
		assertThat(this.reset.restore(inner).isUndone()).isTrue();
		assertThat(query("SELECT count(*) FROM added")).isEqualTo("1");
		assertThat(this.reset.restore(outer).schema()).contains("table added (created)");
	}

	@Test
	void worksForRoleThatOwnsNothingButTheTables() throws SQLException {
		try (Role role = Role.create(this.database, "GRANT CREATE ON SCHEMA public TO %2$s");
				Connection connection = role.connect();
				Statement statement = connection.createStatement()) {
			execute("ALTER TABLE parent OWNER TO " + role.name() + "; ALTER TABLE child OWNER TO " + role.name()
					+ "; ALTER TABLE seeded OWNER TO " + role.name());
			DatabaseReset reset = reset(connection);
			Baseline baseline = reset.capture();
			execute("INSERT INTO parent DEFAULT VALUES; INSERT INTO child (parent) VALUES (1); DELETE FROM seeded;"
					+ "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''fired''; END'");
			Changes changes = reset.restore(baseline);
			assertThat(changes.schema()).containsExactly("function f() (created)");
			assertThat(query("SELECT count(*) FROM seeded")).isEqualTo("2");
			assertThat(query("SELECT count(*) FROM parent")).isEqualTo("0");
		}
	}

	@Test
	void readsTheWalFromTheEndOfItsFileOn() throws SQLException {
		// In the background, the WAL is written to the end of its file first
		execute("""
				DO $$ BEGIN
					FOR i IN 1..10000 LOOP
						PERFORM pg_logical_emit_message(false, 'test', repeat('x', 8000));
						EXIT WHEN mod(pg_current_wal_flush_lsn() - '0/0', pg_size_bytes(current_setting('wal_segment_size'))) = 0;
					END LOOP;
				END $$""");
		Session session = Session.open(this.own, Duration.ofSeconds(2), Duration.ofSeconds(10), null);
		assertThat(WalDetector.of(session)).isNotNull();
	}

	@Test
	void explainsLostConnection() throws SQLException {
		Baseline baseline = this.reset.capture();
		execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
				+ " AND pid <> pg_backend_pid()");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.reset.restore(baseline))
			.withMessageContaining("Somebody has ended the connection");
	}

	private void execute(String sql) throws SQLException {
		run(this.application, sql);
	}

	private static DatabaseReset reset(Connection connection) {
		return new DatabaseReset(connection, Duration.ofSeconds(2), Duration.ofSeconds(10));
	}

	private static void run(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private String query(String sql) throws SQLException {
		try (Statement statement = this.application.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

}
