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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Scan}.
 */
class ScanIntegrationTests {

	private static final String WRITES = """
			INSERT INTO plain (t) VALUES ('x')                                      | plain   | plain_id_seq
			INSERT INTO plain (t) VALUES ('x'); DELETE FROM plain                   |         | plain_id_seq
			BEGIN; INSERT INTO plain (t) VALUES ('x'); ROLLBACK                     |         | plain_id_seq
			SELECT setval('plain_id_seq', 7, false)                                 |         | plain_id_seq
			SELECT setval('plain_id_seq', 1, true)                                  |         | plain_id_seq
			SELECT nextval('plain_id_seq'), setval('plain_id_seq', 1, false)        |         |
			SELECT nextval('used')                                                  |         | used
			SELECT setval('used', 5, false)                                         |         | used
			INSERT INTO plain (id) VALUES (1); TRUNCATE plain; INSERT INTO plain (id) VALUES (2) | plain |
			INSERT INTO plain (id) VALUES (1); ALTER TABLE plain SET UNLOGGED; ALTER TABLE plain SET LOGGED | plain |
			INSERT INTO fast VALUES (1)                                             | fast    |
			INSERT INTO parted VALUES (1)                                           | leaf    |
			INSERT INTO derived VALUES (1)                                          | derived |
			INSERT INTO base VALUES (1)                                             | base    |
			UPDATE large SET t = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 5000) i) | large |
			UPDATE large SET t = t                                                  | large   |
			BEGIN; UPDATE large SET t = ''; ROLLBACK                                |         |
			CREATE TEMP TABLE IF NOT EXISTS temporary AS SELECT 1                   |         |
			""";

	@ParameterizedTest
	@ValueSource(ints = { 0, 120 })
	void findsWhatWasWritten(int others) throws SQLException {
		try (TestDatabase database = TestDatabase.create();
				Role owner = Role.owner(database);
				Connection application = owner.connect();
				Connection own = owner.connect();
				Statement statement = application.createStatement()) {
			// What comes after many tables is told by its size first
			statement.execute("DO $$ BEGIN FOR i IN 1.." + others
					+ " LOOP EXECUTE format('CREATE TABLE other_%s ()', i); END LOOP; END $$");
			statement.execute("CREATE TABLE plain (id serial, t text); CREATE SEQUENCE used; SELECT nextval('used');"
					+ "CREATE UNLOGGED TABLE fast (id int); CREATE TABLE parted (id int) PARTITION BY LIST (id);"
					+ "CREATE TABLE leaf PARTITION OF parted DEFAULT; CREATE TABLE base (id int);"
					+ "CREATE TABLE derived () INHERITS (base); CREATE TABLE large (t text);"
					+ "INSERT INTO large SELECT string_agg(md5(i::text), '') FROM generate_series(1, 3000) i");
			DatabaseReset reset = new DatabaseReset(own, Duration.ofSeconds(10), Duration.ofSeconds(60));
			Baseline baseline = reset.capture();
			for (int round = 0; round < 2; round++) {
				for (String line : WRITES.split("\n")) {
					String[] write = line.split("[|]", -1);
					statement.execute(write[0]);
					Changes changes = reset.restore(baseline);
					assertThat(String.join(" ", changes.tables())).as(line).isEqualTo(qualified(write[1]));
					assertThat(String.join(" ", changes.sequences())).as(line).isEqualTo(qualified(write[2]));
					assertThat(changes.isUndone()).as(line).isTrue();
					assertThat(reset.capture()).as(line).isSameAs(baseline);
				}
			}
		}
	}

	@Test
	void findsThatATableAfterManyIsAnotherOne() throws SQLException {
		try (TestDatabase database = TestDatabase.create();
				Role owner = Role.owner(database);
				Connection application = owner.connect();
				Connection own = owner.connect();
				Statement statement = application.createStatement()) {
			statement.execute("DO $$ BEGIN FOR i IN 1..120 LOOP EXECUTE format('CREATE TABLE other_%s ()', i);"
					+ " END LOOP; END $$; CREATE TABLE again (id int)");
			DatabaseReset reset = new DatabaseReset(own, Duration.ofSeconds(10), Duration.ofSeconds(60));
			Baseline baseline = reset.capture();
			statement.execute("DROP TABLE again; CREATE TABLE again (id int); INSERT INTO again VALUES (1)");
			assertThat(reset.restore(baseline, true).isUndone()).isFalse();
		}
	}

	private static String qualified(String name) {
		return name.isBlank() ? "" : "public." + name.trim();
	}

}
