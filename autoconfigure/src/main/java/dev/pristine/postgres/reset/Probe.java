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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds what changed since a moment at which the database equalled a known baseline.
 * <p>
 * A table that was empty then has changed if it has a row now. A table that had rows is
 * unchanged if it has as many as then and none of them was written since: every row seen
 * now was seen then, because rows never come back, and the numbers are equal, so the sets
 * are. That covers updates (they write a new version), deletes, and deletes made up for
 * by inserts. Rolled back writes, row locks, vacuum and freezing (which keeps
 * {@code xmin}) do not count as changes.
 * <p>
 * Where the WAL can be read, only what it mentions is looked at, so that the cost does
 * not depend on the size of the schema. Every change to a logged table mentions the
 * table; what replaces a table's file, as {@code TRUNCATE} does, mentions
 * {@code pg_class}, and then everything is looked at. See {@link Evidence#isQuiet()} for
 * where to start.
 */
final class Probe {

	private static final long PG_CLASS = 1259;

	/** System catalogs have smaller object identifiers. */
	private static final long FIRST_USER_OBJECT = 16384;

	/** Statistics, which ANALYZE writes, with their indexes and TOAST tables. */
	private static final Set<Long> STATISTICS = Set.of(2619L, 2696L, 2840L, 2841L, 3429L, 3433L, 3430L, 3431L);

	private final Session session;

	private final Baseline known;

	private final Horizon horizon;

	private final Census census;

	/** Where the materialized views were stored. */
	private final Map<Long, Long> nodes;

	private final Differences differences = new Differences();

	Probe(Session session, Baseline known, Horizon horizon, Census census, Map<Long, Long> nodes) {
		this.session = session;
		this.known = known;
		this.horizon = horizon;
		this.census = census;
		this.nodes = nodes;
	}

	// Look at everything
	Differences everything() throws SQLException {
		Catalog catalog = this.known.catalog();
		check(catalog.tables().values(), catalog.sequences().values(), catalog.views().keySet(), true);
		return this.differences;
	}

	/**
	 * Look at what the WAL mentions.
	 * @param relations the object identifiers of what it mentions
	 * @param assume whether a mentioned table counts as changed without a look if it was
	 * empty, and a sequence likewise: to undo nothing costs less than to look
	 * @return what changed
	 */
	Differences mentioned(Set<Long> relations, boolean assume) throws SQLException {
		Set<Long> mentioned = new HashSet<>(relations);
		mentioned.removeAll(STATISTICS);
		if (mentioned.contains(PG_CLASS) || mentioned.contains(0L)) {
			return everything();
		}
		Catalog catalog = this.known.catalog();
		List<Table> tables = catalog.tables()
			.values()
			.stream()
			.filter((table) -> table.unlogged() || mentioned.contains(table.oid()))
			.toList();
		List<Sequence> sequences = catalog.sequences()
			.values()
			.stream()
			.filter((sequence) -> sequence.unlogged() || mentioned.contains(sequence.oid()))
			.toList();
		if (assume) {
			tables = tables.stream().filter((table) -> !assumeChanged(table)).toList();
			sequences.forEach((sequence) -> this.differences.sequences.add(sequence.oid()));
			sequences = List.of();
		}
		check(tables, sequences,
				catalog.views().keySet().stream().filter(mentioned::contains).collect(Collectors.toSet()),
				mentioned.stream().anyMatch((oid) -> oid < FIRST_USER_OBJECT));
		return this.differences;
	}

	private boolean assumeChanged(Table table) {
		boolean assume = !table.unlogged() && this.known.rows(table.oid()) == null;
		if (assume) {
			this.differences.tables.put(table.oid(), false);
		}
		return assume;
	}

	private void check(Collection<Table> tables, Collection<Sequence> sequences, Set<Long> views, boolean catalogs)
			throws SQLException {
		Batch batch = new Batch();
		tables.stream().filter(Table::filtered).forEach((table) -> this.differences.tables.put(table.oid(), false));
		List<Table> visible = tables.stream().filter((table) -> !table.filtered()).toList();
		addEmpty(batch, visible.stream().filter((table) -> this.known.rows(table.oid()) == null).toList());
		addSeeded(batch, visible.stream().filter((table) -> this.known.rows(table.oid()) != null).toList());
		if (!sequences.isEmpty()) {
			batch.query(positions(this.session, sequences), (row) -> {
				Sequence sequence = this.known.catalog().sequences().get(row.getLong(1));
				Position position = new Position(row.getLong(2), row.getBoolean(3));
				if (sequence == null) {
					return;
				}
				if (!position.equals(this.known.positions().get(sequence.oid()))) {
					this.differences.sequences.add(sequence.oid());
				}
				else if (sequence.cyclic()) {
					this.differences.cycled.add(sequence.oid());
				}
			});
		}
		if (catalogs) {
			this.census.add(batch, this.horizon, this.differences);
		}
		Set<Long> readable = new HashSet<>();
		if (!views.isEmpty()) {
			batch.query("SELECT oid, relispopulated, pg_relation_filenode(oid) FROM pg_class WHERE oid = ANY ("
					+ array(views) + ")", (row) -> {
						long oid = row.getLong(1);
						Baseline.View view = this.known.views().get(oid);
						Long node = this.nodes.get(oid);
						if (view == null || view.populated() != row.getBoolean(2) || node == null
								|| node != row.getLong(3)) {
							this.differences.views.add(oid);
						}
						else if (view.populated()) {
							readable.add(oid);
						}
					});
		}
		batch.run(this.session);
		if (!readable.isEmpty()) {
			checkRefreshed(readable);
		}
	}

	private void addEmpty(Batch batch, List<Table> tables) {
		if (tables.isEmpty()) {
			return;
		}
		batch.query(tables.stream()
			.map((table) -> "EXISTS(SELECT FROM ONLY " + table + ")")
			.collect(Collectors.joining(",", "SELECT ARRAY[", "]")), (row) -> {
				Boolean[] exists = (Boolean[]) row.getArray(1).getArray();
				for (int i = 0; i < exists.length; i++) {
					if (exists[i]) {
						this.differences.tables.put(tables.get(i).oid(), false);
					}
				}
			});
	}

	private void addSeeded(Batch batch, List<Table> tables) {
		if (tables.isEmpty()) {
			return;
		}
		Map<Long, String> names = new HashMap<>();
		tables.forEach((table) -> names.put(table.oid(), "ONLY " + table));
		batch.query(this.horizon.with() + counts(names), (row) -> {
			long oid = row.getLong(1);
			long count = row.getLong(2);
			long added = row.getLong(3);
			Rows rows = this.known.rows(oid);
			if (rows == null || count != rows.count() || added > 0) {
				this.differences.tables.put(oid, rows != null && count - added == rows.count());
			}
		}, this.horizon.parameters());
	}

	// A view that was refreshed concurrently keeps its file
	private void checkRefreshed(Set<Long> views) throws SQLException {
		Map<Long, String> names = new HashMap<>();
		views.forEach((oid) -> names.put(oid, String.valueOf(this.known.catalog().views().get(oid))));
		new Batch().query(this.horizon.with() + counts(names), (row) -> {
			Baseline.View view = this.known.views().get(row.getLong(1));
			if (view == null || view.count() != row.getLong(2) || row.getLong(3) > 0) {
				this.differences.views.add(row.getLong(1));
			}
		}, this.horizon.parameters()).run(this.session);
	}

	private static String counts(Map<Long, String> relations) {
		return relations.entrySet()
			.stream()
			.map((relation) -> "SELECT " + relation.getKey() + "::bigint, count(*), count(*) FILTER (WHERE "
					+ Horizon.NEWER + ") FROM " + relation.getValue())
			.collect(Collectors.joining(" UNION ALL "));
	}

	// Return a query for the positions of sequences
	static String positions(Session session, Collection<Sequence> sequences) {
		if (session.version() >= 180000) {
			return "SELECT s, d.last_value, d.is_called FROM unnest("
					+ array(sequences.stream().map(Sequence::oid).toList())
					+ ") s, pg_get_sequence_data(s::regclass) d";
		}
		List<String> selects = new ArrayList<>();
		sequences.forEach((sequence) -> selects
			.add("SELECT " + sequence.oid() + "::bigint, last_value, is_called FROM " + sequence.name()));
		return String.join(" UNION ALL ", selects);
	}

	static String array(Collection<Long> oids) {
		return oids.stream().map(String::valueOf).collect(Collectors.joining(",", "'{", "}'::oid[]"));
	}

}
