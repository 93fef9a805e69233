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

import java.sql.SQLException;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.pristine.postgres.sandbox.Sql.Control;
import dev.pristine.postgres.sandbox.Sql.Setting;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Sql}.
 */
class SqlTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			SELECT 1 | NONE
			begin | BEGIN
			/* a */ -- b\tSTART | NONE
			START TRANSACTION READ ONLY | BEGIN
			COMMIT; | COMMIT
			end work | COMMIT
			COMMIT AND CHAIN | REFUSED
			COMMIT PREPARED 'x' | REFUSED
			rollback | ROLLBACK
			ROLLBACK TO SAVEPOINT x | ROLLBACK_TO
			rollback transaction to x | ROLLBACK_TO
			SAVEPOINT x | SAVEPOINT
			RELEASE x | RELEASE
			PREPARE TRANSACTION 'x' | REFUSED
			PREPARE x AS SELECT 1 | NONE
			SET TRANSACTION ISOLATION LEVEL SERIALIZABLE | SET_TRANSACTION
			SELECT 1; COMMIT | MIXED
			SELECT 'a; COMMIT' | NONE
			DO $$ BEGIN COMMIT; END $$ | NONE""")
	void findsTransactionCommands(String text, Control control) throws SQLException {
		assertThat(Sql.of(text).control()).isEqualTo(control);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SELECT * FROM item WHERE id IN (1, 2)", "(SELECT count(*) FROM item) UNION SELECT 1",
			"WITH x AS (SELECT max(id) FROM item) SELECT * FROM x", "VALUES (1)", "SHOW lock_timeout", "",
			"SELECT nextval('s')" })
	void knowsWhatOnlyReads(String text) throws SQLException {
		assertThat(Sql.of(text).pure()).isTrue();
		assertThat(Sql.of(text).changes()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SELECT mine(1)", "SELECT app.\"mine\" (1)", "SELECT 1 INTO other", "{call mine}",
			"{? = call mine(?)}", "WITH x AS (DELETE FROM item RETURNING *) SELECT * FROM x",
			"INSERT INTO item VALUES (1)", "SELECT 1; DELETE FROM item", "DECLARE c CURSOR FOR SELECT 1",
			"SELECT pg_advisory_lock(1)", "EXPLAIN ANALYZE DELETE FROM item", "SELECT set_config('a.b', 'c', true)" })
	void takesNoChancesWithTheRest(String text) throws SQLException {
		assertThat(Sql.of(text).pure()).isFalse();
		assertThat(Sql.of(text).sequences()).isTrue();
	}

	@Test
	void knowsThatSequenceIsUsed() throws SQLException {
		assertThat(Sql.of("SELECT nextval('s')").sequences()).isTrue();
		assertThat(Sql.of("SELECT 1").sequences()).isFalse();
	}

	@Test
	void findsSettings() throws SQLException {
		assertThat(settings("SET lock_timeout = '1s'")).containsExactly(new Setting("lock_timeout", false));
		assertThat(settings("set local app.tenant to 'x'")).containsExactly(new Setting("app.tenant", true));
		assertThat(settings("SET SESSION TIME ZONE 'UTC'")).containsExactly(new Setting("timezone", false));
		assertThat(settings("SET ROLE x")).containsExactly(new Setting("role", false));
		assertThat(settings("SET SCHEMA 'x'")).containsExactly(new Setting("search_path", false));
		assertThat(settings("RESET ROLE")).containsExactly(new Setting("role", false));
		assertThat(settings("SELECT set_config('app.tenant', 'x', true), set_config('a', 'b', false)"))
			.containsExactly(new Setting("app.tenant", true), new Setting("a", false));
		assertThat(settings("SET CONSTRAINTS ALL DEFERRED")).isEmpty();
		assertThat(settings("UPDATE item SET name = 'x'")).isEmpty();
	}

	@Test
	void findsWrittenTables() throws SQLException {
		assertThat(Sql.of("INSERT INTO app.\"Item\" VALUES (1) ON CONFLICT DO UPDATE SET id = 1").written())
			.containsExactly("item");
		assertThat(Sql.of("update only item set x = 1; delete from account").written())
			.containsExactlyInAnyOrder("item", "account");
		assertThat(Sql.of("select * from app.item i").mentions(Set.of("item"))).isTrue();
		assertThat(Sql.of("select * from items").mentions(Set.of("item"))).isFalse();
	}

	@Test
	void knowsWhatCommitUndoes() throws SQLException {
		assertThat(Sql.of("CREATE TEMP TABLE x (id int) ON COMMIT DROP").undoneByCommit())
			.containsExactly("DROP TABLE IF EXISTS x");
		assertThat(Sql.of("CREATE TEMPORARY TABLE IF NOT EXISTS x (id int) ON COMMIT DELETE ROWS").undoneByCommit())
			.containsExactly("DELETE FROM x");
		assertThat(Sql.of("CREATE TEMP TABLE x (id int) ON COMMIT PRESERVE ROWS").undoneByCommit()).isEmpty();
		assertThat(Sql.of("DECLARE c CURSOR FOR SELECT 1").undoneByCommit()).containsExactly("CLOSE c");
		assertThat(Sql.of("DECLARE c CURSOR WITH HOLD FOR SELECT 1").undoneByCommit()).isEmpty();
	}

	private static List<Setting> settings(String text) throws SQLException {
		return Sql.of(text).settings();
	}

}
