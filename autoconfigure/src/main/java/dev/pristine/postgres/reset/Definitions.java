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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the system catalogs say about the user's objects, compared row by row.
 * <p>
 * Left out are objects that PostgreSQL itself came with, temporary objects, roles and
 * other objects of the whole cluster, statistics, physical properties that a rewrite of a
 * table changes, and bare dependencies (membership in an extension).
 */
final class Definitions {

	/**
	 * The catalogs. In each: the object; its part; the schema or table that it belongs to
	 * if it belongs to any; a condition that excludes what is not compared; what it is
	 * called. What is left empty has a default.
	 */
	private static final List<Source> SOURCES = """
			pg_namespace | oid | | schema oid
			pg_class | oid | | schema relnamespace | relnamespace <> 99
			pg_attribute | attrelid | attnum | table attrelid \
				| attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r','p','v','m','f','c')) \
				| format('column %I of %s', attname, attrelid::regclass)
			pg_attrdef | oid | | table adrelid
			pg_constraint | oid | | schema connamespace
			pg_index | indexrelid | | table indrelid | indrelid NOT IN (SELECT oid FROM pg_class WHERE relkind = 't') \
				| concat('index ', indexrelid::regclass)
			pg_inherits | inhrelid | inhseqno | table inhrelid | | concat('inheritance of ', inhrelid::regclass)
			pg_trigger | oid | | table tgrelid | (NOT tgisinternal OR tgenabled <> 'O') \
				| CASE WHEN tgisinternal THEN concat('disabled constraint trigger on table ', tgrelid::regclass) \
				  ELSE pg_describe_object('pg_trigger'::regclass, oid, 0) END
			pg_rewrite | oid | | table ev_class
			pg_policy | oid | | table polrelid
			pg_proc | oid | | schema pronamespace
			pg_type | oid | | schema typnamespace | typtype <> 'c' AND typcategory <> 'A'
			pg_enum | oid | | schema (SELECT typnamespace FROM pg_type t WHERE t.oid = enumtypid) \
				| | format('label %L of type %s', enumlabel, enumtypid::regtype)
			pg_sequence | seqrelid | | table seqrelid | | concat('sequence ', seqrelid::regclass)
			pg_description | objoid | objsubid | table objoid | classoid <> 'pg_largeobject'::regclass \
				| concat('comment on ', pg_describe_object(classoid, objoid, objsubid))
			pg_foreign_table | ftrelid | | table ftrelid | | concat('foreign table ', ftrelid::regclass)
			pg_partitioned_table | partrelid | | table partrelid | | concat('partitioned table ', partrelid::regclass)
			pg_ts_config_map | mapcfg | maptokentype | | | concat('text search configuration ', mapcfg::regconfig)
			pg_db_role_setting | 0::oid | setrole::int | | | concat('settings of database ', current_database())
			pg_extension
			pg_default_acl
			pg_cast
			pg_operator
			pg_opclass
			pg_opfamily
			pg_amop
			pg_amproc
			pg_collation
			pg_conversion
			pg_language
			pg_ts_config
			pg_ts_dict
			pg_ts_parser
			pg_ts_template
			pg_foreign_server
			pg_foreign_data_wrapper
			pg_statistic_ext
			pg_publication
			pg_publication_rel
			pg_event_trigger
			pg_transform
			pg_am""".lines().map(Source::of).toList();

	/**
	 * The catalogs that {@link CatalogLook} need not read. A new table, view or composite
	 * type is seen by its row in pg_type, a new sequence by the one in pg_sequence; a new
	 * index alters its table.
	 */
	private static final Set<String> OF_RELATIONS = Set.of("pg_class", "pg_attribute", "pg_attrdef", "pg_index",
			"pg_trigger", "pg_rewrite", "pg_policy", "pg_inherits", "pg_partitioned_table", "pg_foreign_table");

	/** Older than every row. */
	private static final String FROZEN = "2";

	private final Map<Key, Definition> definitions = new HashMap<>();

	private final Map<String, Long> counts = new HashMap<>();

	private final String relations;

	// Read those rows that are newer than a transaction, and count all
	private Definitions(Session session, String... since) throws SQLException {
		new Batch()
			.query(Evidence.SINCE + union(session, Source::select, " AND " + Evidence.NEW),
					(row) -> this.definitions.merge(new Key(row.getString(1), row.getLong(2), row.getInt(3)),
							new Definition(row.getLong(4), row.getString(5)),
							(one, other) -> new Definition(one.hash + other.hash, one.label)),
					since)
			.query(union(session, Source::count, ""), (row) -> this.counts.put(row.getString(1), row.getLong(2)))
			.run(session);
		this.relations = this.definitions.keySet()
			.stream()
			.filter((key) -> key.catalog.equals("pg_class"))
			.map((key) -> ",'" + key.oid + "'")
			.sorted()
			.collect(Collectors.joining("", "'0'", ""));
	}

	static Definitions read(Session session) throws SQLException {
		return new Definitions(session, FROZEN, "{}");
	}

	private static String union(Session session, Function<Source, String> select, String condition) {
		return SOURCES.stream()
			.map((source) -> select.apply(source) + " FROM " + source.catalog + " c WHERE " + source.users() + " AND "
					+ source.relevant() + source.in(session) + condition)
			.collect(Collectors.joining(" UNION ALL "));
	}

	/**
	 * Return the catalogs that tell of what is no relation, each with the condition that
	 * picks the users' rows.
	 * @param session tells whether all of them or those of one schema are looked at
	 * @return the catalogs
	 */
	static List<String> catalogs(Session session) {
		return SOURCES.stream()
			.filter((source) -> !OF_RELATIONS.contains(source.catalog))
			// Those of tables alter these
			.map((source) -> source.catalog + " WHERE "
					+ (source.catalog.equals("pg_constraint") ? "contypid >= 16384" : source.users())
					+ source.in(session))
			.toList();
	}

	// Return all relations but those that hold large values, for SQL
	String relations() {
		return this.relations;
	}

	boolean has(long relation) {
		return this.definitions.containsKey(new Key("pg_class", relation, 0));
	}

	/**
	 * Look whether the present definitions are the same, by looking at new rows alone: a
	 * rewritten table, a temporary one or a disabled trigger leave some.
	 * @param session the session
	 * @param known how far the server was when they were the same
	 * @return {@code true} if nothing differs
	 */
	boolean stand(Session session, Evidence known) throws SQLException {
		Definitions now = new Definitions(session, known.since());
		return this.counts.equals(now.counts) && now.definitions.entrySet().stream().allMatch((entry) -> {
			Definition before = this.definitions.get(entry.getKey());
			return before != null && before.hash == entry.getValue().hash;
		});
	}

	// Return the names of the objects that are not the same
	Set<String> differences(Definitions other) {
		Set<String> names = new TreeSet<>();
		if (this == other) {
			return names;
		}
		this.definitions.forEach((key, definition) -> {
			Definition now = other.definitions.get(key);
			if (now == null) {
				names.add(definition.label + " (dropped)");
			}
			else if (now.hash != definition.hash) {
				names.add(definition.label + " (altered)");
			}
		});
		other.definitions.forEach((key, definition) -> {
			if (!this.definitions.containsKey(key)) {
				names.add(definition.label + " (created)");
			}
		});
		return names;
	}

	private record Key(String catalog, long oid, int sub) {

	}

	private record Definition(long hash, String label) {

	}

	/**
	 * A system catalog.
	 */
	private record Source(String catalog, String oid, String sub, String home, String condition, String label) {

		static Source of(String line) {
			String[] cells = Arrays.copyOf(line.split("[\t ]*[|][\t ]*"), 6);
			String[] defaults = { "", "oid", "0", "", "true",
					"pg_describe_object('" + cells[0] + "'::regclass, oid, 0)" };
			for (int i = 0; i < cells.length; i++) {
				cells[i] = (cells[i] == null || cells[i].isEmpty()) ? defaults[i] : cells[i];
			}
			return new Source(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]);
		}

		String select() {
			String content = switch (this.catalog) {
				case "pg_class" ->
					"(to_jsonb(c) - '{relfilenode,relpages,reltuples,relallvisible,relallfrozen,relhasindex,relhasrules,"
							+ "relhastriggers,relhassubclass,relfrozenxid,relminmxid,reltoastrelid,relrewrite,"
							+ "relispopulated}'::text[])::text";
				case "pg_index" -> "(to_jsonb(c) - 'indcheckxmin')::text";
				case "pg_db_role_setting" -> "setconfig::text";
				default -> "c::text";
			};
			return "SELECT '" + this.catalog + "', " + this.oid + ", " + this.sub + ", hashtextextended(" + content
					+ ", 0), " + this.label;
		}

		String count() {
			return "SELECT '" + this.catalog + "', count(*)";
		}

		// Return the condition, answered by an index, that picks the users' rows
		String users() {
			return switch (this.catalog) {
				case "pg_namespace", "pg_description" -> "(" + this.oid + " >= 16384 OR " + this.oid + " = 2200)";
				case "pg_db_role_setting" ->
					"setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())";
				default -> this.oid + " >= 16384";
			};
		}

		String relevant() {
			return this.condition + belongs("NOT IN", "relpersistence = 't'", "nspname ~ '^pg_(toast_)?temp_'");
		}

		// Of what is in a schema the rare kinds are left out: collations, operators
		String in(Session session) {
			return session.isWhole() ? "" : this.home.isEmpty() ? " AND false"
					: belongs("IN", "relnamespace = " + session.namespace(), "oid = " + session.namespace());
		}

		private String belongs(String in, String tables, String schemas) {
			boolean schema = this.home.startsWith("schema ");
			return this.home.isEmpty() ? "" : " AND " + this.home.substring(6) + " " + in + " (SELECT oid FROM "
					+ (schema ? "pg_namespace WHERE " + schemas : "pg_class WHERE " + tables) + ")";
		}

	}

}
