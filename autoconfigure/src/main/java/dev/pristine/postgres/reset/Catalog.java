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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The user's tables, sequences and materialized views, and how they depend on each other.
 * Learned once, and again when the schema changed.
 * <p>
 * What an extension brought along is left alone: its scripts decide what is data and what
 * is configuration. The history tables of Flyway and Liquibase are ordinary tables here:
 * a test that migrates would otherwise leave a history that the schema contradicts.
 *
 * @param tables the tables by their object identifier
 * @param sequences the sequences by their object identifier
 * @param views the names of the materialized views by their object identifier, in the
 * order of their creation
 * @param foreignKeys the foreign keys
 * @param definitions what the system catalogs say about all of it
 */
record Catalog(Map<Long, Table> tables, Map<Long, Sequence> sequences, Map<Long, String> views,
		List<ForeignKey> foreignKeys, Definitions definitions) {

	private static final String ALL_USERS = " n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
			+ " AND c.relpersistence <> 't' AND NOT EXISTS (SELECT FROM pg_depend d"
			+ " WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

	private static final String FROM = " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ";

	private static final String NAME = "format('%I.%I', n.nspname, c.relname)";

	static Catalog read(Session session) throws SQLException {
		Catalog catalog = new Catalog(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>(),
				new ArrayList<>(), Definitions.read(session));
		String users = users(session);
		Map<Long, List<Table.Guard>> guards = guards(session);
		session.query(
				"SELECT k.conrelid, k.confrelid, " + NAME + ", quote_ident(k.conname), k.condeferrable, k.condeferred,"
						+ " k.conparentid = 0 FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
						+ " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f'" + here(session)
						+ " ORDER BY k.oid",
				(result) -> catalog.foreignKeys
					.add(new ForeignKey(result.getLong(1), result.getLong(2), result.getString(3), result.getString(4),
							result.getBoolean(5), result.getBoolean(6), result.getBoolean(7))));
		Set<Long> referenced = catalog.foreignKeys.stream()
			.filter((key) -> key.from() != key.to())
			.map(ForeignKey::to)
			.collect(Collectors.toSet());
		session.query("SELECT c.oid, " + NAME
				+ ", c.relpersistence = 'u', c.relam = 2, c.relrowsecurity AND c.relforcerowsecurity,"
				+ " ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0"
				+ " AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum)" + FROM + "c.relkind = 'r' AND"
				+ users + " ORDER BY c.oid", (result) -> {
					long oid = result.getLong(1);
					Table table = new Table(oid, result.getString(2), referenced.contains(oid), result.getBoolean(3),
							result.getBoolean(4), new ArrayList<>(guards.getOrDefault(oid, List.of())),
							result.getBoolean(5) && !session.seesAllRows(),
							List.of((String[]) result.getArray(6).getArray()));
					if (table.filtered()) {
						table.guards()
							.add(new Table.Guard("ALTER TABLE " + table + " NO FORCE ROW LEVEL SECURITY",
									"ALTER TABLE " + table + " FORCE ROW LEVEL SECURITY"));
					}
					catalog.tables.put(oid, table);
				});
		// Numbers between those of a sequence in larger steps are the application's to
		// give: Hibernate keeps them beyond the test, and must not be given them again
		session.query(
				"SELECT c.oid, " + NAME + ", c.relpersistence = 'u', s.seqcache > 1, s.seqcycle"
						+ " FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid"
						+ " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE s.seqincrement <= 1 AND" + users
						+ " ORDER BY c.oid",
				(result) -> catalog.sequences.put(result.getLong(1), new Sequence(result.getLong(1),
						result.getString(2), result.getBoolean(3), result.getBoolean(4), result.getBoolean(5))));
		session.query("SELECT c.oid, " + NAME + FROM + "c.relkind = 'm' AND" + users + " ORDER BY c.oid",
				(result) -> catalog.views.put(result.getLong(1), result.getString(2)));
		return catalog;
	}

	private static String users(Session session) {
		return ALL_USERS + here(session);
	}

	private static String here(Session session) {
		return session.isWhole() ? "" : " AND n.oid = " + session.namespace();
	}

	// Triggers and rules that this session's replication role does not keep from firing
	private static Map<Long, List<Table.Guard>> guards(Session session) throws SQLException {
		Map<Long, List<Table.Guard>> guards = new LinkedHashMap<>();
		String fires = session.replica() ? "('A', 'R')" : "('A', 'O')";
		session.query("SELECT c.oid, " + NAME + ", what.kind, quote_ident(what.name), what.enabled FROM ("
				+ "SELECT tgrelid, 'TRIGGER', tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
				+ "SELECT ev_class, 'RULE', rulename, ev_enabled FROM pg_rewrite) AS what(relation, kind, name, enabled)"
				+ " JOIN pg_class c ON c.oid = what.relation JOIN pg_namespace n ON n.oid = c.relnamespace"
				+ " WHERE c.relkind = 'r' AND what.enabled IN " + fires + " AND" + users(session), (result) -> {
					String alter = "ALTER TABLE ONLY " + result.getString(2);
					String what = result.getString(3) + " " + result.getString(4);
					String mode = switch (result.getString(5)) {
						case "A" -> " ENABLE ALWAYS ";
						case "R" -> " ENABLE REPLICA ";
						default -> " ENABLE ";
					};
					guards.computeIfAbsent(result.getLong(1), (oid) -> new ArrayList<>())
						.add(new Table.Guard(alter + " DISABLE " + what, alter + mode + what));
				});
		return guards;
	}

	// Return the number of bytes of the WAL that are quicker to read than the tables
	long walLimit() {
		return 16_384 + 256L * (this.tables.size() + this.sequences.size());
	}

	/**
	 * A foreign key between two tables.
	 *
	 * @param from the referencing table
	 * @param to the referenced table
	 * @param table the qualified name of the referencing table
	 * @param name the name of the constraint
	 * @param deferrable whether its check can be put off
	 * @param deferred whether its check is put off
	 * @param alterable whether it can be altered by itself: it is not inherited
	 */
	record ForeignKey(long from, long to, String table, String name, boolean deferrable, boolean deferred,
			boolean alterable) {

		// Return the statement that gives the check another time
		String alter(String timing) {
			return "ALTER TABLE " + this.table + " ALTER CONSTRAINT " + this.name + timing;
		}

		// Return the time of its own
		String timing() {
			return this.deferrable ? " DEFERRABLE INITIALLY " + (this.deferred ? "DEFERRED" : "IMMEDIATE")
					: " NOT DEFERRABLE";
		}

	}

}
