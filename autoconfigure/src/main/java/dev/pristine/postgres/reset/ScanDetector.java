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
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Looks at everything, in one round trip, for servers and roles with which the WAL cannot
 * be read.
 * <p>
 * A table that was empty has changed if it has a row now. A table that had rows is
 * unchanged if it has as many as then and none of them was written since: every row seen
 * now was seen then, because rows never come back, and the numbers are equal, so the sets
 * are. That covers updates (they write a new version), deletes, and deletes made up for
 * by inserts. Rolled back writes, row locks, vacuum and freezing (which keeps
 * {@code xmin}) do not count as changes.
 */
final class ScanDetector implements ChangeDetector {

	private final Session session;

	private final ServerObjects serverObjects;

	private final CatalogCounts catalogs;

	private AlteredRelations altered = new AlteredRelations(List.of());

	ScanDetector(Session session, ServerObjects serverObjects) {
		this.session = session;
		this.serverObjects = serverObjects;
		this.catalogs = new CatalogCounts(session);
	}

	// Look at the relations of this catalog from now on
	void watch(Catalog catalog) {
		this.altered = new AlteredRelations(catalog.definitions().relations());
	}

	// Take the present catalogs for those of the known state
	void rememberCatalogs() throws SQLException {
		this.catalogs.remember(this.session);
	}

	// Take what was seen of the relations for the known state
	void acceptRelations() {
		this.altered.accept();
	}

	// The reset itself has altered relations: if nobody wrote since, it was alone
	void acceptRelations(@Nullable Evidence after) throws SQLException {
		if (look().equals(after)) {
			this.altered.accept();
		}
	}

	@Override
	public Detection detect(KnownState known) throws SQLException {
		Baseline baseline = known.baseline();
		Evidence now = this.session.evidence();
		if (now.equals(known.evidence()) && SequencePositions.unloggedStand(this.session, baseline)) {
			return new Detection(now, null);
		}
		Differences differences = new Differences();
		Batch batch = new Batch();
		Collection<Table> tables = baseline.catalog().tables().values();
		tables.stream().filter(Table::filtered).forEach((table) -> differences.tables.put(table.oid(), Set.of()));
		addEmpty(batch, tables.stream().filter((table) -> !table.filtered() && baseline.rows(table.oid()) == null),
				differences);
		addSeeded(batch, known, tables.stream().filter((table) -> !table.filtered()), differences);
		Map<Long, Sequence> sequences = baseline.catalog().sequences();
		SequencePositions.read(batch, this.session, List.copyOf(sequences.values()), (oid, position) -> {
			Sequence sequence = sequences.get(oid);
			if (sequence != null && (sequence.cyclic() || !position.equals(baseline.positions().get(oid)))) {
				differences.sequences.add(oid);
			}
		});
		this.catalogs.look(batch, known.newRows(), differences);
		this.serverObjects.look(batch, differences);
		// Later than the evidence: who commits is seen before it is known what was
		// altered
		this.altered.look(batch);
		batch.run(this.session);
		differences.schema |= this.altered.any();
		MaterializedViews.read(this.session, baseline.catalog(), baseline.views().keySet()).forEach((oid, view) -> {
			if (!view.equals(baseline.views().get(oid))) {
				differences.views.add(oid);
			}
		});
		return new Detection(now, differences);
	}

	private Evidence look() throws SQLException {
		List<Evidence> found = new ArrayList<>(1);
		Batch batch = new Batch().query(this.session.evidenceSql(), (row) -> found.add(Evidence.of(row)));
		this.altered.look(batch);
		batch.run(this.session);
		return found.get(0);
	}

	private void addEmpty(Batch batch, Stream<Table> empty, Differences differences) {
		for (List<Table> tables : Batch.parts(empty.toList())) {
			batch.query(tables.stream()
				.map((table) -> "EXISTS(SELECT FROM ONLY " + table + ")")
				.collect(Collectors.joining(",", "SELECT ARRAY[", "]")), (row) -> {
					Boolean[] exists = (Boolean[]) row.getArray(1).getArray();
					for (int i = 0; i < exists.length; i++) {
						if (exists[i]) {
							differences.tables.put(tables.get(i).oid(), Set.of());
						}
					}
				});
		}
	}

	private void addSeeded(Batch batch, KnownState known, Stream<Table> tables, Differences differences) {
		List<String> counts = new ArrayList<>();
		tables.forEach((table) -> {
			SavedRows rows = known.baseline().rows(table.oid());
			if (rows != null) {
				counts.add("SELECT " + table.oid() + "::bigint, count(*) = " + rows.count()
						+ " AND count(*) FILTER (WHERE " + NewRows.NEW + ") = 0 FROM ONLY " + table);
			}
		});
		if (!counts.isEmpty()) {
			batch.query(NewRows.WITH + String.join(" UNION ALL ", counts), (row) -> {
				if (!row.getBoolean(2)) {
					differences.tables.put(row.getLong(1), Set.of());
				}
			}, known.newRows().parameters());
		}
	}

}
