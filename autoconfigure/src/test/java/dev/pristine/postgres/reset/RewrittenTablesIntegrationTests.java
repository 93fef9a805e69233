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

import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RewrittenTables}.
 */
class RewrittenTablesIntegrationTests {

	@Test
	void tableWhoseRowsAreHiddenIsPutBack() throws SQLException {
		try (TestDatabase database = TestDatabase.create();
				Role owner = Role.owner(database);
				Connection application = owner.connect();
				Connection own = owner.connect();
				Statement statement = application.createStatement()) {
			statement.execute("CREATE TABLE secret AS SELECT id FROM generate_series(1, 30000) id;"
					+ "ALTER TABLE secret ENABLE ROW LEVEL SECURITY; ALTER TABLE secret FORCE ROW LEVEL SECURITY;"
					+ "CREATE TABLE plain (id int)");
			DatabaseReset reset = new DatabaseReset(own, Duration.ofSeconds(10), Duration.ofSeconds(60));
			Baseline baseline = reset.capture();
			statement.execute("INSERT INTO plain VALUES (1)");
			Changes changes = reset.restore(baseline, true);
			assertThat(changes.isUndone()).isTrue();
			assertThat(changes.tables()).containsExactly("public.plain");
		}
	}

	@Test
	void rowsThatTheClassHasWrittenCount() throws SQLException {
		try (TestDatabase database = TestDatabase.create();
				Connection own = database.connect();
				Connection application = database.connect();
				Statement statement = application.createStatement()) {
			statement.execute("CREATE TABLE big AS SELECT id FROM generate_series(1, 30000) id");
			DatabaseReset reset = new DatabaseReset(own, Duration.ofSeconds(10), Duration.ofSeconds(60));
			Baseline baseline = reset.capture();
			statement.execute("UPDATE big SET id = -id");
			assertThat(reset.capture()).isNotSameAs(baseline);
			assertThat(reset.restore(baseline, true).rewritten()).containsExactly("30000 rows of public.big");
			assertThat(reset.restore(baseline, false).isUndone()).isTrue();
			assertThat(reset.capture()).isSameAs(baseline);
		}
	}

}
