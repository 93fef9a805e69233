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

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One transaction that reads what the database holds, or what differs from a known state.
 */
final class ContentCapture {

	private final Session session;

	/** The copies, to drop those of baselines that nobody can restore any more. */
	private final Set<Copy> copies = new HashSet<>();

	private final ReferenceQueue<SavedRows> unused = new ReferenceQueue<>();

	private @Nullable String xid;

	private @Nullable Evidence evidence;

	ContentCapture(Session session) {
		this.session = session;
	}

	/**
	 * Read the present state.
	 * @param catalog the schema
	 * @param known the known state, or {@code null} to read everything
	 * @param differences what may differ from it
	 * @return the present state, {@code known} itself if nothing differs
	 */
	Baseline run(Catalog catalog, @Nullable Baseline known, Differences differences) throws SQLException {
		Batch batch = new Batch().add("BEGIN ISOLATION LEVEL REPEATABLE READ");
		dropUnused(batch);
		batch.run(this.session);
		Map<Long, SavedRows> rows = new HashMap<>((known != null) ? known.rows() : Map.of());
		changed(catalog.tables()
			.values()
			.stream()
			.filter((table) -> known == null || differences.tables.containsKey(table.oid()))
			.toList(), known, rows);
		Map<Long, Position> positions = new HashMap<>((known != null) ? known.positions() : Map.of());
		positions.putAll(settle(catalog, (known != null) ? differences.sequences : catalog.sequences().keySet()));
		Map<Long, MaterializedViews.Content> views = new HashMap<>((known != null) ? known.views() : Map.of());
		views.putAll(MaterializedViews.read(this.session, catalog,
				(known != null) ? differences.views : catalog.views().keySet()));
		LargeObjects largeObjects = (known != null) ? known.largeObjects() : LargeObjects.NONE;
		if (known == null || differences.largeObjects) {
			LargeObjects read = LargeObjects.read(this.session);
			largeObjects = largeObjects.sameAs(read) ? largeObjects : read;
		}
		new Batch().query("SELECT pg_current_xact_id_if_assigned()::xid::text", (row) -> this.xid = row.getString(1))
			.add("COMMIT")
			.query(this.session.evidenceSql(), (row) -> this.evidence = Evidence.of(row))
			.run(this.session);
		Baseline baseline = new Baseline(catalog, rows, positions, views, largeObjects,
				(known != null) ? known.serverObjects() : Set.of());
		return (known != null && baseline.sameAs(known)) ? known : baseline;
	}

	// Return the id of the transaction, null if it wrote nothing
	@Nullable String xid() {
		return this.xid;
	}

	// Return how far the server was after the transaction
	Evidence evidence() {
		return Objects.requireNonNull(this.evidence);
	}

	/**
	 * Leave sequences where they are, but as {@code setval} leaves them.
	 * @return where they stand
	 */
	private Map<Long, Position> settle(Catalog catalog, Collection<Long> oids) throws SQLException {
		Map<Long, Position> positions = SequencePositions.read(this.session,
				oids.stream().map(catalog.sequences()::get).filter(Objects::nonNull).toList());
		Batch batch = new Batch();
		SequencePositions.set(batch, this.session, catalog, positions, (oid) -> {
		});
		batch.run(this.session);
		return positions;
	}

	// Copy the rows of the tables that have others than they had
	private void changed(List<Table> tables, @Nullable Baseline known, Map<Long, SavedRows> rows) throws SQLException {
		Batch looks = new Batch();
		List<Table> empty = new ArrayList<>();
		List<Table> changed = new ArrayList<>();
		Batch guards = new Batch();
		for (Table table : tables) {
			if (table.filtered()) {
				table.guards().forEach((guard) -> {
					looks.add(guard.off());
					guards.add(guard.on());
				});
			}
			SavedRows before = (known != null) ? known.rows(table.oid()) : null;
			looks.query(
					"SELECT EXISTS(SELECT FROM ONLY " + table + "), " + ((before != null) ? before.differs() : "true"),
					(row) -> {
						if (!row.getBoolean(1)) {
							empty.add(table);
						}
						else if (row.getBoolean(2)) {
							changed.add(table);
						}
					});
		}
		looks.run(this.session);
		empty.forEach((table) -> rows.remove(table.oid()));
		Batch copy = new Batch();
		for (Table table : changed) {
			SavedRows saved = new SavedRows(table);
			this.copies.add(new Copy(saved, this.unused));
			saved.save(copy);
			rows.put(table.oid(), saved);
		}
		copy.run(this.session);
		Batch index = new Batch();
		changed.forEach((table) -> Objects.requireNonNull(rows.get(table.oid())).index(index));
		index.run(this.session);
		guards.run(this.session);
	}

	private void dropUnused(Batch batch) {
		for (Reference<?> reference; (reference = this.unused.poll()) != null;) {
			if (reference instanceof Copy copy && this.copies.remove(copy)) {
				batch.add("DROP TABLE IF EXISTS " + copy.name);
			}
		}
	}

	/**
	 * The name of a copy, known for longer than the copy is needed.
	 */
	private static final class Copy extends WeakReference<SavedRows> {

		private final String name;

		Copy(SavedRows rows, ReferenceQueue<SavedRows> queue) {
			super(rows, queue);
			this.name = rows.copy();
		}

	}

}
