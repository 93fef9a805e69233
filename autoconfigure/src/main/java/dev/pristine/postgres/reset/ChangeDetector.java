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

import org.jspecify.annotations.Nullable;

/**
 * Finds out what may have changed since a known state: nothing if nobody wrote, what the
 * WAL mentions where it can be read, and otherwise what a scan finds.
 */
final class ChangeDetector {

	private final Session session;

	private final @Nullable WalDetector wal;

	private final Scan scan;

	ChangeDetector(Session session, ServerObjects serverObjects) {
		this.session = session;
		this.wal = WalDetector.of(session);
		this.scan = new Scan(session, serverObjects);
	}

	Differences detect(KnownState known) throws SQLException {
		try {
			Differences differences = find(known);
			differences.server |= !differences.evidence.server().equals(known.evidence().server());
			return differences;
		}
		catch (SQLException ex) {
			// What was to be looked at may not exist any more
			if (!String.valueOf(ex.getSQLState()).startsWith("42") || known.schemaStands(this.session)) {
				throw ex;
			}
			Differences differences = new Differences(this.session.evidence());
			differences.schema = true;
			return differences;
		}
	}

	private Differences find(KnownState known) throws SQLException {
		Evidence now = this.session.evidence();
		if (now.isSameMoment(known.evidence()) && SequencePositions.unloggedStand(this.session, known.baseline())) {
			Differences none = new Differences(now);
			none.catalogs = known.catalogs();
			return none;
		}
		if (this.wal != null) {
			Differences found = this.wal.detect(known, now);
			if (found != null) {
				return found;
			}
			now = this.session.evidence();
		}
		return this.scan.run(known, now);
	}

}
