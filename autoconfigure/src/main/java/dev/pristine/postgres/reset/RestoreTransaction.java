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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

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

	private final Changes.Collector changes;

	/** The tables to put right, with the blocks that were written. */
	private final Map<Table, Set<Long>> tables = new LinkedHashMap<>();

	/** Tables of which every row has to go. */
	private final Set<Table> emptied = new HashSet<>();

	private final Map<String, Long> deleted = new LinkedHashMap<>();

	private boolean altersTables;

	private @Nullable String xid;

	private @Nullable Evidence evidence;

	RestoreTransaction(Session session, Baseline current, Baseline target, Differences differences,
			Changes.Collector changes) {
		this.session = session;
		this.current = current;
		this.target = target;
		this.differences = differences;
		this.changes = changes;
	}

	/**
	 * Run it.
	 * @param large whether so much was written that tables may have become large
	 */
	void run(boolean large) throws SQLException {
		Plan plan = plan();
		this.altersTables = !plan.deferred.isEmpty()
				|| this.tables.keySet().stream().anyMatch((table) -> !table.guards().isEmpty());
		Batch batch = new Batch().add("BEGIN");
		this.tables.keySet().forEach((table) -> table.guards().forEach((guard) -> batch.add(guard.off())));
		for (Catalog.ForeignKey key : plan.deferred) {
			batch.add("ALTER TABLE " + key.table() + " ALTER CONSTRAINT " + key.name()
					+ " DEFERRABLE INITIALLY DEFERRED");
		}
		empty(batch, plan, large);
		List<Table> parentsFirst = new ArrayList<>(plan.tables);
		Collections.reverse(parentsFirst);
		for (Table table : parentsFirst) {
			SavedRows rows = this.target.rows(table.oid());
			if (rows != null) {
				rows.insert(batch, blocks(table), (count) -> count(table, rows.copy(), count));
			}
		}
		if (!plan.deferred.isEmpty()) {
			batch.add("SET CONSTRAINTS ALL IMMEDIATE");
			plan.deferred.forEach((key) -> batch
				.add("ALTER TABLE " + key.table() + " ALTER CONSTRAINT " + key.name() + key.timing()));
		}
		this.tables.keySet().forEach((table) -> table.guards().forEach((guard) -> batch.add(guard.on())));
		setSequences(batch);
		refreshViews(batch);
		Batch last = batch;
		if (this.differences.largeObjects) {
			batch.run(this.session);
			if (this.target.largeObjects().restore(this.session)) {
				this.changes.tables.add("large objects");
			}
			last = new Batch();
		}
		last.query("SELECT pg_current_xact_id_if_assigned()::xid::text", (row) -> this.xid = row.getString(1))
			.add("COMMIT")
			.query(this.session.evidenceSql(), (row) -> this.evidence = Evidence.of(row))
			.run(this.session);
	}

	// Return whether it has switched triggers or constraints off and on again
	boolean altersTables() {
		return this.altersTables;
	}

	// Return the id of the transaction, null if it changed nothing
	@Nullable String xid() {
		return this.xid;
	}

	// Return how far the server was after the transaction
	Evidence evidence() {
		return Objects.requireNonNull(this.evidence);
	}

	// Return the number of rows that were deleted, by table
	Map<String, Long> deleted() {
		return this.deleted;
	}

	private Set<Long> blocks(Table table) {
		return Objects.requireNonNull(this.tables.get(table));
	}

	private void count(Table table, String deletedFrom, long count) {
		if (count > 0) {
			if (this.differences.tables.containsKey(table.oid())) {
				this.changes.tables.add(table.name());
			}
			this.deleted.merge(deletedFrom, count, Long::sum);
		}
	}

	private void empty(Batch batch, Plan plan, boolean large) throws SQLException {
		List<Table> truncated = new ArrayList<>(plan.truncated);
		if (large) {
			List<Table> candidates = plan.tables.stream()
				.filter((table) -> this.emptied.contains(table) && !table.referenced() && !truncated.contains(table))
				.toList();
			Map<Long, Table> tables = this.target.catalog().tables();
			this.session.query(
					"SELECT oid FROM pg_class WHERE oid = ANY ("
							+ Session.array(candidates.stream().map(Table::oid).toList())
							+ ") AND pg_relation_size(oid) > " + TRUNCATE_FROM,
					(row) -> truncated.add(Objects.requireNonNull(tables.get(row.getLong(1)))));
		}
		if (!truncated.isEmpty()) {
			batch.add("TRUNCATE ONLY " + String.join(", ONLY ", truncated.stream().map(Table::name).toList()));
			truncated.stream()
				.filter((table) -> this.differences.tables.containsKey(table.oid()))
				.forEach((table) -> this.changes.tables.add(table.name()));
		}
		for (Table table : plan.tables) {
			SavedRows rows = this.target.rows(table.oid());
			if (truncated.contains(table)) {
				continue;
			}
			if (rows != null && !this.emptied.contains(table)) {
				rows.delete(batch, blocks(table), (count) -> count(table, table.name(), count));
			}
			else {
				batch.update("DELETE FROM ONLY " + table, (count) -> count(table, table.name(), count));
			}
		}
	}

	private void setSequences(Batch batch) {
		Map<Long, Position> positions = new HashMap<>(this.target.positions());
		positions.keySet().retainAll(this.differences.sequences);
		SequencePositions.set(batch, this.session, this.target.catalog(), positions, (oid) -> this.changes.sequences
			.add(Objects.requireNonNull(this.target.catalog().sequences().get(oid)).name()));
	}

	private void refreshViews(Batch batch) {
		for (Long oid : this.differences.views) {
			MaterializedViews.Content view = this.target.views().get(oid);
			String name = this.target.catalog().views().get(oid);
			if (view != null && name != null) {
				batch.add("REFRESH MATERIALIZED VIEW " + name + (view.populated() ? "" : " WITH NO DATA"));
				this.changes.tables.add(name);
			}
		}
	}

	// Return the order in which tables are emptied; they are filled in reverse
	private Plan plan() {
		Map<Long, Table> tables = this.target.catalog().tables();
		this.differences.tables.forEach((oid, blocks) -> {
			Table table = Objects.requireNonNull(tables.get(oid), "Unknown table");
			this.tables.put(table, blocks);
			if (this.target.rows(oid) == null || (!this.session.isReplica()
					&& this.target.catalog().foreignKeys().stream().anyMatch((key) -> key.to() == oid))) {
				this.emptied.add(table);
			}
		});
		if (this.session.isReplica()) {
			return new Plan(List.copyOf(this.tables.keySet()), List.of(), List.of());
		}
		// A row that others refer to can only go with them
		List<Catalog.ForeignKey> keys = this.target.catalog().foreignKeys();
		for (boolean more = true; more;) {
			more = false;
			for (Catalog.ForeignKey key : keys) {
				Table from = tables.get(key.from());
				if (from != null && this.emptied.contains(tables.get(key.to())) && this.current.rows(from.oid()) != null
						&& this.emptied.add(from)) {
					this.tables.put(from, Set.of());
					more = true;
				}
			}
		}
		TableOrder order = new TableOrder(tables, keys);
		List<Table> sorted = order.sort(this.tables.keySet());
		if (sorted != null) {
			return new Plan(sorted, List.of(), List.of());
		}
		Set<Table> entangled = order.entangled(this.tables.keySet());
		entangled.forEach((table) -> this.tables.putIfAbsent(table, Set.of()));
		this.emptied.addAll(entangled);
		return new Plan(List.copyOf(this.tables.keySet()), List.copyOf(entangled),
				order.deferrable(this.tables.keySet()));
	}

	/**
	 * How tables are emptied.
	 *
	 * @param tables the tables, referencing ones first
	 * @param truncated those that reference each other in a circle, with everything that
	 * references them: no order would do
	 * @param deferred the foreign keys that are put off while rows come back
	 */
	record Plan(List<Table> tables, List<Table> truncated, List<Catalog.ForeignKey> deferred) {

	}

}
