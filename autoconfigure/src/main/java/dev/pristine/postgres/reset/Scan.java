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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A look at everything in one round trip, or two if there are many tables, for what
 * differs from a known state.
 * <p>
 * A table that was empty has changed if it has a row now. A table that had rows is
 * unchanged if it has as many as then and none of them was written since: every row seen
 * now was seen then, because rows never come back, and the numbers are equal, so the sets
 * are. That covers updates (they write a new version), deletes, and deletes made up for
 * by inserts. Rolled back writes, row locks, vacuum and freezing (which keeps
 * {@code xmin}) do not count as changes.
 */
final class Scan {

	/** So many tables are looked into at once; of the rest, only those with a file. */
	private static final int FEW = 100;

	private final Session session;

	private final ServerObjects serverObjects;

	Scan(Session session, ServerObjects serverObjects) {
		this.session = session;
		this.serverObjects = serverObjects;
	}

	/**
	 * Look.
	 * @param known the known state
	 * @param now how far the server is
	 * @return what differs
	 */
	Differences run(KnownState known, Evidence now) throws SQLException {
		Baseline baseline = known.baseline();
		Differences differences = new Differences(now);
		Batch batch = new Batch();
		List<Long> written = addTables(batch, known, differences);
		Collection<Sequence> sequences = baseline.catalog().sequences().values();
		SequencePositions.compare(batch, this.session, sequences, baseline.positions(), differences.sequences::add);
		sequences.stream().filter(Sequence::cyclic).map(Sequence::oid).forEach(differences.sequences::add);
		Map<String, ServerObjects.Found> found = this.serverObjects.look(batch);
		new CatalogLook(known, differences).add(batch, this.session);
		batch.run(this.session);
		addRows(new Batch(), baseline.catalog(), written, differences).run(this.session);
		differences.server = this.serverObjects.differ(found);
		MaterializedViews.read(this.session, baseline.catalog(), baseline.views().keySet()).forEach((oid, view) -> {
			if (!view.equals(baseline.views().get(oid))) {
				differences.views.add(oid);
			}
		});
		return differences;
	}

	// Return what will be those of many empty tables whose files are not empty
	private List<Long> addTables(Batch batch, KnownState known, Differences differences) {
		List<Long> few = new ArrayList<>();
		List<Long> many = new ArrayList<>();
		List<String> counts = new ArrayList<>();
		Catalog catalog = known.baseline().catalog();
		for (Table table : catalog.tables().values()) {
			SavedRows rows = known.baseline().rows(table.oid());
			if (table.filtered()) {
				differences.tables.put(table.oid(), Set.of());
			}
			else if (rows != null) {
				counts.add("SELECT " + table.oid() + "::bigint FROM ONLY " + table + " HAVING count(*) <> "
						+ rows.count() + " OR count(*) FILTER (WHERE " + Evidence.NEW + ") > 0");
			}
			else {
				((few.size() < FEW || !table.heap()) ? few : many).add(table.oid());
			}
		}
		addRows(batch, catalog, few, differences);
		List<Long> written = new ArrayList<>();
		if (!many.isEmpty()) {
			batch.query(
					"SELECT oid::bigint FROM unnest(" + Batch.array(many)
							+ ") AS tables(oid) WHERE coalesce(pg_relation_size(oid), 1) > 0",
					(row) -> written.add(row.getLong(1)));
		}
		if (!counts.isEmpty()) {
			batch.query(Evidence.SINCE + String.join(" UNION ALL ", counts),
					(row) -> differences.tables.put(row.getLong(1), Set.of()), known.evidence().since());
		}
		return written;
	}

	// Add a look for rows in tables that had none
	private static Batch addRows(Batch batch, Catalog catalog, List<Long> tables, Differences differences) {
		return batch.holding(tables, (oid) -> "EXISTS(SELECT FROM ONLY " + catalog.tables().get(oid) + ")",
				(row) -> differences.tables.put(row.getLong(1), Set.of()));
	}

}
