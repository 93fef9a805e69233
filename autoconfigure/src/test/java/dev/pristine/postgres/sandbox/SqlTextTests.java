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
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SqlText} and {@link Difference}.
 */
class SqlTextTests {

	@ParameterizedTest
	@ValueSource(strings = { "begin", "/* a /* b */ */ Begin;", "START TRANSACTION READ ONLY", "commit work", "END;",
			"COMMIT AND CHAIN", "COMMIT PREPARED 'x'", "abort", "ROLLBACK TRANSACTION TO SAVEPOINT x", "SAVEPOINT x",
			"RELEASE x", "PREPARE TRANSACTION 'x'", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
			"SET LOCAL TRANSACTION READ ONLY, ISOLATION LEVEL SERIALIZABLE",
			"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SELECT 1; COMMIT",
			"BEGIN; INSERT INTO item VALUES (1); COMMIT" })
	void refusesTransactionCommands(String sql) {
		assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> SqlText.of(sql))
			.withMessageContainingAll("not with statements", sql, "use setAutoCommit", "TestIsolation.TRUNCATE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-- mine", "PREPARE x AS SELECT 1", "SET LOCAL TRANSACTION READ ONLY",
			"SET TRANSACTION READ WRITE", "SET transaction_isolation = 'serializable'", "SELECT 'x; COMMIT'",
			"SELECT $$; COMMIT; $$", "INSERT INTO item VALUES (1); INSERT INTO item VALUES (2)", "ENDING",
			"(VALUES (1))", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END" })
	void acceptsEverythingElse(String sql) throws SQLException {
		assertThat(SqlText.of(sql).text()).isEqualTo(sql);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			SET LOCAL lock_timeout = '1s' | SETTING
			SELECT set_config(?, ?, true) | SETTING
			setSchema | SETTING
			SET lock_timeout = '1s' |
			SELECT 'setSchema' |
			 notify x | NOTIFICATION
			SELECT pg_notify('x', '') | NOTIFICATION
			SELECT pg_try_advisory_lock(1) | ADVISORY_LOCK
			SELECT 'NOTIFY' |
			""")
	void knowsWhatDiffers(String sql, Difference difference) {
		assertThat(Arrays.stream(Difference.values()).filter((each) -> each.isIn(sql)))
			.isEqualTo((difference != null) ? List.of(difference) : List.of());
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
		assertThat(SqlText.of("SELECT '" + part.repeat(500_000) + "'")).isNotNull();
		knowsWhatDiffers("SELECT '" + part.repeat(500_000) + "'", part.startsWith("set") ? Difference.SETTING : null);
	}

}
