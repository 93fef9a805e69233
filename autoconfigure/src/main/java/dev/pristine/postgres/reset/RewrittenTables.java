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

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows that have changed, where they are so many that a copy of the whole database is
 * sooner there than they are put back.
 */
final class RewrittenTables {

	private static final long MANY = 20_000;

	/** To put a row back takes so many times as long as to copy one with its database. */
	private static final long TIMES = 16;

	private RewrittenTables() {
	}

	// Return the tables with the numbers of their rows, none if a copy takes longer
	static List<String> find(Session session, KnownState known, Baseline target, Differences differences)
			throws SQLException {
		Map<Table, Long> changed = new LinkedHashMap<>();
		Batch counts = new Batch();
		differences.tables.forEach((oid, blocks) -> {
			SavedRows rows = target.rows(oid);
			if (rows == null || rows.table().filtered() || rows.isSome(blocks)) {
				return;
			}
			changed.put(rows.table(), rows.count());
			// Of a table that a class has changed, all rows may be others
			if (known.baseline().rows(oid) == rows) {
				counts.query(Evidence.SINCE + "SELECT count(*), count(*) FILTER (WHERE " + Evidence.NEW + ") FROM ONLY "
						+ rows.table(), (row) -> {
							long written = row.getLong(2);
							long missing = rows.count() - (row.getLong(1) - written);
							changed.put(rows.table(), Math.max(written, missing));
						}, known.evidence().since());
			}
		});
		if (areMany(changed, target)) {
			counts.run(session);
		}
		return areMany(changed, target)
				? changed.entrySet().stream().map((entry) -> entry.getValue() + " rows of " + entry.getKey()).toList()
				: List.of();
	}

	private static boolean areMany(Map<Table, Long> changed, Baseline target) {
		long all = target.rows().values().stream().mapToLong(SavedRows::count).sum();
		return changed.values().stream().mapToLong(Long::longValue).sum() > Math.max(MANY, all / TIMES);
	}

}
