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
		Differences rest = Differences.everything(this.target.catalog(), this.now);
		rest.tables.keySet().stream().filter(existing::contains).forEach((oid) -> {
			Differences table = new Differences(this.now);
			table.tables.put(oid, Set.of());
			run(table);
		});
		rest.tables.clear();
		rest.views.clear();
		rest.sequences.retainAll(existing);
		run(rest);
	}

	private void run(Differences step) {
		try {
			new RestoreTransaction(this.session, this.known, this.target, step, this.changes,
					new DeadRows(this.session))
				.run(false);
		}
		catch (SQLException ex) {
			this.session.rollback();
			step.tables.keySet()
				.forEach((oid) -> this.changes.unrestored()
					.add(this.target.catalog().tables().get(oid) + ": " + ex.getMessage()));
		}
	}

}
