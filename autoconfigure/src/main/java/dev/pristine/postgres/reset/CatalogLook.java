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

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A look at the system catalogs that tells whether anything in them may have changed.
 * <p>
 * Those that describe relations (a relation itself, its columns, defaults, indexes,
 * triggers, rules, policies, ancestors) have most rows, and are not read: the server
 * analyses a prepared statement anew once something that it names has been altered, or
 * has new statistics. The analysis also turns the literal {@code 'now'} into a constant.
 * So one that names all relations returns the time when it was analysed last.
 * <p>
 * Of the others the users' rows are counted. Rows that are not new were there before. So
 * if none is new and their number is the same, nothing changed.
 */
final class CatalogLook {

	private final KnownState known;

	private final Differences differences;

	private final Map<String, Object> seen = new HashMap<>();

	CatalogLook(KnownState known, Differences differences) {
		this.known = known;
		this.differences = differences;
		differences.catalogs = this.seen;
	}

	// Add the look to a batch, which has to be the same each time. The relations come
	// last: who commits is seen before it is known what was altered.
	void add(Batch batch, Session session) {
		Definitions definitions = this.known.baseline().catalog().definitions();
		batch.query(Evidence.SINCE + count(true, Definitions.catalogs(session)) + " UNION ALL "
				+ count(false, session.readsLargeObjects() ? List.of("pg_largeobject_metadata", "pg_largeobject")
						: List.of("pg_largeobject_metadata")),
				(row) -> {
					boolean schema = row.getBoolean(1);
					long count = row.getLong(2);
					boolean differs = differs(schema ? "schema" : "large objects", count) || row.getLong(3) > 0;
					this.differences.schema |= schema && differs;
					this.differences.largeObjects |= !schema
							&& (differs || (!session.readsLargeObjects() && count > 0));
				}, this.known.evidence().since())
			.query("SELECT 'now'::timestamptz::text WHERE '1'::oid NOT IN (" + definitions.relations() + ")",
					(row) -> this.differences.schema |= differs("relations", row.getString(1)));
	}

	private boolean differs(String what, Object now) {
		this.seen.put(what, now);
		return !now.equals(this.known.catalogs().get(what));
	}

	// No text in the result: the driver would wait for all answers so far before it sends
	// a statement that has parameters and an answer of any size
	private static String count(boolean schema, List<String> catalogs) {
		return "SELECT " + schema + ", count(*), count(*) FILTER (WHERE " + Evidence.NEW + ") FROM (SELECT xmin FROM "
				+ String.join(" UNION ALL SELECT xmin FROM ", catalogs) + ") AS rows";
	}

}
