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
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestScope;

/**
 * One physical connection in one transaction, which all threads of a test share as if
 * each had connections of its own.
 * <p>
 * A statement in auto-commit runs under a savepoint that the driver sends along with it;
 * a transaction of the application is a savepoint; what was written since a
 * {@link SandboxState} is rolled back.
 * <p>
 * The physical connection is the sandbox's own: no pool may judge it by what the
 * application does. It should be opened with {@code cleanupSavepoints=true}, or many
 * statements in auto-commit slow a test down.
 *
 * @since 0.1.0
 */
public final class Sandbox implements AutoCloseable {

	private static final String SEE_LOG = "See the server's log. The application context gets a new database.";

	private static final Duration CANCELLATION = Duration.ofSeconds(5);

	private final PhysicalConnection connection;

	private final ConnectionLock lock;

	private final Duration lockTimeout;

	private final TransactionStack transactions;

	private final DeferredConstraints deferred;

	private final Execution execution;

	private final TestLog log;

	private SandboxState current = new SandboxState(0);

	/**
	 * Take a connection over.
	 * @param physical the connection, in no transaction, not a pool's; closed by
	 * {@link #close()}
	 * @param lockTimeout how long a thread waits for another one
	 * @param overlap what happens when the work of two connections overlaps
	 * @throws SQLException if the connection does not work, or is not one of PostgreSQL's
	 * driver
	 */
	public Sandbox(Connection physical, Duration lockTimeout, OverlapPolicy overlap) throws SQLException {
		this.connection = new PhysicalConnection(physical);
		this.transactions = new TransactionStack(this.connection);
		this.lock = new ConnectionLock(this.transactions, lockTimeout);
		this.lockTimeout = lockTimeout;
		this.log = new TestLog(overlap);
		this.deferred = new DeferredConstraints(this.connection);
		this.execution = new Execution(this.connection, this.lock, this.transactions, this.deferred, this.log);
	}

	/**
	 * Start a scope: messages speak of it from now on, and each of them is told to it
	 * once. Nothing can be run before.
	 * @param scope the scope that starts
	 */
	public void enter(TestScope scope) {
		this.connection.open(true);
		this.log.enter(scope.name());
	}

	/**
	 * Remember the present state, as soon as nobody is in a transaction. Without a change
	 * since the last one, that is the same state, and costs nothing.
	 * @return the state
	 * @throws ResourceException if a transaction is open until the timeout, or the
	 * connection is lost
	 */
	public SandboxState capture() {
		List<String> working = acquireAlone("the start of a test");
		try {
			Transaction open = this.transactions.besides(null);
			if (open != null) {
				working.add(open.toString());
			}
			if (!working.isEmpty()) {
				throw new ResourceException(
						"A transaction is open at the start of a test, which cannot be undone without it: "
								+ String.join(System.lineSeparator() + "and ", working),
						"End it before the test starts, or " + SandboxException.REMEDY);
			}
			if (this.connection.isTouched()) {
				this.connection.checkTransaction();
				this.current = new SandboxState(this.current.depth() + 1);
				this.connection.send("SAVEPOINT " + this.current.savepoint());
				this.connection.clean();
			}
			return this.current;
		}
		catch (SQLException ex) {
			throw new ResourceException("The state of " + this.log.test() + " cannot be kept: " + ex.getMessage(),
					SEE_LOG, ex);
		}
		finally {
			release();
		}
	}

	/**
	 * Wait for those who still work, cut off who stays, and undo everything since a
	 * state. Nobody else gets the connection before all of that is done. The positions of
	 * sequences are not undone.
	 * @param state the state to return to, which may be returned to again
	 * @param culprit who is named if somebody stays
	 * @param last whether nothing can be run after that until the next scope starts
	 * @throws ResourceException if work went on until the timeout and was cut off, or the
	 * connection is lost
	 */
	public void restore(SandboxState state, String culprit, boolean last) {
		List<String> stayed = acquireAlone("the end of " + culprit);
		try {
			this.transactions
				.cutOff("This connection was cut off: " + culprit + " has ended while a transaction was open on it.")
				.forEach(this.log::leftOpen);
			if (this.connection.isTouched() || !this.current.equals(state)) {
				goBackTo(state);
			}
			this.connection.open(!last);
		}
		catch (SQLException ex) {
			String problem = "The changes of " + culprit + " could not be rolled back: " + ex.getMessage();
			throw new ResourceException(stayed.isEmpty() ? problem
					: problem + System.lineSeparator() + workWentOn(culprit, stayed).getProblem(), SEE_LOG, ex);
		}
		finally {
			release();
		}
		if (!stayed.isEmpty()) {
			throw workWentOn(culprit, stayed);
		}
	}

	/**
	 * Return a connection for the calling thread.
	 * @param defaults the state in which its data source hands connections out
	 * @return a logical connection
	 */
	public Connection connect(ConnectionDefaults defaults) {
		this.execution.isolation(defaults.isolation());
		return new LogicalConnection(this.execution, this.connection.driver(), defaults).proxy();
	}

	/**
	 * Undo everything and close the physical connection, and with it all logical ones.
	 */
	@Override
	public void close() {
		try {
			List<String> stayed = this.connection.isLost() ? List.of() : acquireAlone("the end of the sandbox");
			this.connection.close();
			if (!stayed.isEmpty()) {
				throw workWentOn("the application context", stayed);
			}
		}
		catch (SQLException ex) {
			throw new ResourceException("The sandbox's connection could not be closed: " + ex.getMessage(),
					"See the server's log.", ex);
		}
		finally {
			release();
		}
	}

	private void goBackTo(SandboxState state) throws SQLException {
		this.connection.use();
		if (this.connection.isAborted()) {
			this.connection.send(state.rollback());
			throw new SQLException("its transaction was aborted by something that did not pass through the sandbox");
		}
		if (!this.current.equals(state)) {
			this.deferred.schemaMayChange();
		}
		if (this.deferred.schemaIsBack()) {
			// The driver's prepared statements may return other columns after that
			this.connection.send("DEALLOCATE ALL");
		}
		this.connection.send("DISCARD SEQUENCES;SELECT pg_advisory_unlock_all();" + state.rollback());
		this.connection.clean();
		this.current = state;
	}

	private List<String> acquireAlone(String purpose) {
		List<String> stayed = new ArrayList<>(this.lock.acquireAlone(purpose, this.lockTimeout));
		try {
			if (!this.lock.isMine()) {
				this.connection.driver().cancelQuery();
				this.lock.acquireAlone(purpose, CANCELLATION);
			}
			if (!this.lock.isMine()) {
				this.connection.driver().abort(Runnable::run);
				this.lock.acquireAlone(purpose, CANCELLATION);
			}
			this.connection.patient(false);
		}
		catch (SQLException ex) {
			stayed.add("a statement that could not be cancelled: " + ex.getMessage());
		}
		return stayed;
	}

	private void release() {
		if (this.lock.isMine()) {
			try {
				this.connection.patient(true);
			}
			catch (SQLException ex) {
				// It is lost: the next use says so
			}
			finally {
				this.lock.release();
			}
		}
	}

	private static ResourceException workWentOn(String what, List<String> stayed) {
		return new ResourceException(
				"Work went on at the end of " + what + ", was waited for in vain and has been cut off: "
						+ String.join(System.lineSeparator() + "and ", stayed),
				"Have the test wait for the end of what it has started.");
	}

}
