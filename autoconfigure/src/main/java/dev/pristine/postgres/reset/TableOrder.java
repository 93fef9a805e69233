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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The order of tables by their foreign keys.
 */
final class TableOrder {

	private final Map<Long, Table> tables;

	private final List<Catalog.ForeignKey> keys;

	TableOrder(Catalog catalog) {
		this.tables = catalog.tables();
		this.keys = catalog.foreignKeys();
	}

	/**
	 * Sort tables, referencing ones first.
	 * @param tables the tables; those stay in it that reference each other in a circle,
	 * and what these reference
	 * @return the others
	 */
	List<Table> sort(Set<Table> tables) {
		List<Table> order = new ArrayList<>();
		boolean more = true;
		while (more) {
			more = tables.removeIf((table) -> this.keys.stream()
				.noneMatch((key) -> key.to() == table.oid() && key.from() != key.to()
						&& tables.contains(this.tables.get(key.from())))
					&& order.add(table));
		}
		return order;
	}

	/**
	 * Find what references tables, directly or through others.
	 * @param tables the tables
	 * @param which which referencing tables count
	 * @return both
	 */
	Set<Table> withReferencing(Collection<Table> tables, Predicate<Table> which) {
		Set<Table> all = new LinkedHashSet<>(tables);
		boolean more = true;
		while (more) {
			more = false;
			for (Catalog.ForeignKey key : this.keys) {
				Table from = this.tables.get(key.from());
				more |= from != null && all.contains(this.tables.get(key.to())) && which.test(from) && all.add(from);
			}
		}
		return all;
	}

	/**
	 * Find the constraints that are checked when rows come back to tables.
	 * @param filled the tables
	 * @return the foreign keys that can be put off, with all those of partitioned tables
	 */
	List<Catalog.ForeignKey> deferrable(Collection<Table> filled) {
		return this.keys.stream()
			.filter((key) -> key.from() != key.to() && key.alterable()
					&& (filled.contains(this.tables.get(key.from())) || !this.tables.containsKey(key.from())))
			.toList();
	}

}
