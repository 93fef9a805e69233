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

package dev.pristine.postgres.sandbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOperation;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;

import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestScope;

/**
 * One physical connection in one transaction, which all threads of a test share as if
 * each had connections of its own.
 * <p>
 * A statement in auto-commit runs under a savepoint that the driver sends along with it;
 * a transaction of the application is a savepoint; the end of a scope rolls back.
 * <p>
 * A connection that is in a transaction when its scope ends is cut off. One that is not
 * stays usable in later scopes, as an application may keep a connection for its whole
 * life.
 *
 * @since 0.1.0
 */
public final class Sandbox implements AutoCloseable {

	/**
	 * After so many statements in auto-commit, the savepoints that they have left are
	 * released. Connections with {@code cleanupSavepoints=true} leave none.
	 */
	private static final int LOOSE_SAVEPOINTS = 64;

	/**
	 * The driver prepares a statement anew and tries it again after these, if it has set
	 * a savepoint.
	 */
	private static final Set<String> OUTDATED_PLAN = Set.of("0A000", "26000");

	private static final Duration CANCELLATION = Duration.ofSeconds(1);

	/**
	 * A sequence is locked when it is used, until the end of the transaction, even if a
	 * savepoint is rolled back.
	 */
	private static final String USED = """
			SELECT l.relation FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
			WHERE l.pid = pg_backend_pid()
			AND (l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND c.relkind = 'S'
			OR l.locktype = 'advisory')""";

	private final Connection physical;

	private final BaseConnection driver;

	private final AutoSave autoSave;

	private final Statement control;

	private final Predicate<TestScope> testManaged;

	private final Gate gate;

	private final SandboxWarnings warnings = new SandboxWarnings();

	private final DeferredConstraints deferred = new DeferredConstraints();

	private final SessionSettings settings;

	private final LogicalConnection.Defaults defaults;

	private final Deque<Level> levels = new ArrayDeque<>();

	private final PreparedStatement endTransaction;

	private final PreparedStatement endSavepoint;

	private volatile @Nullable TestScope scope;

	/**
	 * A savepoint that has served, to be released with the next command.
	 */
	private @Nullable String released;

	private int transactions;

	private int loose;

	private boolean base;

	/**
	 * Whether nothing has changed since the driver's last savepoint, so that the next
	 * statement needs none.
	 */
	private boolean safe;

	private final boolean savepointsStay;

	private boolean sequences;

	private final Set<Long> used = new HashSet<>();

	private boolean schemaChanged;

	/**
	 * While it goes on, the driver lets every other statement wait, even for ever.
	 */
	private @Nullable CopyOperation copy;

	private boolean ended;

	private boolean closed;

	/**
	 * Take a connection over.
	 * @param physical the connection, in no transaction; closed by {@link #close()}
	 * @param timeout how long a thread waits for another one
	 * @throws SQLException if the connection does not work, or is not one of PostgreSQL's
	 * driver
	 */
	public Sandbox(Connection physical, Duration timeout) throws SQLException {
		this(physical, timeout, new TestManagedTransaction());
	}

	/**
	 * Take a connection over.
	 * @param physical the connection, in no transaction; closed by {@link #close()}
	 * @param timeout how long a thread waits for another one
	 * @param testManaged whether the transaction that the calling thread is in was begun
	 * for the test, so that other threads need not wait for its end
	 * @throws SQLException if the connection does not work, or is not one of PostgreSQL's
	 * driver
	 */
	Sandbox(Connection physical, Duration timeout, Predicate<TestScope> testManaged) throws SQLException {
		this.physical = physical;
		this.driver = physical.unwrap(BaseConnection.class);
		this.testManaged = testManaged;
		this.gate = new Gate(timeout);
		this.settings = new SessionSettings(this.driver);
		this.defaults = new LogicalConnection.Defaults(physical.getAutoCommit(), physical.isReadOnly(),
				physical.getTransactionIsolation(), physical.getNetworkTimeout());
		this.autoSave = this.driver.getQueryExecutor().getAutoSave();
		autoSave(AutoSave.NEVER);
		if (!this.defaults.autoCommit()) {
			physical.rollback();
		}
		physical.setReadOnly(false);
		physical.setAutoCommit(false);
		this.control = this.driver.createStatement();
		this.savepointsStay = savepointsStay();
		this.endTransaction = this.driver.prepareStatement("DISCARD SEQUENCES;" + USED + ";ROLLBACK");
		this.endSavepoint = this.driver.prepareStatement(USED);
	}

	/**
	 * Start a scope, inside of the one that was started last. Nothing is sent before the
	 * first statement.
	 * @param scope the scope
	 * @throws ResourceException if a transaction of the outer scope is open until the
	 * timeout
	 */
	public void begin(TestScope scope) {
		String start = "the start of " + scope.name();
		List<String> working = this.gate.enterAlone(start);
		try {
			this.gate.open()
				.forEach((transaction) -> working
					.add("[" + transaction.lastStatement() + "] of thread '" + transaction.owner().getName() + "'"));
			if (!working.isEmpty()) {
				throw new ResourceException(
						"A transaction is open at " + start + ", which cannot be undone without it: "
								+ String.join(System.lineSeparator() + "and ", working),
						"End it before the test starts, or " + Refusal.REMEDY);
			}
			this.levels.push(new Level(scope));
			this.scope = scope;
			this.warnings.reset(scope.name());
		}
		finally {
			leave();
		}
	}

	/**
	 * Return a connection for the calling thread.
	 * @return a logical connection, in auto-commit if the physical one was
	 */
	public Connection connect() {
		return new LogicalConnection(this, this.physical, this.driver, this.defaults).proxy();
	}

	/**
	 * Return the sequences that were used since the outermost scope has started.
	 * @return their OIDs
	 * @throws ResourceException if the connection is lost
	 */
	public Set<Long> usedSequences() {
		Level level = this.levels.peek();
		if (level == null || level.start == null) {
			return Set.of();
		}
		enterAlone("the start of a test of " + level.scope.name());
		try {
			if (this.sequences) {
				used(this.endSavepoint, this.used);
			}
			return Set.copyOf(this.used);
		}
		catch (SQLException ex) {
			throw new ResourceException(
					"The sequences that " + level.scope.name() + " used cannot be read: " + ex.getMessage(),
					"See the server's log. The application context gets a new database.", ex);
		}
		finally {
			leave();
		}
	}

	/**
	 * End the scope that was started last: wait for those who still work in it, and undo
	 * everything since its start.
	 * @param scope the scope
	 * @return the OIDs of the sequences that were used since the outermost scope has
	 * started, for which there is no rollback
	 * @throws ResourceException if work went on until the timeout, or the connection is
	 * lost
	 */
	public Set<Long> rollback(TestScope scope) {
		Level level = this.levels.peek();
		if (level == null || level.scope != scope) {
			throw new IllegalStateException(scope + " is not the scope that was started last");
		}
		List<String> stayed = enterAlone("the end of " + scope.name());
		Set<Long> used;
		try {
			cancelCopy();
			String aborted = cutOff(scope);
			this.levels.pop();
			Level parent = this.levels.peek();
			this.scope = (parent != null) ? parent.scope : null;
			used = (level.start != null) ? undo(level.start, aborted) : Set.of();
		}
		catch (SQLException ex) {
			throw new ResourceException(
					"The changes of " + scope.name() + " could not be rolled back: " + ex.getMessage(),
					"See the server's log. The application context gets a new database.", ex);
		}
		finally {
			leave();
		}
		if (!stayed.isEmpty()) {
			throw workWentOn(scope.name(), stayed);
		}
		return used;
	}

	/**
	 * Hand the physical connection back, as it was.
	 */
	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		try {
			List<String> stayed = new ArrayList<>();
			if (!this.driver.isClosed()) {
				stayed = enterAlone("the end of the sandbox");
			}
			this.levels.clear();
			for (Transaction transaction : this.gate.clear()) {
				transaction.connection().cutOff(Refusal.closed("This connection has been closed."));
			}
			if (!this.driver.isClosed()) {
				restore();
			}
			else {
				showThatItIsLost();
			}
			this.physical.close();
			if (!stayed.isEmpty()) {
				throw workWentOn("the application context", stayed);
			}
		}
		catch (SQLException ex) {
			throw new ResourceException("The sandbox's connection could not be handed back: " + ex.getMessage(),
					"See the server's log.", ex);
		}
		finally {
			leave();
		}
	}

	private void restore() throws SQLException {
		cancelCopy();
		this.control.close();
		this.endTransaction.close();
		this.endSavepoint.close();
		this.physical.rollback();
		autoSave(this.autoSave);
		this.physical.setAutoCommit(this.defaults.autoCommit());
		this.physical.setReadOnly(this.defaults.readOnly());
		this.physical.setNetworkTimeout(Runnable::run, this.defaults.networkTimeout());
	}

	// A pool in between looks at the errors that its connections throw
	private void showThatItIsLost() throws SQLException {
		try (Statement statement = this.physical.createStatement()) {
			statement.execute("");
		}
		catch (SQLException ex) {
			if (!this.driver.isClosed()) {
				throw ex;
			}
		}
	}

	private static ResourceException workWentOn(String what, List<String> stayed) {
		return new ResourceException(
				"Work went on at the end of " + what + ", was waited for in vain and has been cut off: "
						+ String.join(System.lineSeparator() + "and ", stayed),
				"Have the test wait for the end of what it has started.");
	}

	SandboxWarnings warnings() {
		return this.warnings;
	}

	/**
	 * Run a statement.
	 * @param <T> the type of its result
	 * @param connection the logical connection
	 * @param sql the statement
	 * @param work what runs it
	 * @return its result
	 * @throws SQLException if it fails
	 */
	<T extends @Nullable Object> T execute(LogicalConnection connection, Sql sql, Work<T> work) throws SQLException {
		this.gate.enter(connection, sql.text());
		try {
			prepare(connection, sql);
			return connection.inTransaction() ? inside(connection, sql, work) : alone(connection, sql, work);
		}
		finally {
			this.gate.leave();
		}
	}

	/**
	 * Obey a transaction command.
	 * @param connection the logical connection
	 * @param sql the command
	 * @return whether there is nothing left to be sent to the server
	 * @throws SQLException if the command fails or cannot be obeyed
	 */
	boolean control(LogicalConnection connection, Sql sql) throws SQLException {
		switch (sql.control()) {
			case BEGIN -> {
				connection.beginExplicitly();
				execute(connection, sql, () -> "");
			}
			case COMMIT -> commit(connection);
			case ROLLBACK -> rollback(connection);
			case SAVEPOINT, RELEASE, ROLLBACK_TO -> {
				if (!connection.inTransaction()) {
					throw Refusal.noTransaction(sql.text());
				}
				return false;
			}
			case SET_TRANSACTION -> {
				if (sql.isolation()) {
					this.warnings.isolation();
				}
				if (connection.inTransaction() && sql.readOnly()) {
					execute(connection, sql, () -> this.control.execute("SET TRANSACTION READ ONLY"));
				}
			}
			default -> throw Refusal.control(sql);
		}
		return true;
	}

	/**
	 * Begin a transaction for an operation in auto-commit that takes several steps.
	 * @param connection the logical connection
	 * @param sql the operation
	 * @throws SQLException if that fails
	 */
	void beginAlone(LogicalConnection connection, Sql sql) throws SQLException {
		this.gate.enter(connection, sql.text());
		try {
			prepare(connection, sql);
			begin(connection, false);
			connection.beginExplicitly();
		}
		finally {
			this.gate.leave();
		}
	}

	/**
	 * Take note of a {@code COPY} that has begun.
	 * @param copy the operation
	 */
	void copying(CopyOperation copy) {
		this.copy = copy;
	}

	/**
	 * Commit the transaction of a connection, if it has begun.
	 * @param connection the logical connection
	 * @throws SQLException if a deferred constraint is violated
	 */
	void commit(LogicalConnection connection) throws SQLException {
		if (connection.transaction() == null) {
			connection.transaction(null);
			return;
		}
		this.gate.enter(connection, "COMMIT");
		try {
			Transaction transaction = connection.transaction();
			if (transaction == null) {
				return;
			}
			cancelCopy();
			if (transaction.isAborted() || this.driver.getTransactionState() == TransactionState.FAILED) {
				// What the server makes of a COMMIT then, and the driver says nothing
				undo(transaction);
				return;
			}
			if (transaction.savepoint() != null) {
				this.settings.use(connection);
				try {
					check(transaction);
					finish(transaction);
				}
				catch (SQLException ex) {
					undo(transaction);
					throw ex;
				}
			}
			end(transaction);
			Transaction outer = this.gate.innermost();
			String change = transaction.isReadOnly() ? null : transaction.lastChange();
			if (outer != null && outer.savepoint() != null && change != null) {
				outer.committedInside(change);
			}
		}
		finally {
			this.gate.leave();
		}
	}

	/**
	 * Roll back the transaction of a connection, if it has begun.
	 * @param connection the logical connection
	 * @throws SQLException if the server is lost
	 */
	void rollback(LogicalConnection connection) throws SQLException {
		if (connection.transaction() == null) {
			connection.transaction(null);
			return;
		}
		this.gate.enter(connection, "ROLLBACK");
		try {
			Transaction transaction = connection.transaction();
			if (transaction != null) {
				cancelCopy();
				undo(transaction);
			}
		}
		finally {
			this.gate.leave();
		}
	}

	/**
	 * End the life of a logical connection.
	 * @param connection the logical connection
	 * @throws SQLException if the server is lost
	 */
	void end(LogicalConnection connection) throws SQLException {
		if (this.driver.isClosed()) {
			return;
		}
		rollback(connection);
		if (!connection.settings().isEmpty() && this.scope != null) {
			this.gate.enter(connection, "RESET");
			try {
				suspend(connection);
				this.settings.close(connection);
			}
			finally {
				this.gate.leave();
			}
		}
	}

	/**
	 * End the life of a logical connection from another thread.
	 * @param connection the logical connection
	 */
	void abort(LogicalConnection connection) {
		try {
			if (this.gate.isRunning(connection)) {
				this.driver.cancelQuery();
			}
			connection.close();
		}
		catch (SQLException ex) {
			connection.cutOff(ex);
		}
	}

	private void prepare(LogicalConnection connection, Sql sql) throws SQLException {
		if (this.copy != null && this.copy.isActive()) {
			throw Refusal.duringCopy(sql);
		}
		start();
		if (this.driver.getNetworkTimeout() != connection.networkTimeout()) {
			this.driver.setNetworkTimeout(Runnable::run, connection.networkTimeout());
		}
		suspend(connection);
		this.safe &= !this.settings.use(connection);
		Transaction outer = this.gate.innermost();
		if (outer != null && outer.connection() != connection && outer.isHolding() && sql.mentions(outer.written())) {
			this.warnings.sharedWithOuter(sql.text(), outer.lastStatement());
		}
		if (sql.isPlain()) {
			return;
		}
		if (sql.isolation()) {
			this.warnings.isolation();
		}
		if (sql.notifies()) {
			this.warnings.notification();
		}
		if (sql.listens()) {
			this.warnings.listening();
		}
		if (sql.advisory()) {
			this.warnings.advisoryLock();
		}
	}

	private <T extends @Nullable Object> T inside(LogicalConnection connection, Sql sql, Work<T> work)
			throws SQLException {
		Transaction transaction = connection.transaction();
		if (transaction != null && transaction.isAborted()) {
			throw Refusal.aborted();
		}
		if (transaction == null || transaction.savepoint() == null) {
			transaction = begin(connection, sql.control() == Sql.Control.BEGIN && sql.readOnly());
		}
		this.safe = false;
		if (sql.control() == Sql.Control.ROLLBACK_TO || sql.control() == Sql.Control.RELEASE) {
			// May be gone with the savepoint of the application
			this.released = null;
		}
		transaction.runs(sql);
		if (!sql.settings().isEmpty() && this.driver.getTransactionState() != TransactionState.FAILED) {
			this.settings.changing(connection, sql);
		}
		try {
			return work.run();
		}
		finally {
			changed(sql);
		}
	}

	private <T extends @Nullable Object> T alone(LogicalConnection connection, Sql sql, Work<T> work)
			throws SQLException {
		Transaction outer = this.gate.innermost();
		if (outer != null && outer.savepoint() != null && sql.changes()) {
			outer.committedInside(sql.text());
		}
		if (sql.special() || !sql.undoneByCommit().isEmpty() || (sql.changes() && this.deferred.exist(this.control))) {
			return asTransaction(connection, sql, work);
		}
		Map<String, @Nullable String> local = sql.settings().isEmpty() ? Map.of() : this.settings.local(sql);
		if (!sql.settings().isEmpty()) {
			this.settings.changing(connection, sql);
		}
		try {
			T result = (this.safe && this.savepointsStay) ? withoutSavepoint(sql, work) : withSavepoint(sql, work);
			this.safe = sql.pure() && local.isEmpty();
			return result;
		}
		catch (SQLException ex) {
			this.safe = this.driver.getTransactionState() == TransactionState.OPEN;
			throw Refusal.explained(ex);
		}
		finally {
			changed(sql);
			if (!local.isEmpty() && !this.driver.isClosed()) {
				this.settings.restore(local);
			}
		}
	}

	private <T extends @Nullable Object> T withSavepoint(Sql sql, Work<T> work) throws SQLException {
		this.loose++;
		autoSave(AutoSave.ALWAYS);
		try {
			return work.run();
		}
		finally {
			autoSave(AutoSave.NEVER);
		}
	}

	private <T extends @Nullable Object> T withoutSavepoint(Sql sql, Work<T> work) throws SQLException {
		try {
			return work.run();
		}
		catch (SQLException ex) {
			if (this.driver.getTransactionState() == TransactionState.FAILED) {
				send("ROLLBACK TO SAVEPOINT PGJDBC_AUTOSAVE");
				this.safe = true;
				if (ex.getSQLState() != null && OUTDATED_PLAN.contains(ex.getSQLState())) {
					return withSavepoint(sql, work);
				}
			}
			throw ex;
		}
	}

	private <T extends @Nullable Object> T asTransaction(LogicalConnection connection, Sql sql, Work<T> work)
			throws SQLException {
		Transaction transaction = begin(connection, false);
		transaction.runs(sql);
		boolean done = false;
		try {
			this.settings.changing(connection, sql);
			T result = work.run();
			changed(sql);
			check(transaction);
			finish(transaction);
			end(transaction);
			done = true;
			return result;
		}
		catch (SQLException ex) {
			throw Refusal.explained(ex);
		}
		finally {
			if (!done) {
				undo(transaction);
			}
			changed(sql);
		}
	}

	private Transaction begin(LogicalConnection connection, boolean readOnly) throws SQLException {
		Transaction transaction = connection.transaction();
		boolean again = transaction != null;
		if (transaction == null) {
			TestScope scope = this.scope;
			boolean holding = scope == null || !this.testManaged.test(scope);
			transaction = new Transaction(connection, Thread.currentThread(), holding,
					connection.inTransaction() && (readOnly || connection.hintReadOnly()));
		}
		String savepoint = "pristine_" + (this.gate.open().size() + (again ? 0 : 1));
		List<String> commands = new ArrayList<>();
		if (this.released != null) {
			commands.add("RELEASE SAVEPOINT " + this.released);
		}
		commands.add("SAVEPOINT " + savepoint);
		if (transaction.isReadOnly()) {
			commands.add("SET TRANSACTION READ ONLY");
		}
		send(String.join(";", commands));
		this.released = null;
		transaction.savepoint(savepoint);
		if (!again) {
			connection.transaction(transaction);
			this.gate.push(transaction);
		}
		return transaction;
	}

	// Has the transaction of another connection, inside of which this one is about to
	// work, not get in the way
	private void suspend(LogicalConnection connection) throws SQLException {
		Transaction outer = this.gate.innermost();
		boolean failed = this.driver.getTransactionState() == TransactionState.FAILED;
		if (outer == null) {
			if (failed) {
				throw new SQLException("The test's transaction was aborted by something that did not pass through the"
						+ " sandbox." + System.lineSeparator() + "Action: " + Refusal.REMEDY, "25P02");
			}
			return;
		}
		if (outer.connection() == connection || outer.savepoint() == null) {
			return;
		}
		if (failed) {
			if (outer.hasUserSavepoints()) {
				throw Refusal.afterFailureWithSavepoints();
			}
			send("ROLLBACK TO SAVEPOINT " + outer.savepoint() + ";RELEASE SAVEPOINT " + outer.savepoint());
			outer.abort();
			outer.savepoint(null);
			this.released = null;
		}
		else if (outer.isPure()) {
			send("RELEASE SAVEPOINT " + outer.savepoint());
			outer.savepoint(null);
			this.released = null;
		}
	}

	private void check(Transaction transaction) throws SQLException {
		if (transaction.lastChange() == null || (!transaction.defers() && !this.deferred.exist(this.control))) {
			return;
		}
		try {
			send(this.deferred.check(this.control));
		}
		catch (SQLException ex) {
			if (this.gate.open().stream().anyMatch((other) -> other != transaction && other.savepoint() != null)) {
				send("ROLLBACK TO SAVEPOINT " + transaction.savepoint());
				this.released = null;
				try {
					send("SET CONSTRAINTS ALL IMMEDIATE");
				}
				catch (SQLException violatedByOuter) {
					throw Refusal.deferredOfOuter(violatedByOuter);
				}
			}
			throw ex;
		}
	}

	// Does what a commit does besides keeping the changes
	private void finish(Transaction transaction) throws SQLException {
		this.settings.restore(transaction.localSettings());
		for (String command : transaction.atCommit()) {
			send("SAVEPOINT pristine_commit");
			try {
				send(command);
			}
			catch (SQLException ex) {
				// Undone within the transaction already
				send("ROLLBACK TO SAVEPOINT pristine_commit");
			}
		}
		if (transaction.isReadOnly()) {
			send("RELEASE SAVEPOINT " + transaction.savepoint());
			this.released = null;
		}
		else {
			this.released = transaction.savepoint();
		}
	}

	private void undo(Transaction transaction) throws SQLException {
		String savepoint = transaction.savepoint();
		if (savepoint != null) {
			if (transaction.committedInside() != null && transaction.isHolding()) {
				this.warnings.innerCommitUndone(transaction.committedInside(), transaction.lastStatement());
			}
			try {
				send("ROLLBACK TO SAVEPOINT " + savepoint);
			}
			finally {
				end(transaction);
			}
			this.released = savepoint;
			this.base &= this.gate.open().isEmpty();
			if (transaction.defers()) {
				this.deferred.forget();
			}
		}
		else {
			end(transaction);
		}
	}

	private void end(Transaction transaction) {
		for (Transaction inside : this.gate.pop(transaction)) {
			inside.connection().cutOff(Refusal.undoneWithOuter());
		}
		transaction.connection().transaction(null);
	}

	private void changed(Sql sql) {
		this.sequences |= sql.sequences();
		this.ended |= this.driver.getTransactionState() == TransactionState.IDLE;
		if (sql.ddl()) {
			this.deferred.forget();
		}
		this.schemaChanged |= sql.ddl();
	}

	/**
	 * Make sure that there is a place to go back to at the end of every open scope.
	 */
	private void start() throws SQLException {
		Level level = this.levels.peek();
		if (level == null) {
			throw new SQLException("No test is running: TRANSACTION mode has nothing to undo this statement with."
					+ System.lineSeparator() + "Action: stop background work at the end of a test.", "25P01");
		}
		if (level.start == null) {
			Level outermostFresh = level;
			for (Level each : this.levels) {
				if (each.start != null) {
					break;
				}
				outermostFresh = each;
			}
			String start = "";
			if (outermostFresh != this.levels.peekLast()) {
				start = "pristine_scope_" + this.levels.size();
				send(((this.released != null) ? "RELEASE SAVEPOINT " + this.released + ";" : "") + "SAVEPOINT "
						+ start);
				this.released = null;
			}
			for (Level each : this.levels) {
				if (each.start != null) {
					break;
				}
				each.start = start;
			}
			this.base = false;
			this.loose = 0;
		}
		else if (this.loose >= LOOSE_SAVEPOINTS && this.gate.open().isEmpty()) {
			send((this.base ? "RELEASE SAVEPOINT pristine_base;" : "") + "SAVEPOINT pristine_base");
			this.released = null;
			this.base = true;
			this.loose = 0;
		}
	}

	private boolean savepointsStay() throws SQLException {
		send("SELECT 1");
		autoSave(AutoSave.ALWAYS);
		send("SELECT 1");
		autoSave(AutoSave.NEVER);
		try {
			send("RELEASE SAVEPOINT PGJDBC_AUTOSAVE");
			return true;
		}
		catch (SQLException ex) {
			// The connection has cleanupSavepoints=true
			return false;
		}
		finally {
			send("ROLLBACK");
		}
	}

	private void autoSave(AutoSave autoSave) {
		this.driver.getQueryExecutor().setAutoSave(autoSave);
	}

	private void leave() {
		if (this.gate.isMine()) {
			this.gate.leave();
		}
	}

	private void cancelCopy() throws SQLException {
		CopyOperation copy = this.copy;
		this.copy = null;
		if (copy != null && copy.isActive()) {
			copy.cancelCopy();
		}
	}

	private List<String> enterAlone(String what) {
		List<String> stayed = this.gate.enterAlone(what);
		if (!this.gate.isMine()) {
			try {
				this.driver.cancelQuery();
				if (!this.gate.takeOver(what, CANCELLATION)) {
					this.driver.abort(Runnable::run);
					this.gate.takeOver(what, CANCELLATION);
				}
			}
			catch (SQLException ex) {
				stayed.add("a statement that could not be cancelled: " + ex.getMessage());
			}
		}
		return stayed;
	}

	private @Nullable String cutOff(TestScope scope) {
		String outermost = null;
		for (Transaction transaction : this.gate.clear()) {
			outermost = (transaction.savepoint() != null) ? transaction.savepoint() : outermost;
			transaction.connection()
				.cutOff(Refusal.closed("This connection was cut off: " + scope.name()
						+ " has ended while a transaction was open on it."));
			if (!transaction.isHolding() || transaction.owner() == Thread.currentThread()
					|| !transaction.owner().isAlive()) {
				this.warnings.leftOpen(
						"[" + transaction.lastStatement() + "] of thread '" + transaction.owner().getName() + "'");
			}
		}
		return outermost;
	}

	private Set<Long> undo(String start, @Nullable String savepoint) throws SQLException {
		if (this.driver.isClosed()) {
			throw Refusal.closed("The connection to the server is lost.");
		}
		if (this.ended) {
			throw new SQLException("The test's transaction was ended by something that did not pass through the"
					+ " sandbox, such as a driver's connection obtained by unwrap.", "25P01");
		}
		boolean whole = start.isEmpty();
		if (this.driver.getTransactionState() == TransactionState.FAILED) {
			if (savepoint == null && whole) {
				send("ROLLBACK");
				throw new SQLException(
						"The test's transaction was aborted by something that did not pass through" + " the sandbox.",
						"25P02");
			}
			send("ROLLBACK TO SAVEPOINT " + ((savepoint != null) ? savepoint : start));
		}
		boolean locks = false;
		if (this.sequences) {
			this.sequences = false;
			locks = used(whole ? this.endTransaction : this.endSavepoint, this.used);
		}
		else if (whole) {
			send("ROLLBACK");
		}
		if (!whole) {
			send("ROLLBACK TO SAVEPOINT " + start + ";RELEASE SAVEPOINT " + start);
		}
		else if (locks) {
			send("SELECT pg_advisory_unlock_all();ROLLBACK");
		}
		if (this.schemaChanged) {
			// The driver's prepared statements may return other columns now
			send("DEALLOCATE ALL");
			if (whole) {
				send("ROLLBACK");
			}
			this.schemaChanged = false;
			this.deferred.forget();
		}
		for (Level each : this.levels) {
			if (start.equals(each.start)) {
				each.start = null;
			}
		}
		this.released = null;
		this.base = false;
		this.safe = false;
		this.loose = 0;
		this.settings.reset();
		Set<Long> used = Set.copyOf(this.used);
		if (whole) {
			this.used.clear();
		}
		return used;
	}

	private boolean used(PreparedStatement statement, Set<Long> sequences) throws SQLException {
		boolean advisory = false;
		boolean rows = statement.execute();
		while (rows || statement.getUpdateCount() != -1) {
			if (rows) {
				try (ResultSet resultSet = statement.getResultSet()) {
					while (resultSet.next()) {
						long relation = resultSet.getLong(1);
						advisory |= resultSet.wasNull();
						if (!resultSet.wasNull()) {
							sequences.add(relation);
						}
					}
				}
			}
			rows = statement.getMoreResults();
		}
		return advisory;
	}

	private void send(String commands) throws SQLException {
		this.safe = false;
		this.control.execute(commands);
	}

	/**
	 * A scope and the place to go back to at its end.
	 */
	private static final class Level {

		private final TestScope scope;

		/**
		 * A savepoint; empty for the start of the transaction; {@code null} as long as
		 * there is nothing to undo.
		 */
		private @Nullable String start;

		Level(TestScope scope) {
			this.scope = scope;
		}

	}

	/**
	 * What runs a statement.
	 *
	 * @param <T> the type of its result
	 */
	@FunctionalInterface
	interface Work<T extends @Nullable Object> {

		/**
		 * Run the statement.
		 * @return its result
		 * @throws SQLException if it fails
		 */
		T run() throws SQLException;

	}

}
