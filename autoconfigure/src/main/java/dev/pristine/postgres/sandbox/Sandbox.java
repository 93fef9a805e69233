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
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import org.springframework.util.Assert;

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

	private static final Duration CANCELLATION = Duration.ofSeconds(1);

	private final PhysicalConnection connection;

	private final Gate gate;

	private final Scopes scopes;

	private final Transactions transactions;

	private final Execution execution;

	private final SandboxWarnings warnings = new SandboxWarnings();

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
		this.connection = new PhysicalConnection(physical);
		this.gate = new Gate(timeout);
		SessionSettings settings = new SessionSettings(this.connection.driver());
		DeferredConstraints deferred = new DeferredConstraints(this.connection.control());
		Savepoints savepoints = new Savepoints(this.connection);
		this.scopes = new Scopes(this.connection, savepoints, settings, deferred);
		this.transactions = new Transactions(this.connection, savepoints, this.gate, settings, deferred, this.warnings,
				() -> isTestManaged(testManaged));
		this.execution = new Execution(this.connection, savepoints, this.scopes, this.transactions, this.gate, settings,
				this.warnings);
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
			this.scopes.open(scope);
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
		return connect(this.connection.defaults());
	}

	/**
	 * Return a connection for the calling thread.
	 * @param defaults the state in which its data source hands connections out
	 * @return a logical connection
	 */
	public Connection connect(ConnectionDefaults defaults) {
		return new LogicalConnection(this.execution, this.connection, defaults).proxy();
	}

	/**
	 * Return the sequences that were used since the outermost scope has started.
	 * @return their OIDs
	 * @throws ResourceException if the connection is lost
	 */
	public Set<Long> usedSequences() {
		TestScope scope = this.scopes.current();
		if (scope == null) {
			return Set.of();
		}
		enterAlone("the start of a test of " + scope.name());
		try {
			return this.scopes.usedSequences();
		}
		catch (SQLException ex) {
			throw new ResourceException(
					"The sequences that " + scope.name() + " used cannot be read: " + ex.getMessage(),
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
		Assert.state(this.scopes.current() == scope, () -> scope + " is not the scope that was started last");
		List<String> stayed = enterAlone("the end of " + scope.name());
		Set<Long> used;
		try {
			this.connection.cancelCopy();
			String savepoint = this.transactions.cutOff(
					"This connection was cut off: " + scope.name() + " has ended while a transaction was open on it.");
			used = this.scopes.close(savepoint);
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
			List<String> stayed = this.connection.isLost() ? List.of() : enterAlone("the end of the sandbox");
			this.transactions.cutOff("This connection has been closed.");
			this.scopes.clear();
			this.connection.handBack();
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

	private static ResourceException workWentOn(String what, List<String> stayed) {
		return new ResourceException(
				"Work went on at the end of " + what + ", was waited for in vain and has been cut off: "
						+ String.join(System.lineSeparator() + "and ", stayed),
				"Have the test wait for the end of what it has started.");
	}

	private boolean isTestManaged(Predicate<TestScope> testManaged) {
		TestScope scope = this.scopes.current();
		return scope != null && testManaged.test(scope);
	}

	private List<String> enterAlone(String what) {
		List<String> stayed = this.gate.enterAlone(what);
		if (!this.gate.isMine()) {
			try {
				this.connection.driver().cancelQuery();
				if (!this.gate.takeOver(what, CANCELLATION)) {
					this.connection.driver().abort(Runnable::run);
					this.gate.takeOver(what, CANCELLATION);
				}
			}
			catch (SQLException ex) {
				stayed.add("a statement that could not be cancelled: " + ex.getMessage());
			}
		}
		return stayed;
	}

	private void leave() {
		if (this.gate.isMine()) {
			this.gate.leave();
		}
	}

}
