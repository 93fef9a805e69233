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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Reads in the WAL which tables, and which blocks of them, were written, so that the cost
 * does not depend on the size of the database.
 * <p>
 * Every change to a logged table mentions the table; what replaces a table's file, as
 * {@code TRUNCATE} does, mentions {@code pg_class}, and then everything is looked at. See
 * {@link Evidence#isQuiet()} for where to start. Transactions that were rolled back are
 * mentioned, too: what is found is to be looked at, not to be taken for changed.
 */
final class WalDetector {

	private static final long PG_CLASS = 1259;

	/** System catalogs have smaller object identifiers. */
	private static final long FIRST_USER_OBJECT = 16384;

	/** Statistics, which ANALYZE writes, with their indexes and TOAST tables. */
	private static final Set<Long> STATISTICS = Set.of(2619L, 2696L, 2840L, 2841L, 3429L, 3433L, 3430L, 3431L);

	/** The magic number of a page, which also tells the server's byte order. */
	private static final Map<Integer, String> MAGIC = Map.of(14, "0dd1", 15, "10d1", 16, "13d1", 17, "16d1", 18,
			"18d1");

	/**
	 * Only what has been flushed can be read. Before 17 there is no function that
	 * flushes, but a commit does.
	 */
	private static final String FLUSH = "SELECT CASE WHEN pg_current_wal_insert_lsn() <> pg_current_wal_flush_lsn()"
			+ " THEN pg_logical_emit_message(%s) END";

	/** Nothing is read if the WAL grew too much. */
	private static final String READ = """
			SELECT past::text, pg_read_binary_file('pg_wal/' || pg_walfile_name(start),
			(pg_walfile_name_offset(start)).file_offset, (past - start)::bigint, true)
			FROM (SELECT CAST(? AS pg_lsn), pg_current_wal_flush_lsn() OFFSET 0) AS stretch(start, past)
			WHERE past > start AND past - start <= CAST(? AS numeric) AND pg_walfile_name(start) = pg_walfile_name(past)""";

	private final Session session;

	private final Map<WalReader.File, Long> relations = new HashMap<>();

	private final long database;

	private WalDetector(Session session, long database) {
		this.session = session;
		this.database = database;
	}

	// Return the detector, or null if the WAL of this server cannot be read
	static @Nullable WalDetector of(Session session) {
		List<WalDetector> detectors = new ArrayList<>();
		String magic = MAGIC.get(session.version() / 10000);
		if (magic != null && session.replica() && session.isWhole()) {
			try {
				// At the end of a file, the next one may not exist yet
				session.query("SELECT oid, encode(pg_read_binary_file('pg_wal/' || pg_walfile_name("
						+ "pg_current_wal_flush_lsn() - 1), 0, 2), 'hex') FROM pg_database WHERE datname = current_database()",
						(row) -> {
							if (magic.equals(row.getString(2))) {
								detectors.add(new WalDetector(session, row.getLong(1)));
							}
						});
			}
			catch (SQLException ex) {
				Session.logger.debug("The WAL cannot be read", ex);
			}
		}
		return detectors.isEmpty() ? null : detectors.get(0);
	}

	/**
	 * Look.
	 * @param known the known state
	 * @param before how far the server is
	 * @return what may differ, or {@code null} if the WAL does not tell
	 */
	@Nullable Differences detect(KnownState known, Evidence before) throws SQLException {
		Batch batch = new Batch();
		List<Evidence> after = new ArrayList<>(1);
		List<String> past = new ArrayList<>(1);
		List<byte[]> bytes = new ArrayList<>(1);
		if (this.session.version() >= 170000) {
			batch.add(FLUSH.formatted("false, 'pristine', '', true"));
		}
		else {
			batch.add("BEGIN").add(FLUSH.formatted("true, 'pristine', ''")).add("COMMIT");
		}
		batch.query(this.session.evidenceSql(), (row) -> after.add(Evidence.of(row))).query(READ, (row) -> {
			past.add(row.getString(1));
			bytes.add(row.getBytes(2));
		}, known.walStart(), Long.toString(known.baseline().catalog().walLimit())).run(this.session);
		if (bytes.isEmpty() || before.bytesSince(past.get(0)) > 0) {
			return null;
		}
		try {
			// What the second one has seen is read as well, unless somebody writes just
			// now
			Evidence now = after.get(0);
			return differences(known, (now.bytesSince(past.get(0)) <= 0) ? now : before, bytes.get(0));
		}
		catch (IllegalArgumentException ex) {
			Session.logger.debug("The WAL was not understood", ex);
			return null;
		}
	}

	private @Nullable Differences differences(KnownState known, Evidence now, byte[] bytes) throws SQLException {
		Catalog catalog = known.baseline().catalog();
		Differences differences = new Differences(now);
		Map<Long, Set<Long>> mentioned = new HashMap<>();
		for (Map.Entry<WalReader.File, Set<Long>> entry : new WalReader(this.session.version())
			.read(Evidence.position(known.walStart()), bytes)
			.entrySet()) {
			WalReader.File file = entry.getKey();
			if (file.database() == 0) {
				// Settings of a database are kept with the server
				differences.server = true;
				differences.schema = true;
			}
			if (file.database() == this.database) {
				mentioned.computeIfAbsent(relation(file), (oid) -> new HashSet<>()).addAll(entry.getValue());
			}
		}
		mentioned.keySet().removeAll(STATISTICS);
		if (mentioned.containsKey(PG_CLASS) || mentioned.containsKey(0L)) {
			this.relations.clear();
			return null;
		}
		catalog.tables().forEach((oid, table) -> {
			if (table.unlogged() || mentioned.containsKey(oid)) {
				differences.tables.put(oid, mentioned.getOrDefault(oid, Set.of()));
			}
		});
		catalog.sequences().forEach((oid, sequence) -> {
			if (sequence.unlogged() || mentioned.containsKey(oid)) {
				differences.sequences.add(oid);
			}
		});
		catalog.views().keySet().stream().filter(mentioned::containsKey).forEach(differences.views::add);
		for (Long oid : mentioned.keySet()) {
			if (LargeObjects.CATALOGS.contains(oid)) {
				differences.largeObjects = true;
			}
			else if (oid < FIRST_USER_OBJECT) {
				differences.schema = true;
			}
		}
		differences.catalogs = differences.schema ? Map.of() : known.catalogs();
		return differences;
	}

	// Return the relation that a file belongs to, 0 if none does any more
	private long relation(WalReader.File file) throws SQLException {
		Long known = this.relations.get(file);
		if (known == null) {
			List<Long> found = new ArrayList<>(1);
			this.session.query("SELECT coalesce(pg_filenode_relation(" + file.tablespace() + ", " + file.node()
					+ ")::oid, 0::oid)::bigint", (row) -> found.add(row.getLong(1)));
			known = found.get(0);
			this.relations.put(file, known);
		}
		return known;
	}

}
