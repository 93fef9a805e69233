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
import java.util.HashSet;
import java.util.List;
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
		for (Differences step : steps()) {
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

	private List<Differences> steps() throws SQLException {
		Set<Long> existing = new HashSet<>();
		this.session.query("SELECT oid FROM pg_class WHERE relkind IN ('r', 'S')",
				(row) -> existing.add(row.getLong(1)));
		Differences everything = Differences.everything(this.target.catalog(), this.now);
		List<Differences> steps = new ArrayList<>();
		everything.tables.forEach((oid, blocks) -> {
			if (existing.contains(oid)) {
				Differences step = new Differences(this.now);
				step.tables.put(oid, blocks);
				steps.add(step);
			}
		});
		everything.tables.clear();
		everything.views.clear();
		everything.sequences.retainAll(existing);
		steps.add(everything);
		return steps;
	}

}
