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

package dev.pristine.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.JdbcUtils;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.reset.Baseline;
import dev.pristine.postgres.reset.Changes;
import dev.pristine.postgres.reset.DatabaseReset;
import dev.pristine.postgres.route.DataSourceTarget;
import dev.pristine.postgres.route.SessionSettings;
import dev.pristine.postgres.sandbox.OverlapPolicy;
import dev.pristine.postgres.sandbox.Sandbox;
import dev.pristine.postgres.sandbox.SandboxState;
import dev.pristine.postgres.server.PostgresProperties;
import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.SharedServer;
import dev.pristine.resource.TestScope;

/**
 * The hold on one database. It is put right by the reset; a sandbox only makes that
 * cheap, or stands in for it where nothing may be deleted.
 */
final class DatabaseLease implements ResourceLease<DatabaseLease.State> {

	private static final Log logger = LogFactory.getLog(DatabaseLease.class);

	private final SlotDatabase database;

	private final List<DataSourceTarget> targets;

	private final ChangesReport report;

	private final Supplier<@Nullable Baseline> original;

	private final @Nullable String noTransaction;

	private final PostgresProperties properties;

	private final OverlapPolicy overlap;

	private @Nullable Connection connection;

	private @Nullable DatabaseReset reset;

	private volatile @Nullable State first;

	private @Nullable State last;

	private @Nullable TestIsolation isolation;

	private @Nullable Sandbox sandbox;

	private @Nullable SandboxState outermost;

	private boolean sandboxed;

	private boolean usable = true;

	private volatile boolean copied;

	/**
	 * Create a lease.
	 * @param database the database
	 * @param original returns the state of another database with the same schema, as
	 * copies of one have it, or {@code null} if there is none
	 * @param noTransaction why nothing can be one transaction, or {@code null} if it can
	 * @param connection a connection with which committed changes can be undone, or
	 * {@code null} if nobody said that the database is disposable
	 * @param properties how long to wait
	 * @param overlap what happens if the work of two connections overlaps in a sandbox
	 */
	DatabaseLease(SlotDatabase database, Supplier<@Nullable Baseline> original, @Nullable String noTransaction,
			@Nullable Connection connection, PostgresProperties properties, OverlapPolicy overlap) {
		this.database = database;
		this.targets = database.dataSources();
		this.report = new ChangesReport(database.name());
		this.original = original;
		this.noTransaction = noTransaction;
		this.properties = properties;
		this.overlap = overlap;
		if (connection != null) {
			connectReset(connection);
		}
	}

	private DatabaseReset connectReset(Connection connection) {
		this.connection = connection;
		DatabaseReset reset = new DatabaseReset(connection, this.properties.lockTimeout(),
				this.properties.resetTimeout(), (this.database.schema() != null) ? this.database.name() : null);
		this.reset = reset;
		return reset;
	}

	@Override
	public @Nullable String refusal(TestIsolation isolation) {
		return ModeRefusal.of(isolation, this.database, this.reset != null, this.noTransaction);
	}

	@Override
	public State capture() {
		Sandbox sandbox = this.sandbox;
		if (this.sandboxed && sandbox != null) {
			return new State(null, sandbox.capture());
		}
		if (this.reset == null) {
			return new State(null, null);
		}
		// Later ones belong to a scope that has entered, be it on another thread
		if (this.database.shared() != null && this.first == null) {
			this.database.shared().use();
		}
		cleanSessions("What came before the first test");
		State state = new State(this.reset.capture(this.original), null);
		State first = (this.first != null) ? this.first : state;
		State last = this.last;
		this.first = first;
		if (first.baseline == state.baseline) {
			state = first;
		}
		else if (last != null && last.baseline == state.baseline) {
			state = last;
		}
		this.last = state;
		return state;
	}

	/**
	 * Return what the database held at first.
	 * @return the content, or {@code null} if nobody has captured it
	 */
	@Nullable Baseline first() {
		State first = this.first;
		return (first != null) ? first.baseline : null;
	}

	/**
	 * Take note that tests work on copies, not here.
	 */
	void copied() {
		this.copied = true;
	}

	@Override
	public void enter(TestScope scope) {
		this.isolation = scope.isolation();
		String refusal = refusal(scope.isolation());
		if (refusal != null && this.reset == null) {
			throw new ResourceException(
					"%s cannot be isolated: %s TRANSACTION cannot be had either: %s".formatted(scope.name(), refusal,
							refusal(TestIsolation.TRANSACTION)),
					"Do what it says, or set 'pristine.isolation.mode' to 'none' if nothing is to be undone.");
		}
		if (scope.isolation() == TestIsolation.SCHEMA && this.database.schema() != null) {
			this.database.schema().warn();
		}
		if (scope.isolation() == TestIsolation.TRANSACTION && !this.targets.isEmpty()) {
			Sandbox sandbox = sandbox();
			sandbox.enter(scope);
			this.sandboxed = true;
			this.targets.forEach((target) -> target.to(sandbox));
		}
		SharedServer shared = this.database.shared();
		if (shared != null && this.reset != null) {
			shared.enter();
		}
	}

	private Sandbox sandbox() {
		Sandbox sandbox = this.sandbox;
		if (sandbox == null) {
			DataSourceTarget target = this.targets.get(0);
			Connection own = null;
			try {
				own = SessionSettings.connectBeside(target.dataSource());
				sandbox = new Sandbox(own, this.properties.lockTimeout(), this.overlap);
				this.outermost = sandbox.capture();
				this.sandbox = sandbox;
			}
			catch (SQLException ex) {
				throw new ResourceException(
						"The DataSource '%s' gave no connection for the sandbox of the test: %s"
							.formatted(target.name(), ex.getMessage()),
						"Check that the server is running, and that nobody holds all connections of the pool.", ex);
			}
			finally {
				if (this.sandbox == null) {
					JdbcUtils.closeConnection(own);
				}
			}
		}
		return sandbox;
	}

	@Override
	public void restore(State state, String culprit) {
		SandboxState savepoint = state.savepoint;
		Sandbox sandbox = this.sandbox;
		if (savepoint != null && sandbox != null) {
			sandbox.restore(savepoint, culprit, false);
			return;
		}
		boolean wasSandboxed = this.sandboxed;
		CompositeResourceLease.runAll(List.of(() -> leaveSandbox(culprit), () -> cleanSessions(culprit),
				() -> undo(state, culprit, wasSandboxed)));
	}

	private void undo(State state, String culprit, boolean wasSandboxed) {
		if (this.reset == null || state.baseline == null) {
			return;
		}
		boolean replaceable = state == this.first && this.database.refusal() == null;
		Changes changes = this.reset.restore(state.baseline, replaceable);
		this.report.undone(changes, culprit, wasSandboxed);
		if (!changes.isUndone()) {
			putRight(state, changes, culprit);
		}
		if (this.database.shared() != null) {
			this.database.shared().exit(culprit);
		}
	}

	private void cleanSessions(String culprit) {
		this.database.targets().forEach((target) -> target.cleanSessions(culprit, this.properties.lockTimeout()));
	}

	private void leaveSandbox(String culprit) {
		if (this.sandboxed && this.sandbox != null && this.outermost != null) {
			this.targets.forEach((target) -> target.to(null));
			this.sandboxed = false;
			this.sandbox.restore(this.outermost, culprit, true);
		}
	}

	private void putRight(State state, Changes changes, String culprit) {
		long start = System.nanoTime();
		String refusal = (state == this.first) ? replace(state)
				: "what @BeforeAll or the like had written before is in no copy. No further test of that class runs.";
		if (refusal != null) {
			this.usable = false;
			this.report.unusable(changes, culprit, refusal, this.database.own() != null);
		}
		else {
			this.report.replaced(changes, culprit, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
					this.isolation == TestIsolation.DATABASE);
		}
	}

	// Return why not, or null
	private @Nullable String replace(State state) {
		if (this.database.refusal() != null) {
			return this.database.refusal();
		}
		try {
			if (this.sandbox != null) {
				this.sandbox.close();
				this.sandbox = null;
			}
			JdbcUtils.closeConnection(this.connection);
			state.baseline = connectReset(this.database.replace()).capture(() -> state.baseline);
			return null;
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("The database could not be replaced", ex);
			return ex.getMessage() + ".";
		}
	}

	@Override
	public boolean isUsable() {
		return this.usable;
	}

	@Override
	public void close() {
		try {
			tellOfStrays();
			this.targets.forEach((target) -> target.to(null));
			if (this.sandbox != null) {
				this.sandbox.close();
			}
		}
		finally {
			JdbcUtils.closeConnection(this.connection);
			this.database.close();
		}
	}

	// What comes from no bean has no copy: all tests meet there
	@Override
	public synchronized void tellOfStrays() {
		Baseline first = first();
		if (this.copied && this.reset != null && first != null && this.targets.size() == this.database.targets().size()
				&& this.targets.stream().noneMatch(DataSourceTarget::isUsed)) {
			try {
				this.report.strays(this.reset.restore(first));
			}
			catch (RuntimeException ex) {
				logger.debug("Nobody knows what was written to '" + this.database.name() + "'", ex);
			}
		}
	}

	/**
	 * A state to return to: a savepoint inside the sandbox or, outside of it, what is
	 * committed, unless that is not undone.
	 */
	static final class State {

		private @Nullable Baseline baseline;

		private final @Nullable SandboxState savepoint;

		private State(@Nullable Baseline baseline, @Nullable SandboxState savepoint) {
			this.baseline = baseline;
			this.savepoint = savepoint;
		}

	}

}
