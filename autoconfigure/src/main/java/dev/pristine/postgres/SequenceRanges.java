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

package dev.pristine.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * Gives each copy of a database numbers of its own from sequences that count in steps: an
 * application keeps the rest of a step in memory, whichever copy it came from.
 */
final class SequenceRanges {

	/** More steps than a run takes. */
	private static final int STEPS = 10_000;

	private static final String SEPARATE = """
			SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,
			    coalesce(last_value, start_value) + increment_by * ?, last_value IS NOT NULL)
			FROM pg_catalog.pg_sequences
			WHERE increment_by > 1 AND coalesce(last_value, start_value) < max_value / 2 - increment_by * ?
			AND schemaname = coalesce(?, schemaname)""";

	private SequenceRanges() {
	}

	/**
	 * Move the sequences of a copy ahead.
	 * @param connection a connection to the copy
	 * @param schema the only schema that belongs to it, or {@code null} for all
	 * @param range a number that no other copy has
	 * @throws SQLException if the server refuses
	 */
	static void separate(Connection connection, @Nullable String schema, int range) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(SEPARATE)) {
			statement.setLong(1, (long) STEPS * range);
			statement.setLong(2, (long) STEPS * range);
			statement.setString(3, schema);
			statement.execute();
		}
	}

}
