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
import java.util.Map;
import java.util.Set;

/**
 * What the database is known to have held, and when.
 *
 * @param baseline the content
 * @param evidence how far the server was
 * @param walStart from where on the WAL has everything that changed since
 * @param catalogs what a {@link CatalogLook} saw, empty if that is not known
 */
record KnownState(Baseline baseline, Evidence evidence, String walStart, Map<String, Object> catalogs) {

	/** More WAL than anybody reads. */
	private static final String LONG_AGO = "0/0";

	// Return the state of a database of which only its schema is known
	static KnownState of(Catalog catalog, Set<String> serverObjects, Evidence now) {
		return new KnownState(Baseline.of(catalog, serverObjects), now, LONG_AGO, Map.of());
	}

	// Return the state with what was found or made at a later moment. As long as a
	// transaction is open, what it writes may lie before that moment.
	KnownState at(Baseline baseline, Evidence now, Map<String, Object> catalogs) {
		return now.isQuiet() ? new KnownState(baseline, now, now.lsn(), catalogs)
				: new KnownState(baseline, now.with(this.evidence.own()), this.walStart, catalogs);
	}

	// Return whether the schema is the same
	boolean schemaStands(Session session) throws SQLException {
		return this.baseline.catalog().definitions().stand(session, this.evidence);
	}

}
