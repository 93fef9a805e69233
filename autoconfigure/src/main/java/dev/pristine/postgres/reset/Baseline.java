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

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The content of a database at one moment, to which a {@link DatabaseReset} can bring it
 * back. Baselines share what they have in common.
 *
 * @param catalog the schema
 * @param rows the rows of all tables that have any
 * @param positions where the sequences stand
 * @param views what the materialized views hold
 * @param largeObjects the large objects
 * @param serverObjects the names of what belongs to the database and is kept with the
 * server
 * @since 0.1.0
 */
public record Baseline(Catalog catalog, Map<Long, SavedRows> rows, Map<Long, Position> positions,
		Map<Long, String> views, LargeObjects largeObjects, Set<String> serverObjects) {

	// What they share does not change
	public Baseline {
		rows = Map.copyOf(rows);
		positions = Map.copyOf(positions);
		views = Map.copyOf(views);
	}

	// Return the content of a database of which only its schema is known
	static Baseline of(Catalog catalog, Set<String> serverObjects) {
		return new Baseline(catalog, Map.of(), Map.of(), Map.of(), LargeObjects.NONE, serverObjects);
	}

	// Return the same with other objects that are kept with the server
	Baseline with(Set<String> serverObjects) {
		return this.serverObjects.equals(serverObjects) ? this
				: new Baseline(this.catalog, this.rows, this.positions, this.views, this.largeObjects, serverObjects);
	}

	/**
	 * Return whether there are sequences whose positions nothing tells of but themselves.
	 * @return whether some are not logged
	 */
	public boolean hasUnloggedSequences() {
		return this.catalog.sequences().values().stream().anyMatch(Sequence::unlogged);
	}

	// Return the rows of a table, or null if it is empty
	@Nullable SavedRows rows(long table) {
		return this.rows.get(table);
	}

}
