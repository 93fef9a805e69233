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

package dev.pristine.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Gives each copy of a database numbers of its own where equal ones would meet in memory:
 * from sequences that count in steps, the rest of which an application keeps, and from
 * those of Spring Batch, which finds the state of an execution by its number in a static
 * map.
 */
final class SequenceRanges {

	/** More steps than a run takes. */
	private static final int STEPS = 10_000;

	private static final String SEPARATE = """
			SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,
			    coalesce(last_value, start_value) + increment_by * steps, last_value IS NOT NULL)
			FROM pg_catalog.pg_sequences,
			    LATERAL (SELECT CASE WHEN increment_by > 1 THEN ?::bigint ELSE ?::bigint END) AS own(steps)
			WHERE (increment_by > 1 OR sequencename ~* '(job|step)_execution_seq$')
			AND coalesce(last_value, start_value) < max_value / 2 - increment_by * steps
			AND schemaname = coalesce(?, schemaname)""";

	/** Of all copies in the JVM, whose application contexts share a static map. */
	private static final AtomicInteger everywhere = new AtomicInteger();

	private SequenceRanges() {
	}

	/**
	 * Move the sequences of a copy ahead.
	 * @param connection a connection to the copy
	 * @param schema the only schema that belongs to it, or {@code null} for all
	 * @param range a number that no other copy of the same database has
	 * @throws SQLException if the server refuses
	 */
	static void separate(Connection connection, @Nullable String schema, int range) throws SQLException {
		Sql.strings(connection, SEPARATE, (long) STEPS * range, (long) STEPS * everywhere.incrementAndGet(), schema);
	}

}
