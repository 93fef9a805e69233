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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The number of the users' rows in all system catalogs, and in those of large objects.
 * Rows that are not new were there before. So if none is new and their number is the
 * same, nothing in any of the catalogs changed.
 */
final class CatalogCounts {

	private final boolean readsLargeObjects;

	private final String sql;

	private final Map<Boolean, Long> counts = new HashMap<>();

	CatalogCounts(Session session) {
		this.readsLargeObjects = session.readsLargeObjects();
		this.sql = NewRows.WITH + count(true, Definitions.catalogs(session)) + " UNION ALL "
				+ count(false, this.readsLargeObjects ? List.of("pg_largeobject_metadata", "pg_largeobject")
						: List.of("pg_largeobject_metadata"));
	}

	// Take the present catalogs for those of the known state
	void remember(Session session) throws SQLException {
		new Batch()
			.query(this.sql, (row) -> this.counts.put(row.getBoolean(1), row.getLong(2)),
					KnownState.EVERYTHING.parameters())
			.run(session);
	}

	// Add the look at the catalogs to a batch
	void look(Batch batch, Supplier<NewRows> newRows, Supplier<Differences> found) {
		batch.query(this.sql, (row) -> {
			Differences differences = found.get();
			long count = row.getLong(2);
			boolean changed = row.getLong(3) > 0 || !Objects.equals(this.counts.get(row.getBoolean(1)), count);
			if (row.getBoolean(1)) {
				differences.schema |= changed;
			}
			else {
				differences.largeObjects |= changed || (!this.readsLargeObjects && count > 0);
			}
		}, () -> newRows.get().parameters());
	}

	// No text in the result: the driver would wait for all answers so far before it sends
	// a statement that has parameters and an answer of any size
	private static String count(boolean schema, List<String> catalogs) {
		return "SELECT " + schema + ", count(*), count(*) FILTER (WHERE " + NewRows.NEW + ") FROM (SELECT xmin FROM "
				+ String.join(" UNION ALL SELECT xmin FROM ", catalogs) + ") AS rows";
	}

}
