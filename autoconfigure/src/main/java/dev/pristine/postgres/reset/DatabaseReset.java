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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import dev.pristine.resource.ResourceException;

/**
 * Finds and undoes what changed in one database. Not thread-safe.
 * <p>
 * Everything that users can write is covered: tables of all their schemas, sequences,
 * large objects, materialized views. Temporary tables, foreign tables and the tables of
 * extensions are left alone. Changes to the schema are found and named, not undone.
 * <p>
 * A change counts when its transaction has ended. Nothing that happens while the reset is
 * at work gets lost: it is found by the next one at the latest.
 *
 * @since 0.1.0
 */
public final class DatabaseReset {

	private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

	/** The number of WAL bytes per relation that are quicker to read than the tables. */
	private static final long WAL_BYTES = 256;

	/** A position that the WAL never has. */
	private static final String NOWHERE = "0/0";

	private final Session session;

	private final Wal wal;

	private final Census census;

	private final Contents contents;

	private final SequencePositions positions;

	private final DeadRows deadRows;

	private @Nullable Baseline current;

	/** The evidence of {@link #current}, or {@code null} if somebody else was at work. */
	private @Nullable Evidence evidence;

	private Horizon horizon = new Horizon("3", List.of());

	private @Nullable String walStart;

	/** Whether the last scope changed something, and this one may do so as well. */
	private boolean changing;

	/**
	 * Create a reset.
	 * @param connection a connection in auto-commit mode that nobody else uses, with the
	 * strongest role available; the owner of all tables at least
	 */
	public DatabaseReset(Connection connection) {
		this(connection, LOCK_TIMEOUT);
	}

	/**
	 * Create a reset.
	 * @param connection a connection in auto-commit mode that nobody else uses, with the
	 * strongest role available; the owner of all tables at least
	 * @param lockTimeout how long to wait for a lock that another session holds
	 */
	public DatabaseReset(Connection connection, Duration lockTimeout) {
		try {
			this.session = new Session(connection, (int) lockTimeout.toMillis());
			this.wal = new Wal(this.session);
			this.census = new Census(this.session);
			this.contents = new Contents(this.session);
			this.positions = new SequencePositions(this.session);
			this.deadRows = new DeadRows(this.session);
		}
		catch (SQLException ex) {
			throw new ResourceException("The connection for the reset of the database could not be set up.",
					"Check the server and the role: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Learn the schema and the content of the database as they are now.
	 * @return the present state
	 */
	public Baseline capture() {
		return attempt("capture", () -> {
			Catalog catalog = Catalog.read(this.session);
			Map<Long, Position> positions = this.positions.settle(catalog, catalog.sequences().values());
			Evidence now = evidence();
			Baseline baseline = this.contents.read(catalog, positions);
			this.census.forget();
			Batch batch = new Batch();
			this.census.add(batch, this.horizon, new Differences());
			batch.run(this.session);
			this.deadRows.clear();
			this.current = baseline;
			this.walStart = null;
			advance(now);
			return baseline;
		});
	}

	/**
	 * Learn what the database holds now, given what it held before.
	 * @param known the state at the last capture or restore
	 * @return the present state: {@code known} itself if nothing changed
	 */
	public Baseline capture(Baseline known) {
		Assert.state(known == this.current, "The known baseline is not that of the last capture or restore");
		return attempt("capture", () -> {
			Evidence now = evidence();
			if (now.equals(this.evidence) && this.positions.unloggedStand(known)) {
				return known;
			}
			Wal.Reading reading = readWal(known, new Wal.Reading(now, null));
			now = reading.evidence();
			Differences differences = differences(known, reading.mentioned(), false);
			if (differences.schema && !schemaStands(known) && !schemaChanges(known).isEmpty()) {
				return capture();
			}
			differences.schema = false;
			Map<Long, Position> positions = new HashMap<>(known.positions());
			List<Sequence> moved = Stream.concat(differences.sequences.stream(), differences.cycled.stream())
				.map(known.catalog().sequences()::get)
				.toList();
			if (!moved.isEmpty()) {
				positions.putAll(this.positions.settle(known.catalog(), moved));
				Evidence settled = evidence();
				now = now.isFollowedByOne(settled) ? settled : now;
			}
			if (differences.isEmpty()) {
				advance(now);
				return known;
			}
			Baseline read = this.contents.read(known, positions, differences);
			Baseline baseline = read.sameAs(known) ? known : read;
			this.current = baseline;
			advance(now);
			return baseline;
		});
	}

	/**
	 * Make the database equal to a baseline again.
	 * @param target a baseline that this reset captured
	 * @return what had to be undone, and what could not be
	 * @throws ResourceException if another session is in the way, or the database cannot
	 * be reached
	 */
	public Changes restore(Baseline target) {
		return restore(target, true);
	}

	/**
	 * Make sure that the database still equals a baseline. This is {@link #restore} for
	 * where no change is expected.
	 * @param target a baseline that this reset captured
	 * @return what had to be undone, and what could not be
	 * @throws ResourceException if another session is in the way, or the database cannot
	 * be reached
	 */
	public Changes uphold(Baseline target) {
		return restore(target, false);
	}

	private Changes restore(Baseline target, boolean afterScope) {
		return attempt("reset", () -> {
			Baseline known = this.current;
			Assert.state(known != null, "Nothing was captured");
			Wal.Reading reading = look(known, afterScope && this.changing);
			boolean unchanged = reading.evidence().equals(this.evidence) && this.positions.unloggedStand(known);
			if (afterScope) {
				this.changing = !unchanged;
			}
			if (unchanged && known == target) {
				return Changes.NONE;
			}
			reading = unchanged ? reading : readWal(known, reading);
			Evidence now = reading.evidence();
			Differences differences = unchanged ? new Differences()
					: differences(known, reading.mentioned(), mentionsLastScopeOnly());
			Changes.Collector changes = new Changes.Collector();
			if (differences.schema && !schemaStands(known)) {
				changes.schema.addAll(schemaChanges(target));
			}
			else if (known.catalog() != target.catalog()) {
				changes.schema.addAll(target.catalog().definitions().differences(known.catalog().definitions()));
			}
			if (!changes.schema.isEmpty()) {
				return restoreRemains(target, changes);
			}
			addDifferences(differences, known, target);
			differences.schema = false;
			if (differences.isEmpty() && differences.cycled.isEmpty()) {
				this.current = target;
				advance(now);
				return Changes.NONE;
			}
			undo(known, target, differences, now, changes);
			return changes.toChanges();
		});
	}

	/**
	 * Set sequences back, in one round trip.
	 * @param target a baseline that this reset captured
	 * @param sequences the object identifiers of the sequences; others than those of the
	 * baseline are left alone
	 */
	public void restoreSequences(Baseline target, Collection<Long> sequences) {
		attempt("reset of sequences", () -> {
			Batch batch = new Batch();
			Undo.setSequences(batch, this.session, target, sequences);
			batch.run(this.session);
			return target;
		});
	}

	/**
	 * Learn the positions of sequences that have been used, while the changes around them
	 * are not committed yet.
	 * @param base the state before
	 * @param sequences the object identifiers of the sequences
	 * @return a state that differs from {@code base} in the positions of these sequences
	 */
	public Baseline captureSequences(Baseline base, Collection<Long> sequences) {
		return attempt("capture of sequences", () -> {
			Map<Long, Position> positions = new HashMap<>(base.positions());
			positions.putAll(this.positions.settle(base.catalog(),
					sequences.stream().map(base.catalog().sequences()::get).filter(Objects::nonNull).toList()));
			return new Baseline(base.catalog(), base.rows(), positions, base.views(), base.largeObjects());
		});
	}

	/**
	 * Compare the whole schema, regardless of what the evidence says.
	 * @param target a baseline that this reset captured
	 * @return the names of the objects that were created, altered or dropped
	 */
	public Set<String> verifySchema(Baseline target) {
		return attempt("check of the schema", () -> schemaChanges(target));
	}

	private Wal.Reading look(Baseline known, boolean changing) throws SQLException {
		Evidence last = this.evidence;
		String start = this.walStart;
		if (changing && last != null && start != null && this.session.readsWal()) {
			return this.wal.read(start, last.lsn(), walLimit(known));
		}
		return new Wal.Reading(evidence(), null);
	}

	private Wal.Reading readWal(Baseline known, Wal.Reading reading) throws SQLException {
		String start = this.walStart;
		long limit = walLimit(known);
		if (reading.mentioned() != null || start == null || !this.session.readsWal()
				|| reading.evidence().bytesSince(start) > limit) {
			return reading;
		}
		Wal.Reading read = this.wal.read(start, NOWHERE, limit);
		return (read.mentioned() != null) ? read : reading;
	}

	private boolean mentionsLastScopeOnly() {
		return this.evidence != null && this.evidence.lsn().equals(this.walStart);
	}

	private static long walLimit(Baseline known) {
		return 16_384 + WAL_BYTES * (known.catalog().tables().size() + known.catalog().sequences().size());
	}

	private Differences differences(Baseline known, @Nullable Set<Long> mentioned, boolean assume) throws SQLException {
		Probe probe = new Probe(this.session, known, this.horizon, this.census, this.contents.viewNodes());
		try {
			return (mentioned != null) ? probe.mentioned(mentioned, assume) : probe.everything();
		}
		catch (SQLException ex) {
			if (!String.valueOf(ex.getSQLState()).startsWith("42") || schemaStands(known)) {
				throw ex;
			}
			Differences differences = new Differences();
			differences.schema = true;
			return differences;
		}
	}

	private boolean schemaStands(Baseline known) throws SQLException {
		return known.catalog().definitions().stand(this.session, this.horizon);
	}

	private Set<String> schemaChanges(Baseline target) throws SQLException {
		Set<String> names = target.catalog().definitions().differences(Definitions.read(this.session));
		if (!names.isEmpty()) {
			this.census.forget();
			this.walStart = null;
			this.evidence = null;
		}
		return names;
	}

	// Add what differs between two baselines
	private static void addDifferences(Differences differences, Baseline known, Baseline target) {
		if (known == target) {
			return;
		}
		Set<Long> tables = new HashSet<>(known.rows().keySet());
		tables.addAll(target.rows().keySet());
		tables.stream()
			.filter((oid) -> known.rows(oid) != target.rows(oid))
			.forEach((oid) -> differences.tables.put(oid, false));
		target.positions().forEach((oid, position) -> {
			if (!position.equals(known.positions().get(oid))) {
				differences.sequences.add(oid);
			}
		});
		target.views().forEach((oid, view) -> {
			if (!view.equals(known.views().get(oid))) {
				differences.views.add(oid);
			}
		});
		differences.largeObjects |= known.largeObjects() != target.largeObjects();
	}

	private void undo(Baseline known, Baseline target, Differences differences, Evidence now, Changes.Collector changes)
			throws SQLException {
		String start = this.walStart;
		boolean large = start == null || now.bytesSince(start) > 256 * 1024;
		Undo undo = new Undo(this.session, known, target, this.horizon, differences, large, changes);
		undo.run();
		this.current = target;
		if (differences.largeObjects) {
			this.census.forget();
		}
		if (!differences.views.isEmpty()) {
			this.contents.locateViews(target.catalog());
			this.contents.verifyViews(target, differences.views, changes);
		}
		Evidence after = undo.evidence();
		if (now.isFollowedByOne(after)) {
			advance(after);
		}
		else {
			advance(now);
			List<String> own = new ArrayList<>(this.horizon.own());
			own.add(undo.xid());
			this.horizon = new Horizon(this.horizon.xid(), own);
			this.evidence = null;
		}
		this.deadRows.vacuum(target.catalog(), undo.deleted());
	}

	// Restore the content as far as the changed schema allows, table by table
	private Changes restoreRemains(Baseline target, Changes.Collector changes) throws SQLException {
		Set<Long> existing = new HashSet<>();
		this.session.query("SELECT oid FROM pg_class WHERE relkind IN ('r', 'S', 'm')",
				(row) -> existing.add(row.getLong(1)));
		Baseline known = Objects.requireNonNull(this.current);
		List<Differences> steps = new ArrayList<>();
		for (Long oid : target.catalog().tables().keySet()) {
			Differences step = new Differences();
			step.tables.put(oid, false);
			steps.add(step);
		}
		for (Long oid : target.positions().keySet()) {
			Differences step = new Differences();
			step.sequences.add(oid);
			steps.add(step);
		}
		Differences largeObjects = new Differences();
		largeObjects.largeObjects = true;
		steps.add(largeObjects);
		for (Differences step : steps) {
			if (!existing.containsAll(step.tables.keySet()) || !existing.containsAll(step.sequences)) {
				continue;
			}
			Changes.Collector ignored = new Changes.Collector();
			try {
				new Undo(this.session, known, target, this.horizon, step, false, ignored).run();
				changes.tables.addAll(ignored.tables);
			}
			catch (SQLException ex) {
				rollback();
				step.tables.keySet()
					.forEach((oid) -> changes.unrestored
						.add(target.catalog().tables().get(oid) + ": " + ex.getMessage()));
			}
		}
		this.current = target;
		this.evidence = null;
		this.walStart = null;
		this.census.forget();
		return changes.toChanges();
	}

	private void advance(Evidence now) {
		this.evidence = now;
		if (now.isQuiet()) {
			this.walStart = now.lsn();
			this.horizon = new Horizon(now.horizon(), List.of());
		}
		else {
			this.horizon = new Horizon(now.horizon(), this.horizon.own());
		}
	}

	private Evidence evidence() throws SQLException {
		List<Evidence> found = new ArrayList<>(1);
		new Batch().query(Evidence.SQL, (row) -> found.add(Evidence.of(row))).run(this.session);
		return found.get(0);
	}

	private <T> T attempt(String what, Work<T> work) {
		for (int attempt = 1;; attempt++) {
			try {
				return work.run();
			}
			catch (SQLException ex) {
				this.evidence = null;
				rollback();
				if (!"40P01".equals(ex.getSQLState()) || attempt == 3) {
					throw new Obstacle(this.session).describe(what, ex);
				}
			}
			catch (RuntimeException ex) {
				this.evidence = null;
				rollback();
				throw ex;
			}
		}
	}

	private void rollback() {
		try {
			this.session.execute("ROLLBACK");
		}
		catch (SQLException ex) {
			// The failure that led here says more
		}
	}

	/**
	 * What is tried.
	 *
	 * @param <T> its result
	 */
	private interface Work<T> {

		T run() throws SQLException;

	}

}
