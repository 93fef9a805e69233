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

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.Patience;

/**
 * Who may use the physical connection now. A thread has the lock while it runs a
 * statement. While a transaction keeps the connection, only the thread that has begun it
 * and its logical connection get the lock. Waiters wait for a bounded time.
 */
final class ConnectionLock {

	/** After so many milliseconds, who waits looks again who is alive. */
	private static final long LOOK = 5;

	private final TransactionStack transactions;

	private final Duration timeout;

	/** In the order of their coming. */
	private final List<Waiter> waiters = new ArrayList<>();

	private volatile @Nullable Holder running;

	/** How often more the thread that has the lock has acquired it. */
	private int again;

	/**
	 * Create a lock.
	 * @param transactions those that are open, which only who has the lock may change
	 * @param timeout how long to wait for a statement
	 */
	ConnectionLock(TransactionStack transactions, Duration timeout) {
		this.transactions = transactions;
		this.timeout = timeout;
	}

	/**
	 * Wait for the lock.
	 * @param session the logical connection that needs it
	 * @param statement what it is for
	 * @throws SQLException if the lock was not to be had in time
	 */
	void acquire(Session session, String statement) throws SQLException {
		// Where a log is written to the database, so are our own warnings
		if (isMine()) {
			this.again++;
			return;
		}
		Holder me = new Holder(Thread.currentThread(), statement);
		try {
			if (!await(new Waiter(me, () -> mayEnter(me, session)), this.timeout)) {
				throw tooLong(statement);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw SandboxException.refusal(
					"Interrupted while waiting for the test's connection to run [" + statement + "].",
					"let work end before its thread is interrupted.");
		}
	}

	/**
	 * Wait until no other thread has the lock or a transaction that keeps the connection,
	 * and take it. After the timeout such transactions are disregarded; who runs a
	 * statement has the lock still.
	 * @param purpose what it is for
	 * @param patience how long to wait
	 * @return the threads that were waited for in vain, with their stacks
	 */
	List<String> acquireAlone(String purpose, Duration patience) {
		Holder me = new Holder(Thread.currentThread(), purpose);
		boolean interrupted = Thread.interrupted();
		try {
			boolean alone = await(new Waiter(me, () -> keepers().noneMatch(me::waitsFor)), patience);
			return alone ? List.of() : takeFromKeepers(me);
		}
		catch (InterruptedException ex) {
			interrupted = true;
			return acquireAlone(purpose, patience);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private synchronized List<String> takeFromKeepers(Holder me) {
		Holder running = this.running;
		if (running == null) {
			this.running = me;
		}
		return Stream.concat(keepers(), Stream.ofNullable(running))
			.filter(me::waitsFor)
			.map(Holder::description)
			.toList();
	}

	/**
	 * Give the lock up.
	 */
	synchronized void release() {
		if (this.again > 0) {
			this.again--;
			return;
		}
		this.running = null;
		handOver();
	}

	/**
	 * Give the lock to the first who may have it, if nobody has it. Whoever ends a
	 * transaction without the lock has to call this.
	 */
	synchronized void handOver() {
		if (this.running == null) {
			this.waiters.stream()
				.filter((waiter) -> waiter.mayEnter().getAsBoolean())
				.findFirst()
				.ifPresent((waiter) -> {
					this.waiters.remove(waiter);
					this.running = waiter.holder();
					waiter.turn().countDown();
				});
		}
	}

	/**
	 * Return whether this thread has the lock.
	 * @return whether it was acquired and not released
	 */
	boolean isMine() {
		Holder running = this.running;
		return running != null && running.thread() == Thread.currentThread();
	}

	// Returns whether the lock was acquired
	private boolean await(Waiter waiter, Duration patience) throws InterruptedException {
		Patience wait = new Patience(patience);
		synchronized (this) {
			this.waiters.add(waiter);
		}
		try {
			while (wait.lasts()) {
				handOver();
				// An interrupted thread may roll back, if nobody is in its way
				if (waiter.turn().getCount() == 0 || waiter.turn().await(LOOK, TimeUnit.MILLISECONDS)) {
					return true;
				}
			}
			return !giveUp(waiter);
		}
		catch (InterruptedException ex) {
			if (giveUp(waiter)) {
				throw ex;
			}
			Thread.currentThread().interrupt();
			return true;
		}
	}

	// Returns whether the waiter was still waiting
	private synchronized boolean giveUp(Waiter waiter) {
		return this.waiters.remove(waiter);
	}

	private boolean mayEnter(Holder holder, Session session) {
		List<Transaction> keepers = this.transactions.keepers();
		return keepers.isEmpty() || keepers.stream()
			.anyMatch((keeper) -> keeper.holder().thread() == holder.thread() || keeper == session.transaction());
	}

	private Stream<Holder> keepers() {
		return this.transactions.keepers().stream().map(Transaction::holder);
	}

	private SQLException tooLong(String statement) {
		Holder running = this.running;
		String holder = (running != null) ? running.description()
				: keepers().findFirst().map(Holder::description).orElse("others that came before");
		return SandboxException.refusal("Thread '" + Thread.currentThread().getName() + "' waited "
				+ this.timeout.toMillis() + " ms for the test's connection to run [" + statement
				+ "]. In TRANSACTION mode all threads of a test share one connection, and it is held by " + holder,
				"let that transaction end before other threads are waited for, or " + SandboxException.REMEDY);
	}

	/**
	 * Who waits.
	 *
	 * @param holder who holds the lock then
	 * @param mayEnter whether no transaction is in the way: asked by any thread, while
	 * nobody runs a statement
	 * @param turn ends the wait
	 */
	private record Waiter(Holder holder, BooleanSupplier mayEnter, CountDownLatch turn) {

		Waiter(Holder holder, BooleanSupplier mayEnter) {
			this(holder, mayEnter, new CountDownLatch(1));
		}

	}

}
