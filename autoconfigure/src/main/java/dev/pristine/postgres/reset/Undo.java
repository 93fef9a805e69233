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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One transaction that turns the known state into a target.
 */
final class Undo {

	/** A table with more bytes than this is truncated rather than deleted from. */
	private static final long TRUNCATE_FROM = 512 * 1024;

	private final Session session;

	private final Baseline current;

	private final Baseline target;

	private final Horizon horizon;

	private final Differences differences;

	private final Changes.Collector changes;

	/** The tables to empty, and whether removing the new rows is enough. */
	private final Map<Table, Boolean> emptied = new LinkedHashMap<>();

	/** Tables that may have become large. */
	private final boolean large;

	private final Map<Long, Long> deleted = new LinkedHashMap<>();

	private @Nullable String xid;

	private @Nullable Evidence evidence;

	Undo(Session session, Baseline current, Baseline target, Horizon horizon, Differences differences, boolean large,
			Changes.Collector changes) {
		this.session = session;
		this.current = current;
		this.target = target;
		this.horizon = horizon;
		this.differences = differences;
		this.large = large;
		this.changes = changes;
	}

	void run() throws SQLException {
		Order order = order();
		List<Table> filled = order.tables.stream()
			.filter((table) -> Boolean.FALSE.equals(this.emptied.get(table)) && this.target.rows(table.oid()) != null)
			.toList();
		Batch batch = new Batch().add("BEGIN");
		this.emptied.keySet().forEach((table) -> table.guards().forEach((guard) -> batch.add(guard.off())));
		if (!filled.isEmpty()) {
			order.deferred.forEach((key) -> batch.add("ALTER TABLE " + key.table() + " ALTER CONSTRAINT " + key.name()
					+ " DEFERRABLE INITIALLY DEFERRED"));
		}
		empty(batch, order);
		Batch last = batch;
		if (!filled.isEmpty() || this.differences.largeObjects) {
			batch.run(this.session);
			List<Table> parentsFirst = new ArrayList<>(filled);
			Collections.reverse(parentsFirst);
			for (Table table : parentsFirst) {
				Objects.requireNonNull(this.target.rows(table.oid())).write(this.session.copy(), table);
			}
			if (this.differences.largeObjects && this.target.largeObjects().restore(this.session)) {
				this.changes.tables.add("large objects");
			}
			last = new Batch();
			if (!order.deferred.isEmpty() && !filled.isEmpty()) {
				last.add("SET CONSTRAINTS ALL IMMEDIATE");
				for (Catalog.ForeignKey key : order.deferred) {
					last.add("ALTER TABLE " + key.table() + " ALTER CONSTRAINT " + key.name() + key.timing());
				}
			}
		}
		for (Table table : this.emptied.keySet()) {
			for (Table.Guard guard : table.guards()) {
				last.add(guard.on());
			}
		}
		setSequences(last, this.session, this.target, this.differences.sequences);
		setSequences(last, this.session, this.target, this.differences.cycled);
		this.differences.sequences
			.forEach((oid) -> this.changes.sequences.add(name(this.target.catalog().sequences().get(oid))));
		for (Long oid : this.differences.views) {
			Baseline.View view = this.target.views().get(oid);
			String name = this.target.catalog().views().get(oid);
			if (view != null && name != null) {
				last.add("REFRESH MATERIALIZED VIEW " + name + (view.populated() ? "" : " WITH NO DATA"));
				this.changes.tables.add(name);
			}
		}
		last.query("SELECT pg_current_xact_id()::xid::text", (row) -> this.xid = row.getString(1));
		last.add("COMMIT").query(Evidence.SQL, (row) -> this.evidence = Evidence.of(row)).run(this.session);
	}

	// Return the id of the transaction
	String xid() {
		return Objects.requireNonNull(this.xid);
	}

	// Return how far the server was after the transaction
	Evidence evidence() {
		return Objects.requireNonNull(this.evidence);
	}

	// Return the number of rows that were deleted, by table
	Map<Long, Long> deleted() {
		return this.deleted;
	}

	private void empty(Batch batch, Order order) throws SQLException {
		List<Table> truncated = new ArrayList<>(order.truncated);
		if (this.large) {
			List<Long> candidates = order.tables.stream()
				.filter((table) -> Boolean.FALSE.equals(this.emptied.get(table)) && !table.referenced())
				.map(Table::oid)
				.toList();
			Map<Long, Table> tables = this.target.catalog().tables();
			this.session.query("SELECT oid FROM pg_class WHERE oid = ANY (" + Probe.array(candidates)
					+ ") AND pg_relation_size(oid) > " + TRUNCATE_FROM, (row) -> {
						Table table = tables.get(row.getLong(1));
						if (table != null && !truncated.contains(table)) {
							truncated.add(table);
						}
					});
		}
		if (!truncated.isEmpty()) {
			batch.add("TRUNCATE ONLY " + String.join(", ONLY ", truncated.stream().map(Table::name).toList()));
			truncated.forEach((table) -> this.changes.tables.add(table.name()));
		}
		for (Table table : order.tables) {
			if (truncated.contains(table)) {
				continue;
			}
			boolean added = Boolean.TRUE.equals(this.emptied.get(table));
			String delete = "DELETE FROM ONLY " + table;
			batch.update(added ? this.horizon.with() + delete + " WHERE " + Horizon.NEWER : delete, (count) -> {
				if (count > 0) {
					this.deleted.merge(table.oid(), count, Long::sum);
				}
				if (count > 0 || this.target.rows(table.oid()) != null) {
					this.changes.tables.add(table.name());
				}
			}, added ? this.horizon.parameters() : new String[0]);
		}
	}

	// Return the order in which tables are emptied; they are filled in reverse
	private Order order() {
		Map<Long, Table> tables = this.target.catalog().tables();
		this.differences.tables.forEach((oid, added) -> this.emptied.put(table(tables, oid), added));
		if (this.session.isReplica()) {
			return new Order(List.copyOf(this.emptied.keySet()), List.of(), List.of());
		}
		List<Catalog.ForeignKey> keys = this.target.catalog().foreignKeys();
		for (boolean more = true; more;) {
			more = false;
			for (Catalog.ForeignKey key : keys) {
				Table from = tables.get(key.from());
				Table to = tables.get(key.to());
				if (from != null && to != null && from != to && Boolean.FALSE.equals(this.emptied.get(to))
						&& !Boolean.FALSE.equals(this.emptied.get(from))
						&& (this.emptied.containsKey(from) || this.current.rows(from.oid()) != null)) {
					this.emptied.put(from, false);
					more = true;
				}
			}
		}
		Ordering ordering = new Ordering(tables, keys);
		List<Table> sorted = ordering.sort(this.emptied.keySet());
		if (sorted != null) {
			return new Order(sorted, List.of(), List.of());
		}
		Set<Table> entangled = ordering.entangled(this.emptied.keySet());
		entangled.forEach((table) -> this.emptied.put(table, false));
		return new Order(List.copyOf(this.emptied.keySet()), List.copyOf(entangled),
				ordering.deferrable(this.emptied.keySet()));
	}

	private static Table table(Map<Long, Table> tables, Long oid) {
		return Objects.requireNonNull(tables.get(oid), "Unknown table " + oid);
	}

	private static String name(@Nullable Sequence sequence) {
		return (sequence != null) ? sequence.name() : "?";
	}

	// Set sequences to the positions of a baseline. A sequence of which sessions keep
	// values gets a new file as well, which makes them forget these.
	static void setSequences(Batch batch, Session session, Baseline target, Collection<Long> sequences) {
		List<String> oids = new ArrayList<>();
		List<String> values = new ArrayList<>();
		List<String> called = new ArrayList<>();
		for (Long oid : sequences) {
			Sequence sequence = target.catalog().sequences().get(oid);
			Position position = target.positions().get(oid);
			if (sequence != null && position != null) {
				if (sequence.cached()) {
					batch.add("ALTER SEQUENCE " + sequence.name() + " RESTART");
				}
				oids.add(oid.toString());
				values.add(Long.toString(position.last()));
				called.add(Boolean.toString(position.called()));
			}
		}
		if (!oids.isEmpty()) {
			batch.add("SELECT setval(s::regclass, v, c) FROM unnest(CAST(? AS oid[]), CAST(? AS bigint[]),"
					+ " CAST(? AS boolean[])) u(s, v, c)", literal(oids), literal(values), literal(called));
		}
	}

	private static String literal(List<String> values) {
		return "{" + String.join(",", values) + "}";
	}

	/**
	 * How tables are emptied.
	 *
	 * @param tables the tables, referencing ones first
	 * @param truncated those that reference each other in a circle, with everything that
	 * references them: no order would do
	 * @param deferred the foreign keys that are put off while rows come back
	 */
	record Order(List<Table> tables, List<Table> truncated, List<Catalog.ForeignKey> deferred) {

	}

}
