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

	/**
	 * How many transactions have ended. Not a condition of the lock: to stop waiting for
	 * one takes the lock, which whoever runs a statement has for as long as that takes.
	 */
	private long ended;

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
			boolean alone = await(() -> keepers().noneMatch(Holder::isOther), patience);
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
		synchronized (this.transactions) {
			this.ended++;
			this.transactions.notifyAll();
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

	// Returns whether the lock was acquired
	private boolean await(BooleanSupplier mayEnter, Duration patience) throws InterruptedException {
		long end = System.nanoTime() + patience.toNanos();
		long seen;
		do {
			// An interrupted thread may roll back, if nobody is in its way
			if (!this.lock.tryLock() && !this.lock.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				return false;
			}
			boolean mine = false;
			try {
				seen = ended();
				mine = mayEnter.getAsBoolean();
				if (mine) {
					return true;
				}
			}
			finally {
				if (!mine) {
					this.lock.unlock();
				}
			}
		}
		while (awaitEnd(seen, end));
		return false;
	}

	private long ended() {
		synchronized (this.transactions) {
			return this.ended;
		}
	}

	// Returns whether one has ended in time
	private boolean awaitEnd(long seen, long end) throws InterruptedException {
		synchronized (this.transactions) {
			while (this.ended == seen) {
				long rest = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
				if (rest <= 0) {
					return false;
				}
				this.transactions.wait(rest);
			}
			return true;
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
