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

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows and positions of sequences, from one schema to another one with the same tables.
 *
 * @since 0.1.0
 */
public final class SchemaRows {

	private SchemaRows() {
	}

	/**
	 * Give a schema the content of another one.
	 * @param connection a connection of the owner of both, in auto-commit mode
	 * @param from the schema with the content
	 * @param to the schema that gets it, instead of its own
	 * @param timeout how long to wait for the server, or for a lock
	 * @throws SQLException if the server refuses
	 */
	public static void copy(Connection connection, String from, String to, Duration timeout) throws SQLException {
		Session session = Session.open(connection, timeout, timeout, to);
		Catalog catalog = Catalog.read(session);
		Evidence now = session.evidence();
		Baseline own = new ContentCapture(session)
			.run(KnownState.of(catalog, Set.of(), now), Differences.everything(catalog, now))
			.baseline();
		Baseline target = new Baseline(catalog, rows(session, catalog, from), positions(session, catalog, from),
				own.views(), own.largeObjects(), Set.of());
		Differences differences = new Differences(now);
		differences.add(own, target);
		differences.views.addAll(own.views().keySet());
		new RestoreTransaction(session, own, target, differences, Changes.none(), new HashMap<>()).run(false);
	}

	private static Map<Long, SavedRows> rows(Session session, Catalog catalog, String from) throws SQLException {
		List<Table> filled = new ArrayList<>();
		Batch looks = new Batch();
		catalog.tables()
			.values()
			.forEach((table) -> looks.query("SELECT EXISTS(SELECT FROM ONLY " + in(from, table.name()) + ")", (row) -> {
				if (row.getBoolean(1)) {
					filled.add(table);
				}
			}));
		looks.run(session);
		// Each schema has its own types
		Map<Long, Map<String, String>> types = new HashMap<>();
		session.query(
				"SELECT a.attrelid, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
						+ " JOIN pg_type t ON t.oid = a.atttypid WHERE t.typnamespace = " + session.namespace(),
				(row) -> types.computeIfAbsent(row.getLong(1), (table) -> new HashMap<>())
					.put(row.getString(2), row.getString(3)));
		Map<Long, SavedRows> rows = new HashMap<>();
		Batch copies = new Batch();
		for (Table table : filled) {
			SavedRows saved = new SavedRows(table);
			Map<String, String> own = types.getOrDefault(table.oid(), Map.of());
			saved.save(copies, in(from, table.name()),
					table.columns()
						.stream()
						.map((column) -> own.containsKey(column) ? column + "::text::" + own.get(column) : column)
						.toList());
			rows.put(table.oid(), saved);
		}
		copies.run(session);
		return rows;
	}

	private static Map<Long, Position> positions(Session session, Catalog catalog, String from) throws SQLException {
		Map<Long, Position> positions = new HashMap<>();
		Batch batch = new Batch();
		catalog.sequences()
			.forEach((oid, sequence) -> batch.query("SELECT last_value, is_called FROM " + in(from, sequence.name()),
					(row) -> positions.put(oid, new Position(row.getLong(1), row.getBoolean(2)))));
		batch.run(session);
		return positions;
	}

	// The names of schemas of Pristine's need no quotation marks
	private static String in(String schema, String name) {
		return schema + name.substring(name.indexOf('.'));
	}

}
