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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The deleted rows that resets have left behind, which make their tables slow.
 */
final class DeadRows {

	/** So many are left behind in a table before it is vacuumed. */
	private static final long LIMIT = 2_000;

	private final Session session;

	private final Map<String, Long> rows = new HashMap<>();

	DeadRows(Session session) {
		this.session = session;
	}

	// Take note of rows that were deleted
	void add(String table, long count) {
		this.rows.merge(table, count, Long::sum);
	}

	// Vacuum the tables that have many
	void vacuum() throws SQLException {
		List<String> tables = new ArrayList<>();
		this.rows.forEach((table, count) -> {
			if (count > LIMIT) {
				tables.add(table);
			}
		});
		if (!tables.isEmpty()) {
			this.rows.keySet().removeAll(tables);
			this.session.execute("VACUUM (SKIP_LOCKED) " + String.join(", ", tables));
		}
	}

}
