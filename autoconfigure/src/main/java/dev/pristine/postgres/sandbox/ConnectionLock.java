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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Who may use the physical connection now. A thread has the lock while it runs a
 * statement, and keeps it for a logical connection until it gives it up; in between, only
 * the same thread or the same logical connection gets it. Waiters get it in the order of
 * their coming, and wait for a bounded time.
 */
final class ConnectionLock {

	private final ReentrantLock monitor = new ReentrantLock();

	private final Condition changed = this.monitor.newCondition();

	private final Deque<Object> waiters = new ArrayDeque<>();

	private final List<Holder> keepers = new ArrayList<>();

	private final Duration timeout;

	private @Nullable Holder running;

	private int entries;

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
		this.monitor.lock();
		try {
			long remaining = this.timeout.toNanos();
			this.waiters.addLast(me);
			while (!isFor(me)) {
				if (remaining <= 0) {
					throw tooLong(statement);
				}
				remaining = this.changed.awaitNanos(remaining);
			}
			take(me);
			this.keepers.replaceAll((keeper) -> (keeper.connection() == connection) ? keeper.runs(statement) : keeper);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw SandboxException.refusal("Interrupted while waiting for the test's connection to run [" + statement
					+ "].", "let work end before its thread is interrupted.");
		}
		finally {
			this.waiters.remove(me);
			this.changed.signalAll();
			this.monitor.unlock();
		}
	}

	/**
	 * Give the lock up, unless it is kept.
	 */
	void release() {
		this.monitor.lock();
		try {
			this.entries--;
			if (this.entries == 0) {
				this.running = null;
				this.changed.signalAll();
			}
		}
		finally {
			this.monitor.unlock();
		}
	}

	/**
	 * Keep the lock for this thread and a connection.
	 * @param connection the logical connection that has the lock
	 * @param statement what it runs
	 */
	void keep(Object connection, String statement) {
		this.monitor.lock();
		try {
			this.keepers.add(new Holder(connection, Thread.currentThread(), statement, System.nanoTime()));
		}
		finally {
			this.monitor.unlock();
		}
	}

	/**
	 * Keep the lock no longer.
	 * @param connection the logical connection that it was kept for
	 */
	void giveUp(Object connection) {
		this.monitor.lock();
		try {
			this.keepers.removeIf((keeper) -> keeper.connection() == connection);
			this.changed.signalAll();
		}
		finally {
			this.monitor.unlock();
		}
	}

	/**
	 * Wait until no other thread has or keeps the lock, and take it. Who came before is
	 * let through. After the timeout it is taken from those who keep it; who runs a
	 * statement, has it still.
	 * @param purpose what it is for
	 * @param patience how long to wait
	 * @return the threads that have or keep the lock after that, with their stacks
	 */
	List<String> acquireAlone(String purpose, Duration patience) {
		Holder me = new Holder(this, Thread.currentThread(), purpose, System.nanoTime());
		boolean interrupted = false;
		this.monitor.lock();
		try {
			long remaining = patience.toNanos();
			this.waiters.addLast(me);
			while (remaining > 0 && (!others().isEmpty() || this.waiters.peekFirst() != me)) {
				try {
					remaining = this.changed.awaitNanos(remaining);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			List<String> others = others().stream().map(Holder::description).toList();
			if (isFree(me)) {
				take(me);
				this.keepers.clear();
			}
			return others;
		}
		finally {
			this.waiters.remove(me);
			this.changed.signalAll();
			this.monitor.unlock();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Return whether this thread has the lock.
	 * @return whether it was acquired and not released
	 */
	boolean isMine() {
		this.monitor.lock();
		try {
			return this.running != null && this.running.thread() == Thread.currentThread();
		}
		finally {
			this.monitor.unlock();
		}
	}

	/**
	 * Return whether a connection runs a statement.
	 * @param connection the logical connection
	 * @return whether it has the lock
	 */
	boolean isRunning(Object connection) {
		this.monitor.lock();
		try {
			return this.running != null && this.running.connection() == connection;
		}
		finally {
			this.monitor.unlock();
		}
	}

	private void take(Holder me) {
		if (this.running == null) {
			this.running = me;
		}
		this.entries++;
	}

	private boolean isFor(Holder me) {
		if (this.running != null && this.running.thread() == me.thread()) {
			return true;
		}
		return this.running == null && (this.keepers.isEmpty() ? this.waiters.peekFirst() == me
				: this.keepers.stream().anyMatch(me::belongsTo));
	}

	private boolean isFree(Holder me) {
		return this.running == null || this.running.thread() == me.thread();
	}

	private List<Holder> others() {
		List<Holder> others = new ArrayList<>(this.keepers);
		if (this.running != null) {
			others.add(this.running);
		}
		others.removeIf((holder) -> holder.thread() == Thread.currentThread() || !holder.thread().isAlive());
		return others;
	}

	private SQLException tooLong(String statement) {
		Holder holder = (this.running != null) ? this.running : this.keepers.isEmpty() ? null : this.keepers.get(0);
		return SandboxException.refusal(
				"Thread '" + Thread.currentThread().getName() + "' waited " + this.timeout.toMillis()
						+ " ms for the test's connection to run [" + statement
						+ "]. In TRANSACTION mode all threads of a test share one connection, and it is held by "
						+ ((holder != null) ? holder.description() : "others that came before"),
				"let that transaction end before other threads are waited for, or " + SandboxException.REMEDY);
	}

	/**
	 * Somebody who has or keeps the lock.
	 *
	 * @param connection the logical connection it is for
	 * @param thread the thread
	 * @param statement what runs, or ran last
	 * @param since when it began
	 */
	private record Holder(Object connection, Thread thread, String statement, long since) {

		Holder runs(String next) {
			return new Holder(this.connection, this.thread, next, this.since);
		}

		boolean belongsTo(Holder keeper) {
			return this.connection == keeper.connection || this.thread == keeper.thread;
		}

		String description() {
			return "thread '" + this.thread.getName() + "'" + (this.thread.isAlive() ? "" : " (which has ended)") + ", ["
					+ this.statement + "], for " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.since) + " ms"
					+ Stack.of(this.thread.getStackTrace());
		}

	}

}
