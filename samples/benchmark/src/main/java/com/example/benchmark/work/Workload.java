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

package com.example.benchmark.work;

import java.util.List;

/**
 * What a test does. The statements are the same on every side.
 */
public enum Workload {

	/**
	 * Writes three tables.
	 */
	WRITE {

		@Override
		public void run(Sql sql, boolean isolated) {
			assertEmpty(sql, isolated);
			long id = sql.query(Statements.FIRST, "a");
			id = sql.query(Statements.SECOND, id, "b");
			sql.query(Statements.THIRD, id, "c");
		}

	},

	/**
	 * Reads two tables.
	 */
	READ {

		@Override
		public void run(Sql sql, boolean isolated) {
			assertEmpty(sql, isolated);
			if (sql.query(Statements.SEEDED) != 20) {
				throw new AssertionError("The reference data is not complete");
			}
		}

	},

	/**
	 * Writes three tables, and waits for the server as a heavier query would.
	 */
	WAIT {
		@Override
		public void run(Sql sql, boolean isolated) {
			WRITE.run(sql, isolated);
			sql.query("SELECT count(pg_sleep(0.01))");
		}
	},

	/**
	 * Inserts 100 rows, one after the other.
	 */
	STATEMENTS {

		@Override
		public void run(Sql sql, boolean isolated) {
			for (int i = 0; i < STATEMENT_COUNT; i++) {
				sql.query(Statements.FIRST, "a");
			}
		}

	};

	/**
	 * How many statements {@link #STATEMENTS} executes.
	 */
	public static final int STATEMENT_COUNT = 100;

	/**
	 * Do the work.
	 * @param sql how a statement is executed
	 * @param isolated whether the side promises that the tests before left nothing
	 */
	public abstract void run(Sql sql, boolean isolated);

	private static void assertEmpty(Sql sql, boolean isolated) {
		long rows = sql.query(Statements.COUNT);
		if (isolated && rows != 0) {
			throw new AssertionError("The tests before left rows");
		}
	}

	/**
	 * Read when a test runs: the other processes have no schema.
	 */
	private static final class Statements {

		private static final List<String> WRITTEN = Schema.current().written();

		// One row is enough: where nothing is undone, it takes no longer than elsewhere
		static final String COUNT = "SELECT count(*) FROM (SELECT 1 FROM " + WRITTEN.get(0) + " LIMIT 1) found";

		static final String FIRST = "INSERT INTO " + WRITTEN.get(0) + " (name) VALUES (?) RETURNING id";

		static final String SECOND = "INSERT INTO " + WRITTEN.get(1) + " (parent_id, name) VALUES (?, ?) RETURNING id";

		static final String THIRD = "INSERT INTO " + WRITTEN.get(2) + " (parent_id, name) VALUES (?, ?) RETURNING id";

		static final String SEEDED = "SELECT count(*) FROM " + Schema.current().seeded();

	}

}
