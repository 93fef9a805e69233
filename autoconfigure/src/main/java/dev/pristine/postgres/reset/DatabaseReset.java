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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

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
 * Transactions that have written and do not end are cut off. Nothing that happens while
 * the reset is at work gets lost: it is found by the next one at the latest.
 *
 * @since 0.1.0
 */
public final class DatabaseReset {

	/** The first capture copies all rows, which may take so many times longer. */
	private static final int FIRST_CAPTURE = 30;

	private static final int ATTEMPTS = 10;

	/** With more bytes of WAL than this, a table may have become large. */
	private static final long LARGE = 256 * 1024;

	/** So many deleted rows, which make a table slow, are left in it by resets. */
	private static final long DEAD_ROWS = 2_000;

	private final Session session;

	private final Duration timeout;

	private final ChangeDetector detector;

	private final ContentCapture contents;

	private final OpenTransactions openTransactions;

	private final Map<String, Long> deadRows = new HashMap<>();

	private final ServerObjects serverObjects;

	private @Nullable KnownState known;

	/**
	 * Create a reset of a whole database.
	 * @param connection a connection in auto-commit mode that nobody else uses, with the
	 * strongest role available; the owner of all tables at least
	 * @param lockTimeout how long to wait for a lock that another session holds, and for
	 * a transaction to end before it is cut off
	 * @param timeout how long to wait for anything else
	 */
	public DatabaseReset(Connection connection, Duration lockTimeout, Duration timeout) {
		this(connection, lockTimeout, timeout, null);
	}

	/**
	 * Create a reset.
	 * @param connection a connection in auto-commit mode that nobody else uses, with the
	 * strongest role available; the owner of all tables at least
	 * @param lockTimeout how long to wait for a lock that another session holds, and for
	 * a transaction to end before it is cut off
	 * @param timeout how long to wait for anything else
	 * @param schema the only schema to put right, or {@code null} for all of them, large
	 * objects and what the database has on the server
	 */
	public DatabaseReset(Connection connection, Duration lockTimeout, Duration timeout, @Nullable String schema) {
		try {
			this.timeout = timeout;
			this.session = Session.open(connection, lockTimeout, timeout, schema);
			this.serverObjects = new ServerObjects(this.session);
			this.detector = new ChangeDetector(this.session, this.serverObjects);
			this.contents = new ContentCapture(this.session);
			this.openTransactions = new OpenTransactions(this.session, lockTimeout);
		}
		catch (SQLException ex) {
			throw new ResourceException("The connection for the reset of the database could not be set up.",
					"Check the server and the role: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Learn the schema of a database, but not what is in it.
	 * @param connection a connection as for a reset
	 * @param timeout how long to wait for the server
	 * @return a baseline that every copy of the database can be captured with
	 * @throws ResourceException if the database cannot be reached
	 */
	public static Baseline schema(Connection connection, Duration timeout) {
		DatabaseReset reset = new DatabaseReset(connection, timeout, timeout);
		return reset.attempt("capture", () -> Baseline.of(Catalog.read(reset.session), Set.of()));
	}

	/**
	 * Learn what the database holds now.
	 * @return the present state: the same object as before if nothing changed since the
	 * last capture or restore
	 * @throws ResourceException if the database cannot be reached
	 */
	public Baseline capture() {
		return capture(() -> null);
	}

	/**
	 * Learn what the database holds now.
	 * @param original asked the first time for a baseline of another database that is a
	 * copy of the same one, so that both have the same schema, down to the object
	 * identifiers; it returns {@code null} if there is none
	 * @return the present state: the same object as before if nothing changed since the
	 * last capture or restore
	 * @throws ResourceException if the database cannot be reached
	 */
	public Baseline capture(Supplier<@Nullable Baseline> original) {
		return attempt("capture", () -> {
			KnownState known = this.known;
			if (known == null) {
				return captureEverything(original);
			}
			Differences differences = this.detector.detect(known);
			Baseline baseline = known.baseline();
			if (!baseline.catalog().definitions().differences(definitions(known, differences)).isEmpty()) {
				return captureEverything(() -> null);
			}
			if (differences.server) {
				baseline = baseline.with(this.serverObjects.capture());
			}
			KnownState now = known.at(baseline, differences.evidence, differences.catalogs);
			this.known = differences.isEmpty() ? now : this.contents.run(now, differences);
			return this.known.baseline();
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
		return restore(target, false);
	}

	/**
	 * Make the database equal to a baseline again, or find that it cannot be.
	 * @param target a baseline that this reset captured
	 * @param replaceable whether the database is replaced if its schema or very many rows
	 * have changed, so that nothing has to be undone then
	 * @return what had to be undone, and what could not be
	 * @throws ResourceException if another session is in the way, or the database cannot
	 * be reached
	 */
	public Changes restore(Baseline target, boolean replaceable) {
		Changes changes = Changes.none();
		return attempt("reset", () -> {
			KnownState known = this.known;
			Assert.state(known != null, "Nothing was captured");
			Differences differences = this.detector.detect(known);
			if (!differences.evidence.isQuiet() && this.openTransactions.end(changes.sessions())) {
				differences = this.detector.detect(known);
			}
			if (differences.server || !known.baseline().serverObjects().equals(target.serverObjects())) {
				this.serverObjects.restore(target.serverObjects(), changes.leftovers());
			}
			Definitions present = definitions(known, differences);
			changes.schema().addAll(target.catalog().definitions().differences(present));
			if (!changes.schema().isEmpty()) {
				if (!replaceable) {
					restorePartly(known, target, Differences.oneByOne(target.catalog(), present, differences.evidence),
							changes);
				}
				return changes;
			}
			differences.add(known.baseline(), target);
			if (replaceable) {
				changes.rewritten().addAll(RewrittenTables.find(this.session, known, target, differences));
			}
			if (differences.isEmpty()) {
				this.known = known.at(target, differences.evidence, differences.catalogs);
			}
			else if (changes.rewritten().isEmpty()) {
				restore(known, target, differences, changes);
			}
			return changes;
		});
	}

	private Baseline captureEverything(Supplier<@Nullable Baseline> original) throws SQLException {
		this.session.limit(this.timeout.multipliedBy(FIRST_CAPTURE));
		Evidence now = this.session.evidence();
		Baseline same = original.get();
		Catalog catalog = (same != null) ? same.catalog() : Catalog.read(this.session);
		this.known = this.contents.run(KnownState.of(catalog, this.serverObjects.capture(), now),
				Differences.everything(catalog, now));
		this.session.limit(this.timeout);
		return this.known.baseline();
	}

	private Definitions definitions(KnownState known, Differences differences) throws SQLException {
		return (!differences.schema || known.schemaStands(this.session)) ? known.baseline().catalog().definitions()
				: Definitions.read(this.session);
	}

	// A changed schema may not allow each step
	private void restorePartly(KnownState known, Baseline target, Map<String, Differences> steps, Changes changes) {
		steps.forEach((name, step) -> {
			try {
				new RestoreTransaction(this.session, known.baseline(), target, step, changes, new HashMap<>())
					.run(false);
			}
			catch (SQLException ex) {
				this.session.rollback();
				changes.unrestored().add(name + ": " + ex.getMessage());
			}
		});
	}

	private void restore(KnownState known, Baseline target, Differences differences, Changes changes)
			throws SQLException {
		boolean large = differences.evidence.bytesSince(known.walStart()) > LARGE;
		Evidence now = new RestoreTransaction(this.session, known.baseline(), target, differences, changes,
				this.deadRows)
			.run(large);
		this.known = known.at(target, now, differences.catalogs);
		MaterializedViews.read(this.session, target.catalog(), differences.views).forEach((oid, view) -> {
			if (!view.equals(target.views().get(oid))) {
				changes.unrestored()
					.add("materialized view " + target.catalog().views().get(oid)
							+ ": it was out of date at the baseline, now it is refreshed");
			}
		});
		vacuum();
	}

	private void vacuum() throws SQLException {
		Map<String, Long> many = new HashMap<>(this.deadRows);
		many.values().removeIf((count) -> count <= DEAD_ROWS);
		if (!many.isEmpty()) {
			this.deadRows.keySet().removeAll(many.keySet());
			this.session.execute("VACUUM (SKIP_LOCKED) " + String.join(", ", many.keySet()));
		}
	}

	private <T> T attempt(String what, Work<T> work) {
		for (int attempt = 1;; attempt++) {
			try {
				return work.run();
			}
			catch (SQLException ex) {
				this.session.rollback();
				if (!ResetFailure.INTERFERENCE.contains(ex.getSQLState()) || attempt == ATTEMPTS) {
					throw ResetFailure.of(this.session, what, ex);
				}
			}
			catch (RuntimeException ex) {
				this.session.rollback();
				throw ex;
			}
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
