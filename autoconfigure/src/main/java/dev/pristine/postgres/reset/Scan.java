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
import java.util.Set;

/**
 * A look at everything in one round trip, for what differs from a baseline. Its
 * statements are long, so they are made once.
 * <p>
 * A table that was empty has changed if it has a row now. A table that had rows is
 * unchanged if it has as many as then and none of them was written since: every row seen
 * now was seen then, because rows never come back, and the numbers are equal, so the sets
 * are. That covers updates (they write a new version), deletes, and deletes made up for
 * by inserts. Rolled back writes, row locks, vacuum and freezing (which keeps
 * {@code xmin}) do not count as changes.
 */
final class Scan {

	private final Session session;

	private final Baseline baseline;

	private final AlteredRelations altered;

	private final Batch batch = new Batch();

	private NewRows newRows = KnownState.EVERYTHING;

	private Differences differences = new Differences();

	Scan(Session session, Baseline baseline, CatalogCounts catalogs, ServerObjects serverObjects,
			AlteredRelations altered) {
		this.session = session;
		this.baseline = baseline;
		this.altered = altered;
		addEmpty();
		addSeeded();
		SequencePositions.compare(this.batch, session,
				baseline.catalog().sequences().values().stream().filter((sequence) -> !sequence.cyclic()).toList(),
				baseline.positions(), (oid) -> this.differences.sequences.add(oid));
		catalogs.look(this.batch, () -> this.newRows, () -> this.differences);
		serverObjects.look(this.batch, () -> this.differences);
		// Later than the evidence: who commits is seen before it is known what was
		// altered
		altered.look(this.batch);
	}

	Baseline baseline() {
		return this.baseline;
	}

	/**
	 * Look.
	 * @param newRows which rows the baseline does not contain
	 * @return what differs
	 */
	Differences run(NewRows newRows) throws SQLException {
		this.newRows = newRows;
		this.differences = new Differences();
		tables().stream().filter(Table::filtered).map(Table::oid).forEach(this::differs);
		this.baseline.catalog()
			.sequences()
			.values()
			.stream()
			.filter(Sequence::cyclic)
			.forEach((sequence) -> this.differences.sequences.add(sequence.oid()));
		this.batch.run(this.session);
		this.differences.schema |= this.altered.any();
		return this.differences;
	}

	private Collection<Table> tables() {
		return this.baseline.catalog().tables().values();
	}

	private void differs(long table) {
		this.differences.tables.put(table, Set.of());
	}

	private void addEmpty() {
		List<Table> empty = tables().stream()
			.filter((table) -> !table.filtered() && this.baseline.rows(table.oid()) == null)
			.toList();
		// To look into a table opens its file. If there are more than the server keeps
		// open, it opens each of them anew each time: rather ask for the size of the rest
		int open = this.session.files() * 4 / 5;
		if (this.session.version() < 180000) {
			open -= this.baseline.catalog().sequences().size();
		}
		List<String> conditions = new ArrayList<>();
		for (Table table : empty) {
			String exists = "EXISTS(SELECT FROM ONLY " + table + ")";
			conditions.add((conditions.size() < open || !table.heap()) ? exists
					: "coalesce(pg_relation_size('" + table.oid() + "'), 1) > 0 AND " + exists);
		}
		this.batch.query(conditions, (i) -> differs(empty.get(i).oid()));
	}

	private void addSeeded() {
		List<String> counts = new ArrayList<>();
		tables().stream().filter((table) -> !table.filtered()).forEach((table) -> {
			SavedRows rows = this.baseline.rows(table.oid());
			if (rows != null) {
				counts.add("SELECT " + table.oid() + "::bigint, count(*) = " + rows.count()
						+ " AND count(*) FILTER (WHERE " + NewRows.NEW + ") = 0 FROM ONLY " + table);
			}
		});
		if (!counts.isEmpty()) {
			this.batch.query(NewRows.WITH + String.join(" UNION ALL ", counts), (row) -> {
				if (!row.getBoolean(2)) {
					differs(row.getLong(1));
				}
			}, () -> this.newRows.parameters());
		}
	}

}
