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
 * statement. It may keep it for a logical connection: until that gives it up, only the
 * same thread or the same logical connection gets it. Waiters wait for a bounded time.
 */
final class ConnectionLock {

	private final ReentrantLock lock = new ReentrantLock(true);

	private final Condition givenUp = this.lock.newCondition();

	/**
	 * Changed by the thread that has the lock, read by those who wait for it.
	 */
	private volatile List<Holder> keepers = List.of();

	private volatile @Nullable Holder running;

	private final Duration timeout;

	ConnectionLock(Duration timeout) {
		this.timeout = timeout;
	}

	/**
	 * Wait for the lock.
	 * @param connection the logical connection that needs it
	 * @param statement what it is for
	 * @throws SQLException if the lock was not to be had in time
	 */
	void acquire(Object connection, String statement) throws SQLException {
		Holder me = new Holder(connection, Thread.currentThread(), statement, System.nanoTime());
		try {
			if (!await(() -> me.mayEnter(this.keepers), this.timeout)) {
				throw tooLong(statement);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw SandboxException.refusal(
					"Interrupted while waiting for the test's connection to run [" + statement + "].",
					"let work end before its thread is interrupted.");
		}
		this.running = me;
	}

	/**
	 * Wait until no other thread has or keeps the lock, and take it. After the timeout it
	 * is taken from those who keep it; who runs a statement has it still.
	 * @param purpose what it is for
	 * @param patience how long to wait
	 * @return the threads that had or kept the lock after that, with their stacks
	 */
	List<String> acquireAlone(String purpose, Duration patience) {
		Holder me = new Holder(this, Thread.currentThread(), purpose, System.nanoTime());
		boolean interrupted = Thread.interrupted();
		try {
			boolean alone = await(() -> this.keepers.stream().noneMatch(Holder::isOther), patience);
			Holder running = this.running;
			List<Holder> others = new ArrayList<>(alone ? List.of() : this.keepers);
			if (alone || this.lock.tryLock()) {
				this.running = me;
				this.keepers = List.of();
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
	 * Give the lock up, unless it is kept.
	 */
	void release() {
		if (this.lock.getHoldCount() == 1) {
			this.running = null;
		}
		this.lock.unlock();
	}

	/**
	 * Keep the lock, which this thread has, for its logical connection.
	 */
	void keep() {
		this.keepers = Stream.concat(this.keepers.stream(), Stream.ofNullable(this.running)).toList();
	}

	/**
	 * Keep the lock no longer.
	 * @param connection the logical connection that it was kept for
	 */
	void giveUp(Object connection) {
		if (this.keepers.stream().noneMatch((keeper) -> keeper.connection() == connection)) {
			return;
		}
		this.lock.lock();
		try {
			this.keepers = this.keepers.stream().filter((keeper) -> keeper.connection() != connection).toList();
			this.givenUp.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether this thread has the lock.
	 * @return whether it was acquired and not released
	 */
	boolean isMine() {
		return this.lock.isHeldByCurrentThread();
	}

	/**
	 * Return whether a connection runs a statement.
	 * @param connection the logical connection
	 * @return whether it has the lock
	 */
	boolean isRunning(Object connection) {
		Holder running = this.running;
		return running != null && running.connection() == connection;
	}

	// Returns whether the lock was acquired
	private boolean await(BooleanSupplier mayEnter, Duration patience) throws InterruptedException {
		long end = System.nanoTime() + patience.toNanos();
		if (!this.lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
			return false;
		}
		boolean mine = false;
		try {
			while (!mayEnter.getAsBoolean()) {
				if (this.givenUp.awaitNanos(end - System.nanoTime()) <= 0) {
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

	private SQLException tooLong(String statement) {
		Holder running = this.running;
		List<Holder> keepers = this.keepers;
		Holder holder = (running != null) ? running : keepers.isEmpty() ? null : keepers.get(0);
		return SandboxException.refusal(
				"Thread '" + Thread.currentThread().getName() + "' waited " + this.timeout.toMillis()
						+ " ms for the test's connection to run [" + statement
						+ "]. In TRANSACTION mode all threads of a test share one connection, and it is held by "
						+ ((holder != null) ? holder.description() : "others that came before"),
				"let that transaction end before other threads are waited for, or " + SandboxException.REMEDY);
	}

}
