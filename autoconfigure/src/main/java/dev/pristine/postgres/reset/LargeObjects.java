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

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The large objects that this role may write, with their content in memory.
 *
 * @param contents the large objects by their object identifier
 */
record LargeObjects(Map<Long, Content> contents) {

	static final LargeObjects NONE = new LargeObjects(Map.of());

	/** The catalogs that hold them, with their indexes. */
	static final Set<Long> CATALOGS = Set.of(2613L, 2683L, 2995L, 2996L);

	private static final String MINE = " FROM pg_largeobject_metadata m"
			+ " WHERE pg_has_role(m.lomowner, 'USAGE') ORDER BY m.oid";

	static LargeObjects read(Session session) throws SQLException {
		// They are in no schema
		if (!session.isWhole()) {
			return NONE;
		}
		Map<Long, Content> contents = new HashMap<>();
		session.query("SELECT m.oid, pg_catalog.lo_get(m.oid), md5(pg_catalog.lo_get(m.oid)), 'ALTER LARGE OBJECT '"
				+ " || m.oid || ' OWNER TO ' || quote_ident(pg_get_userbyid(m.lomowner)), ARRAY(SELECT"
				+ " format('GRANT %s ON LARGE OBJECT %s TO %s', a.privilege_type, m.oid, CASE a.grantee WHEN 0"
				+ " THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) FROM aclexplode(m.lomacl) a"
				+ " WHERE a.grantee <> m.lomowner)" + MINE, (result) -> {
					List<String> access = new ArrayList<>();
					access.add(result.getString(4));
					access.addAll(List.of((String[]) result.getArray(5).getArray()));
					contents.put(result.getLong(1),
							new Content(result.getBytes(2), result.getString(3), List.copyOf(access)));
				});
		return contents.isEmpty() ? NONE : new LargeObjects(contents);
	}

	/**
	 * Put every large object back.
	 * @return whether anything differed
	 */
	boolean restore(Session session) throws SQLException {
		if (!session.isWhole()) {
			return false;
		}
		Set<Long> same = new HashSet<>();
		Set<Long> altered = new HashSet<>();
		List<Long> created = new ArrayList<>();
		session.query("SELECT m.oid, md5(pg_catalog.lo_get(m.oid))" + MINE, (result) -> {
			Content content = this.contents.get(result.getLong(1));
			if (content == null) {
				created.add(result.getLong(1));
			}
			else {
				(content.md5.equals(result.getString(2)) ? same : altered).add(result.getLong(1));
			}
		});
		for (Long oid : created) {
			session.execute("SELECT pg_catalog.lo_unlink(" + oid + ")");
		}
		for (Map.Entry<Long, Content> entry : this.contents.entrySet()) {
			Long oid = entry.getKey();
			if (!same.contains(oid)) {
				boolean exists = altered.contains(oid);
				String sql = exists
						? "SELECT lo_truncate(lo_open(" + oid + ", x'20000'::int), 0), lo_put(" + oid + ", 0, ?)"
						: "SELECT lo_from_bytea(" + oid + ", ?)";
				try (PreparedStatement statement = session.connection().prepareStatement(sql)) {
					statement.setBytes(1, entry.getValue().bytes);
					statement.execute();
				}
				if (!exists) {
					session.execute(String.join(";", entry.getValue().access));
				}
			}
		}
		return !created.isEmpty() || same.size() < this.contents.size();
	}

	boolean sameAs(LargeObjects other) {
		return this == other || (this.contents.keySet().equals(other.contents.keySet()) && this.contents.entrySet()
			.stream()
			.allMatch((entry) -> entry.getValue().md5
				.equals(other.contents.getOrDefault(entry.getKey(), entry.getValue()).md5)));
	}

	/**
	 * A large object.
	 *
	 * @param bytes its content
	 * @param md5 the hash of its content
	 * @param access the statements that give it its owner and privileges
	 */
	record Content(byte[] bytes, String md5, List<String> access) {

	}

}
