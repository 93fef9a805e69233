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
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.util.StringUtils;

/**
 * The large objects that this role may write, with their content in a temporary table of
 * the reset's session.
 *
 * @param copy the table, or an empty one that stands for it
 * @param others those that this role may not write, and whose they are
 */
record LargeObjects(String copy, String others) {

	static final LargeObjects NONE = new LargeObjects("(SELECT 0::oid, ''::bytea, '' WHERE false)", "");

	/** The catalogs that hold them, with their indexes. */
	static final Set<Long> CATALOGS = Set.of(2613L, 2683L, 2995L, 2996L);

	private static final AtomicLong NUMBER = new AtomicLong();

	private static final String COLUMNS = " AS c(oid, content, access)";

	private static final String MINE = " FROM pg_largeobject_metadata m WHERE pg_has_role(m.lomowner, 'USAGE')";

	private static final String OTHERS = "SELECT coalesce(string_agg(format('%s of %I', m.oid,"
			+ " pg_get_userbyid(m.lomowner)), ', ' ORDER BY m.oid), '') FROM pg_largeobject_metadata m"
			+ " WHERE NOT pg_has_role(m.lomowner, 'USAGE')";

	/** Each with its content and the statements that give it its owner and privileges. */
	private static final String READ = "SELECT m.oid, lo_get(m.oid), concat_ws(';', 'ALTER LARGE OBJECT ' || m.oid"
			+ " || ' OWNER TO ' || quote_ident(pg_get_userbyid(m.lomowner)), (SELECT string_agg(format('GRANT %s ON LARGE"
			+ " OBJECT %s TO %s', a.privilege_type, m.oid, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE"
			+ " quote_ident(pg_get_userbyid(a.grantee)) END), ';') FROM aclexplode(m.lomacl) a"
			+ " WHERE a.grantee <> m.lomowner))" + MINE;

	/**
	 * Read them.
	 * @return these if they are the same
	 */
	LargeObjects read(Session session) throws SQLException {
		// They are in no schema
		if (!session.isWhole()) {
			return this;
		}
		boolean[] found = new boolean[2];
		List<String> others = new ArrayList<>(1);
		new Batch().query("SELECT EXISTS(SELECT" + MINE + "), EXISTS(" + created() + ") OR EXISTS(" + altered()
				+ ") OR EXISTS(" + missing() + "), (" + OTHERS + ")", (row) -> {
					found[0] = row.getBoolean(1);
					found[1] = row.getBoolean(2);
					others.add(row.getString(3));
				})
			.run(session);
		if (!found[1] && others.contains(this.others)) {
			return this;
		}
		if (!found[0] && others.contains("")) {
			return NONE;
		}
		String name = "pristine_large_objects_" + NUMBER.incrementAndGet();
		new Batch().add("CREATE TEMP TABLE " + name + " (oid, content, access) AS " + READ).run(session);
		return new LargeObjects("pg_temp." + name, others.get(0));
	}

	/**
	 * Put them back.
	 * @param changed is run if anything differed
	 * @param unrestored is told what this role may not put back
	 */
	void restore(Batch batch, Session session, Runnable changed, Consumer<String> unrestored) {
		if (session.isWhole()) {
			RowCallbackHandler handler = (row) -> changed.run();
			batch.query("SELECT lo_unlink(oid) FROM (" + created() + ") AS created", handler)
				.query("SELECT lo_truncate(lo_open(oid, x'20000'::int), 0), lo_put(oid, 0, content) FROM (" + altered()
						+ ") AS altered", handler)
				.query(missing() + " LIMIT 1", handler)
				.query(OTHERS, (row) -> {
					if (!row.getString(1).equals(this.others)) {
						unrestored.accept("large objects of roles that the reset's is no member of: "
								+ shown(row.getString(1)) + "; before: " + shown(this.others));
					}
				})
				.add("DO $$ DECLARE lost record; BEGIN FOR lost IN " + missing()
						+ " LOOP PERFORM lo_from_bytea(lost.oid, lost.content); EXECUTE lost.access; END LOOP; END $$");
		}
	}

	private static String shown(String others) {
		return others.isEmpty() ? "none" : StringUtils.truncate(others, 200);
	}

	private String created() {
		return "SELECT m.oid" + MINE + " AND NOT EXISTS (SELECT FROM " + this.copy + COLUMNS + " WHERE c.oid = m.oid)";
	}

	private String altered() {
		return "SELECT c.* FROM " + this.copy + COLUMNS
				+ " JOIN pg_largeobject_metadata m ON m.oid = c.oid WHERE c.content <> lo_get(m.oid)";
	}

	private String missing() {
		return "SELECT c.* FROM " + this.copy + COLUMNS
				+ " WHERE NOT EXISTS (SELECT FROM pg_largeobject_metadata m WHERE m.oid = c.oid)";
	}

}
