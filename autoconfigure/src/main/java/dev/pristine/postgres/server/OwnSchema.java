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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.resource.Notice;
import dev.pristine.resource.ResourceException;

/**
 * The schema that stands for a database where none may be created. Everything that the
 * application has must be in it: nothing else is put right, or copied.
 *
 * @param database the schema, as if it were a database
 * @param refusal why it cannot stand for a database, or {@code null} if it can
 * @param writable the tables elsewhere that the user may write to
 */
public record OwnSchema(PostgresDatabase database, @Nullable String refusal, Set<String> writable) {

	private static final Log logger = LogFactory.getLog(OwnSchema.class);

	private static final String REMEDY = " Leave the qualification out, or have databases created ('ALTER ROLE ... CREATEDB') and use TRUNCATE or DATABASE.";

	/** The schemas of others, and those that everybody shares. */
	public static final String ELSEWHERE = " n.nspname !~ '^(pg_|pristine_)' AND n.nspname <> 'information_schema'";

	/** What this user has made or altered elsewhere since the own schema exists. */
	private static final String ESCAPED = """
			SELECT pg_describe_object(o.tableoid, o.oid, 0) FROM (
				SELECT tableoid, oid, xmin, relowner AS owner, relnamespace AS schema FROM pg_class
				UNION ALL SELECT tableoid, oid, xmin, proowner, pronamespace FROM pg_proc
				UNION ALL SELECT tableoid, oid, xmin, typowner, typnamespace FROM pg_type WHERE typtype IN ('d', 'e', 'r')
				UNION ALL SELECT tableoid, oid, xmin, nspowner, oid FROM pg_namespace
				UNION ALL SELECT tableoid, oid, xmin, extowner, NULL FROM pg_extension) o
			LEFT JOIN pg_namespace n ON n.oid = o.schema JOIN pg_namespace own ON own.nspname = current_schema()
			WHERE age(o.xmin) < age(own.xmin) AND pg_has_role(o.owner, 'USAGE') AND (o.schema IS NULL OR"""
			+ ELSEWHERE + ")";

	private static final String WRITABLE = """
			SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p') AND has_schema_privilege(n.oid, 'USAGE')
			AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AND""" + ELSEWHERE;

	// Where names are qualified, whatever the schema's own one is
	private static final String DEFINITIONS = """
			SELECT what || ': ' || replace(definition, own.nspname || '.', '') FROM pg_namespace own, LATERAL (
				SELECT pg_describe_object('pg_class'::regclass, oid, 0), concat_ws(' ', relpersistence, relrowsecurity)
				FROM pg_class WHERE relnamespace = own.oid AND relkind IN ('r', 'p', 'S')
				UNION ALL SELECT format('column %I of %s', attname, attrelid::regclass), concat_ws(' ',
					format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid))
				FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
				LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
				WHERE c.relnamespace = own.oid AND attnum > 0 AND NOT attisdropped AND c.relkind <> 'i'
				UNION ALL SELECT format('constraint %I', conname), pg_get_constraintdef(oid) FROM pg_constraint
				WHERE connamespace = own.oid
				UNION ALL SELECT 'index ' || oid::regclass, pg_get_indexdef(oid) FROM pg_class
				WHERE relnamespace = own.oid AND relkind IN ('i', 'I')
				UNION ALL SELECT 'view ' || oid::regclass, pg_get_viewdef(oid) FROM pg_class
				WHERE relnamespace = own.oid AND relkind IN ('v', 'm')
				UNION ALL SELECT 'trigger', pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
				WHERE c.relnamespace = own.oid AND NOT tgisinternal
				UNION ALL SELECT 'function ' || oid::regprocedure, prosrc FROM pg_proc WHERE pronamespace = own.oid
				UNION ALL SELECT 'type ' || oid::regtype, array(SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid
					ORDER BY enumsortorder)::text FROM pg_type t WHERE typnamespace = own.oid AND typtype IN ('d', 'e', 'r')
			) AS objects(what, definition) WHERE own.nspname = current_schema()""";

	/**
	 * Look at the schema of an application that has started.
	 * @param schema the schema
	 * @param connection a connection that works in it
	 * @param qualified a qualified name of the migrations, or {@code null}
	 * @return what was found
	 * @throws SQLException if the server does not answer
	 */
	public static OwnSchema of(PostgresDatabase schema, Connection connection, @Nullable String qualified)
			throws SQLException {
		return new OwnSchema(schema, refusal(connection, qualified), names(connection, WRITABLE));
	}

	private static @Nullable String refusal(Connection connection, @Nullable String qualified) throws SQLException {
		if (names(connection, DEFINITIONS).isEmpty()) {
			return "nothing of the application is in the schema." + REMEDY;
		}
		Set<String> escaped = names(connection, ESCAPED);
		if (!escaped.isEmpty()) {
			return "the migrations, or the application, have made or altered what is in no schema of their own: "
					+ join(escaped) + "." + REMEDY;
		}
		if (qualified != null) {
			return "the migrations use " + qualified + ", which is the same for all tests." + REMEDY;
		}
		return Sql.holds(connection, "SELECT has_database_privilege(current_database(), 'TEMPORARY')") ? null
				: "the user may not create temporary tables, from which rows are put back. Grant it: 'GRANT TEMPORARY ON DATABASE ...'.";
	}

	/**
	 * Fail unless a schema has become the same as another one, and all that was made is
	 * in it.
	 * @param original a connection that works in the original
	 * @param copy a connection that works in the copy
	 * @throws SQLException if the server does not answer
	 */
	public static void requireSame(Connection original, Connection copy) throws SQLException {
		Set<String> expected = names(original, DEFINITIONS);
		Set<String> found = names(copy, DEFINITIONS);
		Set<String> different = new TreeSet<>(expected);
		different.removeAll(found);
		found.removeAll(expected);
		different.addAll(found);
		different.addAll(names(copy, ESCAPED));
		if (!different.isEmpty()) {
			throw new ResourceException(
					"The migrations make something else when they run once more, in another schema: %s."
						.formatted(join(different)),
					"Have them make everything the application needs, in the schema that they find." + REMEDY);
		}
	}

	// Return the same for a copy
	public OwnSchema copiedTo(PostgresDatabase copy) {
		return new OwnSchema(copy, null, this.writable);
	}

	public String name() {
		return this.database.name();
	}

	/**
	 * Say, once, what a test could write to that is not put right.
	 */
	public void warn() {
		if (!this.writable.isEmpty()) {
			Notice.once(logger::warn,
					("SCHEMA puts right nothing but the schema of the test, and the user may also write to "
							+ "tables elsewhere in the database: %s. Use no qualified names, or revoke the right.")
						.formatted(join(this.writable)));
		}
	}

	private static String join(Set<String> names) {
		return names.stream().limit(5).collect(Collectors.joining(", "))
				+ ((names.size() > 5) ? " and " + (names.size() - 5) + " more" : "");
	}

	private static Set<String> names(Connection connection, String sql) throws SQLException {
		return new TreeSet<>(Sql.strings(connection, sql));
	}

}
