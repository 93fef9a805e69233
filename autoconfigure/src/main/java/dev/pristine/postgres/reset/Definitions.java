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

import java.sql.ResultSet;
import java.sql.SQLException;
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

	private static final String TEMPORARY_RELATIONS = "(SELECT oid FROM pg_class WHERE relpersistence = 't')";

	private static final String TEMPORARY_SCHEMAS = "(SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_')";

	/**
	 * The catalogs, the part of each that belongs to users, and what is compared.
	 */
	private static final List<Source> SOURCES = List.of(
			new Source("pg_namespace", "(oid >= 16384 OR oid = 2200)", "nspname !~ '^pg_(toast_)?temp_'", "oid", "0",
					"c::text"),
			new Source("pg_class", "oid >= 16384", "relpersistence <> 't' AND relnamespace <> 99", "oid", "0",
					"(to_jsonb(c) - '{relfilenode,relpages,reltuples,relallvisible,relallfrozen,relhasindex,relhasrules,"
							+ "relhastriggers,relhassubclass,relfrozenxid,relminmxid,reltoastrelid,relrewrite,"
							+ "relispopulated}'::text[])::text"),
			new Source("pg_attribute", "attrelid >= 16384",
					"attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r','p','v','m','f','c')"
							+ " AND relpersistence <> 't')",
					"attrelid", "attnum", "c::text"),
			new Source("pg_attrdef", "oid >= 16384", "adrelid NOT IN " + TEMPORARY_RELATIONS, "oid", "0", "c::text"),
			new Source("pg_constraint", "oid >= 16384", "conrelid NOT IN " + TEMPORARY_RELATIONS, "oid", "0",
					"c::text"),
			new Source("pg_index", "indexrelid >= 16384",
					"indrelid NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't' OR relkind = 't')",
					"indexrelid", "0", "(to_jsonb(c) - 'indcheckxmin')::text"),
			new Source("pg_inherits", "inhrelid >= 16384", "inhrelid NOT IN " + TEMPORARY_RELATIONS, "inhrelid",
					"inhseqno", "c::text"),
			// Those of foreign keys can be disabled, too
			new Source("pg_trigger", "oid >= 16384",
					"(NOT tgisinternal OR tgenabled <> 'O') AND tgrelid NOT IN " + TEMPORARY_RELATIONS, "oid", "0",
					"c::text"),
			new Source("pg_rewrite", "oid >= 16384", "ev_class NOT IN " + TEMPORARY_RELATIONS, "oid", "0", "c::text"),
			new Source("pg_policy", "oid >= 16384", "true", "oid", "0", "c::text"),
			new Source("pg_proc", "oid >= 16384", "pronamespace NOT IN " + TEMPORARY_SCHEMAS, "oid", "0", "c::text"),
			new Source("pg_type", "oid >= 16384",
					"typtype <> 'c' AND typcategory <> 'A' AND typnamespace NOT IN " + TEMPORARY_SCHEMAS, "oid", "0",
					"c::text"),
			new Source("pg_enum", "oid >= 16384", "true", "oid", "0", "c::text"),
			new Source("pg_sequence", "seqrelid >= 16384", "seqrelid NOT IN " + TEMPORARY_RELATIONS, "seqrelid", "0",
					"c::text"),
			new Source("pg_description", "(objoid >= 16384 OR objoid = 2200)", "classoid <> 'pg_largeobject'::regclass",
					"objoid", "objsubid", "c::text"),
			Source.of("pg_extension"), Source.of("pg_default_acl"), Source.of("pg_cast"), Source.of("pg_operator"),
			Source.of("pg_opclass"), Source.of("pg_opfamily"), Source.of("pg_amop"), Source.of("pg_amproc"),
			Source.of("pg_collation"), Source.of("pg_conversion"), Source.of("pg_language"), Source.of("pg_ts_config"),
			Source.of("pg_ts_dict"), Source.of("pg_ts_parser"), Source.of("pg_ts_template"),
			Source.of("pg_foreign_server"), Source.of("pg_foreign_data_wrapper"), Source.of("pg_statistic_ext"),
			Source.of("pg_publication"), Source.of("pg_publication_rel"), Source.of("pg_event_trigger"),
			Source.of("pg_transform"), Source.of("pg_am"),
			new Source("pg_ts_config_map", "mapcfg >= 16384", "true", "mapcfg", "maptokentype", "c::text"),
			new Source("pg_foreign_table", "ftrelid >= 16384", "true", "ftrelid", "0", "c::text"),
			new Source("pg_partitioned_table", "partrelid >= 16384", "true", "partrelid", "0", "c::text"),
			new Source("pg_db_role_setting",
					"setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())", "true", "0::oid",
					"setrole::int", "setconfig::text"));

	/**
	 * The catalogs that {@link AlteredRelations} stands for. A new table, view or
	 * composite type is seen by its row in pg_type, a new sequence by the one in
	 * pg_sequence; a new index alters its table.
	 */
	private static final Set<String> OF_RELATIONS = Set.of("pg_class", "pg_attribute", "pg_attrdef", "pg_index",
			"pg_trigger", "pg_rewrite", "pg_policy", "pg_inherits", "pg_partitioned_table", "pg_foreign_table");

	private static final String COUNT = "SELECT '%s', count(*)";

	private final Map<Key, Definition> definitions;

	private final Map<String, Long> counts = new HashMap<>();

	private Definitions(Map<Key, Definition> definitions) {
		this.definitions = definitions;
	}

	/**
	 * Return the other catalogs with the condition that picks the users' rows.
	 * @param session tells whether all of them or those of one schema are looked at
	 * @return the catalogs
	 */
	static List<String> catalogs(Session session) {
		return SOURCES.stream()
			.filter((source) -> !OF_RELATIONS.contains(source.catalog))
			// Those of tables alter these
			.map((source) -> source.catalog + " WHERE "
					+ (source.catalog.equals("pg_constraint") ? "contypid >= 16384" : source.users)
					+ source.in(session))
			.toList();
	}

	private static String union(Session session, Function<Source, String> select, String... conditions) {
		return SOURCES.stream()
			.map((source) -> select.apply(source) + " FROM " + source.catalog + " c WHERE " + source.users + " AND "
					+ source.relevant + source.in(session) + String.join("", conditions))
			.collect(Collectors.joining(" UNION ALL "));
	}

	static Definitions read(Session session) throws SQLException {
		Definitions definitions = new Definitions(new HashMap<>());
		new Batch().query(union(session, Source::select), definitions::add)
			.query(union(session, (source) -> COUNT.formatted(source.catalog)),
					(row) -> definitions.counts.put(row.getString(1), row.getLong(2)))
			.run(session);
		return definitions;
	}

	/**
	 * Look whether the present definitions are the same, by looking at new rows alone: a
	 * rewritten table, a temporary one or a disabled trigger leave some.
	 * @param session the session
	 * @param newRows which rows are new
	 * @return {@code true} if nothing differs
	 */
	boolean stand(Session session, NewRows newRows) throws SQLException {
		Definitions now = new Definitions(new HashMap<>());
		String select = NewRows.WITH + union(session, Source::select, " AND " + NewRows.NEW);
		new Batch().query(select, now::add, newRows.parameters())
			.query(union(session, (source) -> COUNT.formatted(source.catalog)),
					(row) -> now.counts.put(row.getString(1), row.getLong(2)))
			.run(session);
		return this.counts.equals(now.counts) && now.definitions.entrySet().stream().allMatch((entry) -> {
			Definition before = this.definitions.get(entry.getKey());
			return before != null && before.hash == entry.getValue().hash;
		});
	}

	// Return all relations but those that hold large values
	Set<Long> relations() {
		return this.definitions.keySet()
			.stream()
			.filter((key) -> key.catalog.equals("pg_class"))
			.map(Key::oid)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private void add(ResultSet row) throws SQLException {
		this.definitions.merge(new Key(row.getString(1), row.getLong(2), row.getInt(3)),
				new Definition(row.getLong(4), row.getString(5)),
				(one, other) -> new Definition(one.hash + other.hash, one.label));
	}

	// Return the names of the objects that are not the same
	Set<String> differences(Definitions other) {
		Set<String> names = new TreeSet<>();
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
	 *
	 * @param catalog its name
	 * @param users the condition, answered by an index, that picks the users' rows
	 * @param relevant the condition that excludes what is not compared
	 * @param oid the column with the object
	 * @param sub the column with the part of the object
	 * @param content what is compared
	 */
	private record Source(String catalog, String users, String relevant, String oid, String sub, String content) {

		static Source of(String catalog) {
			return new Source(catalog, "oid >= 16384", "true", "oid", "0", "c::text");
		}

		private String select() {
			return "SELECT '" + this.catalog + "', " + this.oid + ", " + this.sub + ", hashtextextended(" + this.content
					+ ", 0), " + label();
		}

		// Of what is in a schema the rare kinds are left out: collations, operators
		private String in(Session session) {
			if (session.isWhole()) {
				return "";
			}
			String here = "= " + session.namespace();
			String relation = "IN (SELECT oid FROM pg_class WHERE relnamespace " + here + ")";
			return " AND " + switch (this.catalog) {
				case "pg_namespace" -> "oid " + here;
				case "pg_class" -> "relnamespace " + here;
				case "pg_constraint" -> "connamespace " + here;
				case "pg_proc" -> "pronamespace " + here;
				case "pg_type" -> "typnamespace " + here;
				case "pg_enum" -> "enumtypid IN (SELECT oid FROM pg_type WHERE typnamespace " + here + ")";
				case "pg_attribute" -> "attrelid " + relation;
				case "pg_attrdef" -> "adrelid " + relation;
				case "pg_index" -> "indrelid " + relation;
				case "pg_inherits" -> "inhrelid " + relation;
				case "pg_trigger" -> "tgrelid " + relation;
				case "pg_rewrite" -> "ev_class " + relation;
				case "pg_policy" -> "polrelid " + relation;
				case "pg_sequence" -> "seqrelid " + relation;
				case "pg_description" -> "objoid " + relation;
				default -> "false";
			};
		}

		private String label() {
			return switch (this.catalog) {
				case "pg_attribute" -> "format('column %I of %s', attname, attrelid::regclass)";
				case "pg_description" -> "'comment on ' || pg_describe_object(classoid, objoid, objsubid)";
				case "pg_index" -> "'index ' || indexrelid::regclass";
				case "pg_inherits" -> "'inheritance of ' || inhrelid::regclass";
				case "pg_trigger" ->
					"CASE WHEN tgisinternal THEN 'disabled constraint trigger on table ' || tgrelid::regclass"
							+ " ELSE pg_describe_object('pg_trigger'::regclass, oid, 0) END";
				case "pg_sequence" -> "'sequence ' || seqrelid::regclass";
				case "pg_enum" -> "format('label %L of type %s', enumlabel, enumtypid::regtype)";
				case "pg_ts_config_map" -> "'text search configuration ' || mapcfg::regconfig";
				case "pg_foreign_table" -> "'foreign table ' || ftrelid::regclass";
				case "pg_partitioned_table" -> "'partitioned table ' || partrelid::regclass";
				case "pg_db_role_setting" -> "'settings of database ' || current_database()";
				default -> "pg_describe_object('" + this.catalog + "'::regclass, oid, 0)";
			};
		}

	}

}
