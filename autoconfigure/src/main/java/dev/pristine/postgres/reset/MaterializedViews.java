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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What materialized views hold, as a number: they can be refreshed, but not written.
 */
final class MaterializedViews {

	private MaterializedViews() {
	}

	/**
	 * Read the content of views.
	 * @param catalog the schema
	 * @param views the object identifiers of the views
	 * @return the number of rows and the sum of their hashes by view, nothing for one
	 * that is not populated
	 */
	static Map<Long, String> read(Session session, Catalog catalog, Collection<Long> views) throws SQLException {
		Map<Long, String> contents = new HashMap<>();
		if (views.isEmpty()) {
			return contents;
		}
		List<String> selects = new ArrayList<>();
		session.query("SELECT oid, relispopulated FROM pg_class WHERE oid = ANY (" + Batch.array(views) + ")",
				(row) -> {
					long oid = row.getLong(1);
					contents.put(oid, "");
					if (row.getBoolean(2)) {
						selects.add("SELECT " + oid + ", count(*) || ' ' || coalesce(sum(hashtextextended((v.*)::text,"
								+ " 0)), 0) FROM " + catalog.views().get(oid) + " v");
					}
				});
		if (!selects.isEmpty()) {
			new Batch()
				.query(String.join(" UNION ALL ", selects), (row) -> contents.put(row.getLong(1), row.getString(2)))
				.run(session);
		}
		return contents;
	}

}
