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

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The order of tables by their foreign keys.
 */
final class TableOrder {

	private final Map<Long, Table> tables;

	private final List<Catalog.ForeignKey> keys;

	private final List<Table> order = new ArrayList<>();

	private final Set<Table> entered = new HashSet<>();

	private final Set<Table> left = new HashSet<>();

	private boolean cyclic;

	TableOrder(Map<Long, Table> tables, List<Catalog.ForeignKey> keys) {
		this.tables = tables;
		this.keys = keys.stream().filter((key) -> key.from() != key.to()).toList();
	}

	/**
	 * Sort tables, referencing ones first.
	 * @param emptied the tables
	 * @return {@code null} if they reference each other in a circle
	 */
	@Nullable List<Table> sort(Collection<Table> emptied) {
		this.order.clear();
		this.entered.clear();
		this.left.clear();
		this.cyclic = false;
		emptied.forEach((table) -> visit(table, emptied));
		return this.cyclic ? null : List.copyOf(this.order);
	}

	/**
	 * Find what has to be truncated together when no order would do.
	 * @param emptied the tables
	 * @return those of the tables that have foreign keys among each other, and everything
	 * that references them
	 */
	Set<Table> entangled(Collection<Table> emptied) {
		Set<Table> entangled = new LinkedHashSet<>();
		for (Catalog.ForeignKey key : this.keys) {
			Table from = this.tables.get(key.from());
			Table to = this.tables.get(key.to());
			if (from != null && to != null && emptied.contains(from) && emptied.contains(to)) {
				entangled.addAll(List.of(from, to));
			}
		}
		for (boolean more = true; more;) {
			more = false;
			for (Catalog.ForeignKey key : this.keys) {
				Table from = this.tables.get(key.from());
				Table to = this.tables.get(key.to());
				if (from != null && to != null && entangled.contains(to)) {
					more |= entangled.add(from);
				}
			}
		}
		return entangled;
	}

	/**
	 * Find the constraints that are checked when rows come back to tables.
	 * @param filled the tables
	 * @return the foreign keys that can be put off, with all those of partitioned tables
	 */
	List<Catalog.ForeignKey> deferrable(Collection<Table> filled) {
		return this.keys.stream()
			.filter((key) -> key.alterable()
					&& (filled.contains(this.tables.get(key.from())) || !this.tables.containsKey(key.from())))
			.toList();
	}

	private void visit(Table table, Collection<Table> emptied) {
		if (!this.entered.add(table)) {
			this.cyclic |= !this.left.contains(table);
			return;
		}
		for (Catalog.ForeignKey key : this.keys) {
			Table from = this.tables.get(key.from());
			if (key.to() == table.oid() && from != null && emptied.contains(from)) {
				visit(from, emptied);
			}
		}
		this.left.add(table);
		this.order.add(table);
	}

}
