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

/**
 * The order of tables by their foreign keys.
 */
final class Ordering {

	private final Map<Long, Table> tables;

	private final List<Catalog.ForeignKey> keys;

	private final List<Table> order = new ArrayList<>();

	private final Set<Table> entered = new HashSet<>();

	private final Set<Table> left = new HashSet<>();

	private boolean cyclic;

	Ordering(Map<Long, Table> tables, List<Catalog.ForeignKey> keys) {
		this.tables = tables;
		this.keys = keys.stream().filter((key) -> key.from() != key.to()).toList();
	}

	Undo.Order order(Collection<Table> emptied) {
		emptied.forEach((table) -> visit(table, emptied));
		if (!this.cyclic) {
			return new Undo.Order(this.order, List.of(), List.of());
		}
		Set<Table> truncated = new LinkedHashSet<>(emptied);
		for (boolean more = true; more;) {
			more = false;
			for (Catalog.ForeignKey key : this.keys) {
				Table from = this.tables.get(key.from());
				Table to = this.tables.get(key.to());
				if (from != null && to != null && truncated.contains(to) && truncated.add(from)) {
					more = true;
				}
			}
		}
		List<Catalog.ForeignKey> deferred = this.keys.stream()
			.filter((key) -> key.alterable() && emptied.contains(this.tables.get(key.from())))
			.toList();
		return new Undo.Order(this.order, List.copyOf(truncated), deferred);
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
