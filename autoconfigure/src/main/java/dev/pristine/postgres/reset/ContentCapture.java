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

import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One transaction that reads what differs from a known state.
 */
final class ContentCapture {

	private final Session session;

	/** The copies, to drop those of baselines that nobody can restore any more. */
	private final Map<String, WeakReference<Object>> copies = new HashMap<>();

	ContentCapture(Session session) {
		this.session = session;
	}

	/**
	 * Read the present state.
	 * @param known the known state
	 * @param differences what may differ from it
	 * @return the present state, with the known baseline itself if nothing differs
	 */
	KnownState run(KnownState known, Differences differences) throws SQLException {
		Baseline before = known.baseline();
		Catalog catalog = before.catalog();
		Batch batch = new Batch().add("BEGIN ISOLATION LEVEL REPEATABLE READ");
		this.copies.entrySet().removeIf((copy) -> {
			boolean unused = copy.getValue().get() == null;
			if (unused) {
				batch.add("DROP TABLE IF EXISTS " + copy.getKey());
			}
			return unused;
		});
		batch.run(this.session);
		Map<Long, SavedRows> rows = new HashMap<>(before.rows());
		readTables(catalog.tables()
			.values()
			.stream()
			.filter((table) -> differences.tables.containsKey(table.oid()))
			.toList(), rows);
		Map<Long, Position> positions = new HashMap<>(before.positions());
		positions.putAll(settle(catalog, differences));
		Map<Long, String> views = new HashMap<>(before.views());
		views.putAll(MaterializedViews.read(this.session, catalog, differences.views));
		LargeObjects largeObjects = before.largeObjects();
		if (differences.largeObjects) {
			largeObjects = largeObjects.read(this.session);
			keep(largeObjects.copy(), largeObjects);
		}
		Evidence now = this.session.commit(new Batch(), differences.evidence);
		Baseline baseline = new Baseline(catalog, rows, positions, views, largeObjects, before.serverObjects());
		boolean same = baseline.equals(before);
		// Copies are tables, too
		return known.at(same ? before : baseline, now,
				(same && !differences.largeObjects) ? known.catalogs() : Map.of());
	}

	/**
	 * Leave sequences where they are, but as {@code setval} leaves them.
	 * @return where they stand
	 */
	private Map<Long, Position> settle(Catalog catalog, Differences differences) throws SQLException {
		Map<Long, Position> positions = SequencePositions.read(this.session,
				differences.sequences.stream().map(catalog.sequences()::get).filter(Objects::nonNull).toList());
		Batch batch = new Batch();
		SequencePositions.set(batch, this.session, catalog, positions, (oid) -> {
		});
		batch.run(this.session);
		return positions;
	}

	// Copy the rows of the tables that have others than they had
	private void readTables(List<Table> tables, Map<Long, SavedRows> rows) throws SQLException {
		Batch looks = new Batch();
		List<Table> changed = new ArrayList<>();
		Batch guards = new Batch();
		for (Table table : tables) {
			if (table.filtered()) {
				table.guards().forEach((guard) -> {
					looks.add(guard.off());
					guards.add(guard.on());
				});
			}
			SavedRows before = rows.get(table.oid());
			looks.query(
					"SELECT EXISTS(SELECT FROM ONLY " + table + "), " + ((before != null) ? before.differs() : "true"),
					(row) -> {
						if (!row.getBoolean(1)) {
							rows.remove(table.oid());
						}
						else if (row.getBoolean(2)) {
							changed.add(table);
						}
					});
		}
		looks.run(this.session);
		Batch copy = new Batch();
		for (Table table : changed) {
			SavedRows saved = new SavedRows(table);
			keep(saved.copy(), saved);
			saved.save(copy);
			rows.put(table.oid(), saved);
		}
		copy.run(this.session);
		Batch index = new Batch();
		changed.forEach((table) -> Objects.requireNonNull(rows.get(table.oid())).index(index));
		index.run(this.session);
		guards.run(this.session);
	}

	private void keep(String copy, Object user) {
		this.copies.put(copy, new WeakReference<>(user));
	}

}
