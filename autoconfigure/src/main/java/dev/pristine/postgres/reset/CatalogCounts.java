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
import java.util.ArrayList;
import java.util.List;

/**
 * The number of the users' rows in each system catalog. With the rows that are new it
 * tells, as for seeded tables, whether anything in a catalog changed.
 */
final class CatalogCounts {

	private final List<String> sources = new ArrayList<>(Definitions.CATALOGS);

	private final boolean readsLargeObjects;

	private final long[] counts;

	CatalogCounts(Session session) {
		this.readsLargeObjects = session.readsLargeObjects();
		this.sources.add("pg_largeobject_metadata");
		if (this.readsLargeObjects) {
			this.sources.add("pg_largeobject");
		}
		this.counts = new long[this.sources.size()];
	}

	// Take the present catalogs for those of the known state
	void remember(Session session) throws SQLException {
		Batch batch = new Batch();
		count(batch, KnownState.EVERYTHING, (row) -> this.counts[row.getInt(1)] = row.getLong(2));
		batch.run(session);
	}

	// Add the look at the catalogs to a batch
	void look(Batch batch, NewRows newRows, Differences differences) {
		count(batch, newRows, (row) -> {
			int source = row.getInt(1);
			long count = row.getLong(2);
			boolean changed = row.getLong(3) > 0 || count != this.counts[source];
			if (source < Definitions.CATALOGS.size()) {
				differences.schema |= changed;
			}
			else {
				differences.largeObjects |= changed || (!this.readsLargeObjects && count > 0);
			}
		});
	}

	private void count(Batch batch, NewRows newRows, Batch.RowHandler handler) {
		StringBuilder sql = new StringBuilder(NewRows.WITH);
		for (int i = 0; i < this.sources.size(); i++) {
			sql.append((i > 0) ? " UNION ALL " : "")
				.append("SELECT ")
				.append(i)
				.append(", count(*), count(*) FILTER (WHERE ")
				.append(NewRows.NEW)
				.append(") FROM ")
				.append(this.sources.get(i));
		}
		batch.query(sql.toString(), handler, newRows.parameters());
	}

}
