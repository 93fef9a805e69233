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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * What the database holds now: rows, materialized views and large objects.
 */
final class Contents {

	private final Session session;

	private final Map<Long, Long> viewNodes = new HashMap<>();

	Contents(Session session) {
		this.session = session;
	}

	/**
	 * Read everything in one snapshot.
	 * @param catalog the schema
	 * @param positions where the sequences stand
	 * @return the present state
	 */
	Baseline read(Catalog catalog, Map<Long, Position> positions) throws SQLException {
		return read(catalog, positions, null, null);
	}

	/**
	 * Read what differs from a known state.
	 * @param known the known state
	 * @param positions where the sequences stand
	 * @param differences what differs
	 * @return the present state
	 */
	Baseline read(Baseline known, Map<Long, Position> positions, Differences differences) throws SQLException {
		return read(known.catalog(), positions, known, differences);
	}

	private Baseline read(Catalog catalog, Map<Long, Position> positions, @Nullable Baseline known,
			@Nullable Differences differences) throws SQLException {
		Map<Long, Rows> rows = new HashMap<>();
		Collection<Table> tables = catalog.tables().values();
		if (known != null && differences != null) {
			rows.putAll(known.rows());
			rows.keySet().removeAll(differences.tables.keySet());
			tables = tables.stream().filter((table) -> differences.tables.containsKey(table.oid())).toList();
		}
		new Batch().add("BEGIN ISOLATION LEVEL REPEATABLE READ").run(this.session);
		for (Table table : nonEmpty(tables)) {
			for (Table.Guard guard : table.filtered() ? table.guards() : List.<Table.Guard>of()) {
				this.session.execute(guard.off());
			}
			Rows read = Rows.read(this.session.copy(), table);
			Rows before = (known != null) ? known.rows(table.oid()) : null;
			if (read.count() > 0) {
				rows.put(table.oid(), (before != null && read.sameAs(before)) ? before : read);
			}
			for (Table.Guard guard : table.filtered() ? table.guards() : List.<Table.Guard>of()) {
				this.session.execute(guard.on());
			}
		}
		Map<Long, Baseline.View> views = new HashMap<>((known != null) ? known.views() : Map.of());
		for (Map.Entry<Long, String> view : catalog.views().entrySet()) {
			if (differences == null || differences.views.contains(view.getKey())) {
				views.put(view.getKey(), view(view.getKey(), view.getValue()));
			}
		}
		LargeObjects largeObjects = (known != null) ? known.largeObjects() : LargeObjects.NONE;
		if (differences == null || differences.largeObjects) {
			LargeObjects read = LargeObjects.read(this.session);
			largeObjects = largeObjects.sameAs(read) ? largeObjects : read;
		}
		locateViews(catalog);
		new Batch().add("COMMIT").run(this.session);
		return new Baseline(catalog, rows, positions, views, largeObjects);
	}

	private List<Table> nonEmpty(Collection<Table> tables) throws SQLException {
		List<Table> nonEmpty = new ArrayList<>(tables.stream().filter(Table::filtered).toList());
		List<Table> visible = tables.stream().filter((table) -> !table.filtered()).toList();
		if (!visible.isEmpty()) {
			this.session.query(visible.stream()
				.map((table) -> "EXISTS(SELECT FROM ONLY " + table + ")")
				.collect(Collectors.joining(",", "SELECT ARRAY[", "]")), (row) -> {
					Boolean[] exists = (Boolean[]) row.getArray(1).getArray();
					for (int i = 0; i < exists.length; i++) {
						if (exists[i]) {
							nonEmpty.add(visible.get(i));
						}
					}
				});
		}
		return nonEmpty;
	}

	private Baseline.View view(long oid, String name) throws SQLException {
		List<Baseline.View> views = new ArrayList<>(1);
		this.session.query("SELECT relispopulated FROM pg_class WHERE oid = " + oid, (row) -> {
			if (!row.getBoolean(1)) {
				views.add(new Baseline.View(false, 0, ""));
			}
		});
		if (views.isEmpty()) {
			this.session.query(
					"SELECT count(*), coalesce(sum(hashtextextended((v.*)::text, 0)), 0)::text FROM " + name + " v",
					(row) -> views.add(new Baseline.View(true, row.getLong(1), row.getString(2))));
		}
		return views.get(0);
	}

	/**
	 * Return where the materialized views were stored when they were read last.
	 * @return their file nodes by object identifier
	 */
	Map<Long, Long> viewNodes() {
		return this.viewNodes;
	}

	/**
	 * Take note of where the materialized views are stored now.
	 * @param catalog the schema
	 */
	void locateViews(Catalog catalog) throws SQLException {
		this.viewNodes.clear();
		if (!catalog.views().isEmpty()) {
			this.session.query(
					"SELECT oid, pg_relation_filenode(oid) FROM pg_class WHERE oid = ANY ("
							+ Probe.array(catalog.views().keySet()) + ")",
					(row) -> this.viewNodes.put(row.getLong(1), row.getLong(2)));
		}
	}

	/**
	 * Compare refreshed materialized views with a baseline.
	 * @param target the baseline
	 * @param views the views
	 * @param changes takes what differs
	 */
	void verifyViews(Baseline target, Set<Long> views, Changes.Collector changes) throws SQLException {
		for (Long oid : views) {
			String name = target.catalog().views().get(oid);
			if (name != null && !view(oid, name).equals(target.views().get(oid))) {
				changes.unrestored
					.add("materialized view " + name + ": it was out of date at the baseline, now it is refreshed");
			}
		}
	}

}
