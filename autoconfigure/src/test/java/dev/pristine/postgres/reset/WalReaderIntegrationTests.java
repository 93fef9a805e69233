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
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WalReader}.
 */
class WalReaderIntegrationTests {

	@Test
	void whatIsRolledBackMentionsSequencesOnly() throws SQLException {
		try (TestDatabase database = TestDatabase.create(); Connection connection = database.connect()) {
			JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
			jdbc.execute("CREATE TABLE kept (id int); CREATE TABLE partly (id int); CREATE TABLE undone (id int);"
					+ "CREATE TABLE nested (id int); CREATE SEQUENCE counter; CREATE SEQUENCE idle;"
					+ "CREATE TABLE filled AS SELECT md5(g::text) FROM generate_series(1, 500) g");
			// What follows is in one file
			jdbc.execute("SELECT pg_switch_wal()");
			String start = jdbc.queryForObject("SELECT pg_current_wal_insert_lsn()::text", String.class);
			jdbc.execute("BEGIN; INSERT INTO undone VALUES (1); SELECT nextval('counter'); ROLLBACK");
			jdbc.execute("BEGIN; SAVEPOINT a; INSERT INTO nested VALUES (1); RELEASE a; SAVEPOINT b;"
					+ "INSERT INTO nested VALUES (2); RELEASE b; ROLLBACK");
			jdbc.execute("BEGIN; INSERT INTO kept VALUES (1); SAVEPOINT a; INSERT INTO partly VALUES (1);"
					+ "ROLLBACK TO a; COMMIT");
			// With images of pages and nothing else
			jdbc.execute(
					"BEGIN; TRUNCATE filled; INSERT INTO filled SELECT repeat(md5(g::text), 900) FROM generate_series(1, 9) g; ROLLBACK");
			jdbc.execute("SELECT pg_logical_emit_message(false, '', '', true)");
			byte[] wal = jdbc.queryForObject("""
					SELECT pg_read_binary_file('pg_wal/' || pg_walfile_name(start),
						(pg_walfile_name_offset(start)).file_offset, (pg_current_wal_flush_lsn() - start)::bigint)
					FROM CAST(? AS pg_lsn) AS start""", byte[].class, start);
			int version = connection.getMetaData().getDatabaseMajorVersion() * 10000;
			Map<WalReader.File, Set<Long>> blocks = new WalReader(version).read(Evidence.position(start), wal);
			assertThat(jdbc.queryForList("SELECT relname::text FROM pg_class WHERE relfilenode = ANY (?) ORDER BY 1",
					String.class, (Object) blocks.keySet().stream().map(WalReader.File::node).toArray(Long[]::new)))
				.contains("counter", "kept")
				.doesNotContain("filled", "idle", "nested", "partly", "undone");
		}
	}

}
