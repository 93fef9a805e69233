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
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Restores the content as far as a changed schema allows, table by table.
 */
final class PartialRestore {

	private final Session session;

	private final Baseline known;

	private final Baseline target;

	private final Evidence now;

	private final Changes changes;

	PartialRestore(Session session, Baseline known, Baseline target, Evidence now, Changes changes) {
		this.session = session;
		this.known = known;
		this.target = target;
		this.now = now;
		this.changes = changes;
	}

	void run() throws SQLException {
		Set<Long> existing = new HashSet<>();
		this.session.query("SELECT oid FROM pg_class WHERE relkind IN ('r', 'S')",
				(row) -> existing.add(row.getLong(1)));
		Catalog catalog = this.target.catalog();
		catalog.tables().forEach((oid, table) -> {
			if (existing.contains(oid)) {
				run(table.name(), (step) -> step.tables.put(oid, Set.of()));
			}
		});
		catalog.sequences().forEach((oid, sequence) -> {
			if (existing.contains(oid)) {
				run(sequence.name(), (step) -> step.sequences.add(oid));
			}
		});
		run("large objects", (step) -> step.largeObjects = true);
	}

	private void run(String name, Consumer<Differences> what) {
		Differences step = new Differences(this.now);
		what.accept(step);
		try {
			new RestoreTransaction(this.session, this.known, this.target, step, this.changes,
					new DeadRows(this.session))
				.run(false);
		}
		catch (SQLException ex) {
			this.session.rollback();
			this.changes.unrestored().add(name + ": " + ex.getMessage());
		}
	}

}
