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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One transaction that turns the known state into a target. What need not have changed is
 * looked at while it is put right, so that one round trip is enough for tables and
 * sequences.
 */
final class RestoreTransaction {

	/** A table with more bytes than this is truncated rather than deleted from. */
	private static final long TRUNCATE_FROM = 512 * 1024;

	private final Session session;

	private final Baseline current;

	private final Baseline target;

	private final Differences differences;

	private final Changes changes;

	private final Map<String, Long> deadRows;

	/** Tables of which every row has to go. */
	private final Set<Table> emptied = new HashSet<>();

	/** Those among them that no order of deletion would do for. */
	private final Set<Table> truncated = new LinkedHashSet<>();

	/** The foreign keys that are put off while rows come back. */
	private List<Catalog.ForeignKey> deferred = List.of();

	/**
	 * Create a transaction.
	 * @param deadRows takes the number of rows that are deleted, by table
	 */
	RestoreTransaction(Session session, Baseline current, Baseline target, Differences differences, Changes changes,
			Map<String, Long> deadRows) {
		this.session = session;
		this.current = current;
		this.target = target;
		this.differences = differences;
		this.changes = changes;
		this.deadRows = deadRows;
	}

	/**
	 * Run it.
	 * @param large whether so much was written that tables may have become large
	 * @return how far the server is, or was before if others wrote meanwhile
	 */
	Evidence run(boolean large) throws SQLException {
		List<Table> tables = plan();
		if (large) {
			truncateLarge(tables);
		}
		Batch batch = new Batch().add("BEGIN");
		tables.forEach((table) -> table.guards().forEach((guard) -> batch.add(guard.off())));
		this.deferred.forEach((key) -> batch.add(key.alter(" DEFERRABLE INITIALLY DEFERRED")));
		empty(batch, tables);
		List<Table> parentsFirst = new ArrayList<>(tables);
		Collections.reverse(parentsFirst);
		for (Table table : parentsFirst) {
			SavedRows rows = this.target.rows(table.oid());
			if (rows != null) {
				rows.insert(batch, blocks(table), (count) -> count(table, rows.copy(), count));
			}
		}
		if (!this.session.replica()) {
			// A table with pending checks cannot be altered
			batch.add("SET CONSTRAINTS ALL IMMEDIATE");
			this.deferred.forEach((key) -> batch.add(key.alter(key.timing())));
		}
		tables.forEach((table) -> table.guards().forEach((guard) -> batch.add(guard.on())));
		setSequences(batch);
		refreshViews(batch);
		if (this.differences.largeObjects) {
			this.target.largeObjects().restore(batch, this.session, () -> {
				this.changes.undone("large objects");
				this.differences.catalogs = Map.of();
			}, this.changes.unrestored()::add);
		}
		return this.session.commit(batch, this.differences.evidence);
	}

	private Set<Long> blocks(Table table) {
		return this.emptied.contains(table) ? Set.of() : this.differences.tables.getOrDefault(table.oid(), Set.of());
	}

	private void count(Table table, String deletedFrom, long count) {
		if (count > 0) {
			undone(table);
			this.deadRows.merge(deletedFrom, count, Long::sum);
		}
	}

	private void undone(Table table) {
		if (this.differences.tables.containsKey(table.oid())) {
			this.changes.undone(table.name());
		}
	}

	private void truncateLarge(List<Table> tables) throws SQLException {
		Map<Long, Table> candidates = new HashMap<>();
		tables.stream()
			.filter((table) -> this.emptied.contains(table) && !table.referenced())
			.forEach((table) -> candidates.put(table.oid(), table));
		this.session.query(
				"SELECT oid FROM pg_class WHERE oid = ANY (" + Batch.array(candidates.keySet())
						+ ") AND pg_relation_size(oid) > " + TRUNCATE_FROM,
				(row) -> this.truncated.add(Objects.requireNonNull(candidates.get(row.getLong(1)))));
	}

	private void empty(Batch batch, List<Table> tables) {
		if (!this.truncated.isEmpty()) {
			batch.add("TRUNCATE ONLY " + String.join(", ONLY ", this.truncated.stream().map(Table::name).toList()));
			this.truncated.forEach(this::undone);
		}
		for (Table table : tables) {
			SavedRows rows = this.target.rows(table.oid());
			if (rows != null && !this.emptied.contains(table)) {
				rows.delete(batch, blocks(table), (count) -> count(table, table.name(), count));
			}
			else if (!this.truncated.contains(table)) {
				batch.update("DELETE FROM ONLY " + table, (count) -> count(table, table.name(), count));
			}
		}
	}

	private void setSequences(Batch batch) {
		Map<Long, Position> positions = new HashMap<>(this.target.positions());
		positions.keySet().retainAll(this.differences.sequences);
		SequencePositions.set(batch, this.session, this.target.catalog(), positions, (oid) -> this.changes.sequences()
			.add(Objects.requireNonNull(this.target.catalog().sequences().get(oid)).name()));
	}

	private void refreshViews(Batch batch) {
		for (Long oid : this.differences.views) {
			String view = this.target.views().get(oid);
			String name = this.target.catalog().views().get(oid);
			if (view != null && name != null) {
				batch.add("REFRESH MATERIALIZED VIEW " + name + (view.isEmpty() ? " WITH NO DATA" : ""));
				this.changes.undone(name);
			}
		}
	}

	// Return the tables to put right in the order in which they are emptied; they are
	// filled in reverse
	private List<Table> plan() {
		Catalog catalog = this.target.catalog();
		Set<Table> tables = new LinkedHashSet<>();
		this.differences.tables.keySet().forEach((oid) -> {
			Table table = Objects.requireNonNull(catalog.tables().get(oid), "Unknown table");
			tables.add(table);
			if (this.target.rows(oid) == null
					|| (!this.session.replica() && catalog.foreignKeys().stream().anyMatch((key) -> key.to() == oid))) {
				this.emptied.add(table);
			}
		});
		if (this.session.replica()) {
			return List.copyOf(tables);
		}
		// A row that others refer to can only go with them
		TableOrder order = new TableOrder(catalog);
		this.emptied.addAll(order.withReferencing(this.emptied, (table) -> this.current.rows(table.oid()) != null));
		tables.addAll(this.emptied);
		Set<Table> circles = new LinkedHashSet<>(tables);
		List<Table> sorted = order.sort(circles);
		if (!circles.isEmpty()) {
			this.truncated.addAll(order.withReferencing(circles, (table) -> true));
			this.emptied.addAll(this.truncated);
			this.truncated.stream().filter((table) -> !sorted.contains(table)).forEach(sorted::add);
			this.deferred = order.deferrable(sorted);
		}
		return sorted;
	}

}
