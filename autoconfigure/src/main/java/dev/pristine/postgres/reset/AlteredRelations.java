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

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Tells whether any relation was altered: itself, its columns, defaults, constraints,
 * indexes, triggers, rules, policies or ancestors, which take most rows of the system
 * catalogs.
 * <p>
 * The server analyses a prepared statement anew once something that it names has been
 * altered, or has new statistics. The analysis also turns the literal {@code 'now'} into
 * a constant. So one that names all relations returns the time when it was analysed last.
 */
final class AlteredRelations {

	private final String sql;

	private String known = "";

	private String seen = "";

	AlteredRelations(Collection<Long> relations) {
		this.sql = relations.stream()
			.map((oid) -> ",'" + oid + "'")
			.collect(Collectors.joining("", "SELECT 'now'::timestamptz::text WHERE '1'::oid NOT IN ('0'", ")"));
	}

	// Add the look at the relations to a batch
	void look(Batch batch) {
		batch.query(this.sql, (row) -> this.seen = row.getString(1));
	}

	// Return whether the last look saw another state than the known one
	boolean any() {
		return !this.seen.equals(this.known);
	}

	// Take what the last look saw for the known state
	void accept() {
		this.known = this.seen;
	}

}
