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

import org.jspecify.annotations.Nullable;

/**
 * Reads which relations the WAL mentions.
 */
final class Wal {

	/**
	 * Only what has been flushed can be read. Nothing is flushed, and the WAL does not
	 * grow, if it stands where it stood.
	 */
	private static final String FLUSH = "SELECT CASE WHEN pg_current_wal_insert_lsn() <> CAST(? AS pg_lsn)"
			+ " THEN pg_logical_emit_message(false, 'pristine', '', true) END";

	/**
	 * The first row is how far it was read. The function is strict: without an end there
	 * are no rows.
	 */
	private static final String MENTIONED = """
			WITH range(first, past, size) AS MATERIALIZED (
			SELECT first, past, past - first FROM (SELECT CAST(? AS pg_lsn), pg_current_wal_flush_lsn()) r(first, past))
			SELECT past::text, NULL::bigint FROM range WHERE size <= CAST(? AS numeric)
			UNION ALL
			SELECT DISTINCT NULL, coalesce(pg_filenode_relation(reltablespace, relfilenode)::oid, 0::oid)::bigint
			FROM range, pg_temp.pristine_wal(first, CASE WHEN size > 0 AND size <= CAST(? AS numeric) THEN past END, false)
			WHERE reldatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))""";

	private final Session session;

	Wal(Session session) {
		this.session = session;
	}

	/**
	 * Read how far the server is, and what the WAL mentions up to there, in one round
	 * trip.
	 * @param start where to start
	 * @param seen where the WAL may stand without being read
	 * @param limit the number of bytes that are not worth reading
	 * @return what was found; without relations if the WAL was not read
	 */
	Reading read(String start, String seen, long limit) throws SQLException {
		List<Evidence> found = new ArrayList<>(2);
		Set<Long> mentioned = new HashSet<>();
		List<String> past = new ArrayList<>(1);
		String bytes = Long.toString(limit);
		new Batch().query(Evidence.SQL, (row) -> found.add(Evidence.of(row)))
			.add(FLUSH, seen)
			.query(Evidence.SQL, (row) -> found.add(Evidence.of(row)))
			.query(MENTIONED, (row) -> {
				String position = row.getString(1);
				if (position != null) {
					past.add(position);
				}
				else {
					mentioned.add(row.getLong(2));
				}
			}, start, bytes, bytes)
			.run(this.session);
		Evidence before = found.get(0);
		if (before.lsn().equals(seen) || past.isEmpty() || before.bytesSince(past.get(0)) > 0) {
			return new Reading(before, null);
		}
		// What the second one has seen is read as well, unless somebody writes just now
		Evidence after = found.get(1);
		return new Reading((after.bytesSince(past.get(0)) <= 0) ? after : before, mentioned);
	}

	/**
	 * How far the server was, and what the WAL mentions.
	 *
	 * @param evidence how far the server was
	 * @param mentioned the object identifiers of relations, 0 for one that is unknown;
	 * {@code null} if the WAL was not read
	 */
	record Reading(Evidence evidence, @Nullable Set<Long> mentioned) {

	}

}
