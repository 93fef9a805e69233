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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.pristine.postgres.DatabaseDump;
import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * After any program, and any nesting of baselines, the database equals the baseline.
 */
class RandomProgramIntegrationTests {

	private static final int PROGRAMS = Integer.getInteger("random.programs", 100);

	private static final long SEED = Long.getLong("random.seed", 20261120L);

	@Test
	void leavesNoTraceForSuperuser() throws Exception {
		try (TestDatabase database = TestDatabase.create();
				Connection own = database.connect();
				Connection application = database.connect()) {
			leavesNoTrace(database, own, application, PROGRAMS);
		}
	}

	@Test
	void leavesNoTraceForOwner() throws Exception {
		try (TestDatabase database = TestDatabase.create();
				Role owner = Role.owner(database);
				Connection own = owner.connect();
				Connection application = owner.connect()) {
			leavesNoTrace(database, own, application, PROGRAMS / 4);
		}
	}

	private void leavesNoTrace(TestDatabase database, Connection own, Connection application, int programs)
			throws Exception {
		System.out.println(programs + " random programs, seed " + SEED);
		try (Connection observer = database.connect();
				TestDatabase elsewhere = TestDatabase.create();
				Connection bystander = elsewhere.connect()) {
			RichSchema.create(application);
			DatabaseReset reset = new DatabaseReset(own, java.time.Duration.ofSeconds(2),
					java.time.Duration.ofSeconds(10));
			Baseline baseline = reset.capture();
			Map<String, String> expected = DatabaseDump.content(observer);
			Map<String, String> schema = DatabaseDump.schema(observer);
			int run = 0;
			for (int i = 0; run < programs; i++) {
				Random random = new Random(SEED + i);
				List<String> history = new ArrayList<>();
				Baseline inner = baseline;
				Map<String, String> innerExpected = expected;
				if (random.nextInt(4) == 0) {
					history.addAll(RichSchema.program(application, random));
					history.add("-- capture");
					inner = reset.capture();
					innerExpected = DatabaseDump.content(observer);
				}
				boolean replaced = false;
				for (int test = random.nextInt(3); test >= 0 && !replaced; test--) {
					history.addAll(RichSchema.program(application, random));
					run++;
					disturb(bystander, random, history);
					history.add("-- restore");
					Changes changes = reset.restore(inner);
					history.add("-- " + changes);
					assertThat(changes.schema()).as("schema after %d: %s", SEED + i, history).isEmpty();
					replaced = inner != baseline && !changes.unrestored().isEmpty();
					if (!replaced) {
						assertThat(changes.unrestored()).as("unrestored after %d: %s", SEED + i, history).isEmpty();
						assertSame(DatabaseDump.content(observer), innerExpected, SEED + i, history);
						assertThat(reset.capture()).as("quiet after %d: %s", SEED + i, history).isSameAs(inner);
					}
				}
				if (replaced) {
					// The view was out of date when the inner baseline was captured. The
					// database would be given up now
					reset.restore(baseline);
					try (Statement statement = application.createStatement()) {
						statement.execute("REFRESH MATERIALIZED VIEW totals");
					}
				}
				if (inner != baseline) {
					history.add("-- outer");
					reset.restore(baseline);
					assertSame(DatabaseDump.content(observer), expected, SEED + i, history);
				}
			}
			assertThat(DatabaseDump.schema(observer)).isEqualTo(schema);
		}
	}

	/**
	 * Work of others on the same server, which writes nothing here.
	 */
	private static void disturb(Connection bystander, Random random, List<String> history) throws SQLException {
		String sql = switch (random.nextInt(8)) {
			case 0 -> "BEGIN; SELECT pg_current_xact_id()";
			case 1, 2, 3 -> "COMMIT";
			case 4 -> "SELECT pg_current_xact_id()";
			default -> "";
		};
		history.add("-- bystander: " + sql);
		try (Statement statement = bystander.createStatement()) {
			statement.execute(sql);
		}
	}

	private static void assertSame(Map<String, String> actual, Map<String, String> expected, long seed,
			List<String> history) {
		assertThat(actual).as("content after seed %d: %s", seed, String.join(";\n", history)).isEqualTo(expected);
	}

}
