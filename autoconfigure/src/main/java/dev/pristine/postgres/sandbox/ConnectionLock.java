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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Who may use the physical connection now. A thread has the lock while it runs a
 * statement. While a transaction keeps the connection, only the thread that has begun it
 * and its logical connection get the lock. Waiters wait for a bounded time.
 */
final class ConnectionLock {

	private final ReentrantLock lock = new ReentrantLock(true);

	private final Condition transactionEnded = this.lock.newCondition();

	private final TransactionStack transactions;

	private final Duration timeout;

	/**
	 * Changed by the thread that has the lock, read by those who wait for it.
	 */
	private volatile @Nullable Holder running;

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
		try {
			if (!await(() -> mayEnter(session), this.timeout)) {
				throw tooLong(statement);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw SandboxException.refusal(
					"Interrupted while waiting for the test's connection to run [" + statement + "].",
					"let work end before its thread is interrupted.");
		}
		this.running = new Holder(Thread.currentThread(), statement);
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
		boolean interrupted = Thread.interrupted();
		try {
			boolean alone = awaitAlone(patience);
			List<Holder> others = new ArrayList<>(alone ? List.of() : keepers().toList());
			Holder running = this.running;
			if (alone || this.lock.tryLock()) {
				this.running = new Holder(Thread.currentThread(), purpose);
			}
			else if (running != null) {
				others.add(running);
			}
			return others.stream().filter(Holder::isOther).map(Holder::description).toList();
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

	/**
	 * Take note that a transaction has ended.
	 */
	void transactionEnded() {
		if (tryLock(this.timeout)) {
			this.transactionEnded.signalAll();
			this.lock.unlock();
		}
	}

	/**
	 * Give the lock up.
	 */
	void release() {
		if (this.lock.getHoldCount() == 1) {
			this.running = null;
		}
		this.lock.unlock();
	}

	/**
	 * Return whether this thread has the lock.
	 * @return whether it was acquired and not released
	 */
	boolean isMine() {
		return this.lock.isHeldByCurrentThread();
	}

	// Also an interrupted thread ends its transactions, unless it has to wait for that
	private boolean tryLock(Duration patience) {
		boolean interrupted = Thread.interrupted();
		try {
			return this.lock.tryLock(interrupted ? 0 : patience.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			interrupted = true;
			return false;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	// Not by the condition: to stop waiting for it takes the lock, which a statement that
	// a keeper starts meanwhile has until it ends
	private boolean awaitAlone(Duration patience) throws InterruptedException {
		long end = System.nanoTime() + patience.toNanos();
		while (this.lock.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
			if (keepers().noneMatch(Holder::isOther)) {
				return true;
			}
			this.lock.unlock();
			if (System.nanoTime() > end) {
				return false;
			}
			Thread.sleep(1);
		}
		return false;
	}

	// Returns whether the lock was acquired
	private boolean await(BooleanSupplier mayEnter, Duration patience) throws InterruptedException {
		long end = System.nanoTime() + patience.toNanos();
		// An interrupted thread may roll back, if nobody is in its way
		boolean atOnce = Thread.currentThread().isInterrupted() && this.lock.tryLock();
		if (!atOnce && !this.lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
			return false;
		}
		boolean mine = false;
		try {
			while (!mayEnter.getAsBoolean()) {
				if (this.transactionEnded.awaitNanos(end - System.nanoTime()) <= 0) {
					return false;
				}
			}
			mine = true;
			return true;
		}
		finally {
			if (!mine) {
				this.lock.unlock();
			}
		}
	}

	private boolean mayEnter(Session session) {
		List<Transaction> keepers = this.transactions.keepers();
		return keepers.isEmpty() || keepers.stream()
			.anyMatch(
					(keeper) -> keeper.holder().thread() == Thread.currentThread() || keeper == session.transaction());
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

}
