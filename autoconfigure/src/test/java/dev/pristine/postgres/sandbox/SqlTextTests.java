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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.pristine.postgres.sandbox.SqlText.Command;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SqlText} and {@link LocalSettings}.
 */
class SqlTextTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			begin | BEGIN
			/* a /* b */ */ Begin; | BEGIN
			-- mine | NONE
			START TRANSACTION READ ONLY | BEGIN
			commit work | COMMIT
			END; | COMMIT
			COMMIT AND NO CHAIN | COMMIT
			COMMIT AND CHAIN | REFUSED
			COMMIT PREPARED 'x' | REFUSED
			abort | ROLLBACK
			ROLLBACK TRANSACTION TO SAVEPOINT x | SAVEPOINT
			ROLLBACK AND CHAIN | REFUSED
			RELEASE x | SAVEPOINT
			PREPARE TRANSACTION 'x' | REFUSED
			PREPARE x AS SELECT 1 | NONE
			SET LOCAL TRANSACTION READ ONLY | SET_TRANSACTION
			SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY | REFUSED
			SET transaction_isolation = 'serializable' | NONE
			SELECT 'x; COMMIT' | NONE
			SELECT $$; COMMIT; $$ | NONE
			SELECT 1; COMMIT | REFUSED
			BEGIN; INSERT INTO item VALUES (1); COMMIT | REFUSED
			INSERT INTO item VALUES (1); INSERT INTO item VALUES (2) | NONE
			CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END | NONE
			""")
	void recognisesTransactionCommands(String sql, Command command) throws SQLException {
		assertThat(SqlText.of(sql).command()).isEqualTo(command);
	}

	@Test
	void readsWhatTransactionIsAskedFor() throws SQLException {
		assertThat(SqlText.of("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").isReadOnly()).isTrue();
		assertThat(SqlText.of("BEGIN ISOLATION LEVEL REPEATABLE READ").isAboveReadCommitted()).isTrue();
		assertThat(SqlText.of("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").isAboveReadCommitted()).isTrue();
		assertThat(SqlText.of("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").isReadOnly()).isFalse();
		assertThat(SqlText.of("SELECT read only FROM serializable").isAboveReadCommitted()).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			SET LOCAL lock_timeout = '1s' | lock_timeout
			set local time zone 'UTC' | timezone
			SELECT set_config('app.tenant', 'a', true) | app.tenant
			SELECT set_config(('app.Tenant'), ('a'), ('TRUE')) | app.tenant
			SELECT set_config('a.b', coalesce('x', f('y, )')), 't'), 1 | a.b
			SELECT set_config('app.tenant', 'true', false) |
			SET lock_timeout = '1s' |
			SELECT 1 |
			""")
	void readsLocalSettings(String sql, String setting) throws SQLException {
		assertThat(SqlText.of(sql).localSettings()).isEqualTo((setting != null) ? List.of(setting) : List.of());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			(SELECT 1) UNION SELECT 2 | true
			WITH a AS (SELECT 1) SELECT 1 | true
			INSERT INTO item VALUES (1); DROP TABLE item | false
			DO $$ BEGIN END $$ | false
			ALTER TABLE item ADD COLUMN x int | false
			""")
	void knowsWhatMayChangeTheSchema(String sql, boolean plain) throws SQLException {
		assertThat(SqlText.of(sql).plain()).isEqualTo(plain);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0a", "((", "a ", "set_config(", "/*", "set local " })
	@Timeout(10)
	void readsLongTextsInLinearTime(String part) throws SQLException {
		assertThat(SqlText.of("SELECT '" + part.repeat(500_000) + "'").command()).isEqualTo(Command.NONE);
		assertThat(Difference.in("SELECT '" + part.repeat(500_000) + "'")).isNull();
	}

}
