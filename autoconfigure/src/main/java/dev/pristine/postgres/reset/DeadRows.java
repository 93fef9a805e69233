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

	void clear() {
		this.rows.clear();
	}

	/**
	 * Take note of deleted rows, and vacuum the tables that have many.
	 * @param deleted the number of rows by table
	 */
	void vacuum(Map<String, Long> deleted) throws SQLException {
		deleted.forEach((table, count) -> this.rows.merge(table, count, Long::sum));
		List<String> tables = new ArrayList<>();
		for (String table : deleted.keySet()) {
			if (this.rows.getOrDefault(table, 0L) > LIMIT) {
				this.rows.remove(table);
				tables.add(table);
			}
		}
		if (!tables.isEmpty()) {
			this.session.execute("VACUUM (SKIP_LOCKED) " + String.join(", ", tables));
		}
	}

}
