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
import java.sql.SQLTransientConnectionException;
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
 * Who may use the physical connection now: one statement at a time, and only those of the
 * thread whose transaction is open. The others wait in the order of their coming, for a
 * bounded time.
 */
final class Gate {

	private static final int STACK_DEPTH = 30;

	private final ReentrantLock lock = new ReentrantLock();

	private final Deque<Ticket> queue = new ArrayDeque<>();

	private final Deque<Transaction> open = new ArrayDeque<>();

	private final Duration timeout;

	private @Nullable Thread running;

	private @Nullable LogicalConnection runningOn;

	private String doing = "";

	private long since;

	private int entries;

	Gate(Duration timeout) {
		this.timeout = timeout;
	}

	/**
	 * Wait for the turn of a statement.
	 * @param connection the logical connection it runs on
	 * @param statement the statement, for messages
	 * @throws SQLException if the turn did not come in time, or never could
	 */
	void enter(LogicalConnection connection, String statement) throws SQLException {
		Thread me = Thread.currentThread();
		this.lock.lock();
		try {
			if (this.running == me) {
				connection.checkUsable();
				this.entries++;
				return;
			}
			Ticket ticket = null;
			long remaining = this.timeout.toNanos();
			try {
				while (!isMyTurn(connection, me, ticket)) {
					if (ticket == null) {
						ticket = new Ticket(this.lock.newCondition(), me, connection);
						this.queue.addLast(ticket);
					}
					if (remaining <= 0) {
						throw tooLong(statement);
					}
					remaining = ticket.turn.awaitNanos(remaining);
				}
				start(me, statement);
				this.runningOn = connection;
			}
			finally {
				if (ticket != null) {
					this.queue.remove(ticket);
					wake();
				}
			}
		}
		catch (InterruptedException ex) {
			me.interrupt();
			throw new SQLTransientConnectionException(
					"Interrupted while waiting for the test's connection to run [" + statement + "]", "57014", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End the turn.
	 */
	void leave() {
		this.lock.lock();
		try {
			this.entries--;
			if (this.entries == 0) {
				this.running = null;
				this.runningOn = null;
				wake();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until nobody but this thread is at work, and keep the others out until
	 * {@link #leave()}. Who came before is let through.
	 * @param what what this thread is about to do, for messages
	 * @return those who would not end in time, with their stacks
	 */
	List<String> enterAlone(String what) {
		Thread me = Thread.currentThread();
		Ticket ticket = new Ticket(this.lock.newCondition(), me, null);
		long remaining = this.timeout.toNanos();
		boolean interrupted = false;
		this.lock.lock();
		try {
			this.queue.addLast(ticket);
			while ((isBusy(me) || othersWork(me) || this.queue.peekFirst() != ticket) && remaining > 0) {
				try {
					remaining = ticket.turn.awaitNanos(remaining);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			List<String> stayed = new ArrayList<>();
			if (isBusy(me)) {
				stayed.add(describeRunning());
			}
			for (Transaction transaction : this.open) {
				if (isWorking(transaction, me)) {
					stayed.add(describe(transaction));
				}
			}
			if (!isBusy(me)) {
				start(me, what);
			}
			return stayed;
		}
		finally {
			this.queue.remove(ticket);
			wake();
			this.lock.unlock();
			if (interrupted) {
				me.interrupt();
			}
		}
	}

	/**
	 * Take the turn from a statement that was cancelled, waiting for a moment until it
	 * has ended.
	 * @param what what this thread is about to do, for messages
	 * @param moment how long to wait
	 * @return whether it has ended
	 */
	boolean takeOver(String what, Duration moment) {
		Thread me = Thread.currentThread();
		Ticket ticket = new Ticket(this.lock.newCondition(), me, null);
		this.lock.lock();
		try {
			this.queue.addFirst(ticket);
			long remaining = moment.toNanos();
			while (isBusy(me) && remaining > 0) {
				remaining = ticket.turn.awaitNanos(remaining);
			}
			if (isBusy(me)) {
				return false;
			}
			if (this.running == null) {
				start(me, what);
			}
			return true;
		}
		catch (InterruptedException ex) {
			me.interrupt();
			return false;
		}
		finally {
			this.queue.remove(ticket);
			wake();
			this.lock.unlock();
		}
	}

	/**
	 * Return whether this thread has the turn.
	 * @return whether it has entered and not left
	 */
	boolean isMine() {
		this.lock.lock();
		try {
			return this.running == Thread.currentThread();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether another thread runs a statement of a connection.
	 * @param connection the connection
	 * @return whether it has the turn
	 */
	boolean isRunning(LogicalConnection connection) {
		this.lock.lock();
		try {
			return this.runningOn == connection && this.running != Thread.currentThread();
		}
		finally {
			this.lock.unlock();
		}
	}

	void push(Transaction transaction) {
		this.lock.lock();
		try {
			this.open.push(transaction);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Remove a transaction and those inside of it.
	 * @param transaction the transaction that ends
	 * @return those inside, innermost first
	 */
	List<Transaction> pop(Transaction transaction) {
		this.lock.lock();
		try {
			List<Transaction> inside = new ArrayList<>();
			while (this.open.contains(transaction)) {
				Transaction innermost = this.open.pop();
				if (innermost != transaction) {
					inside.add(innermost);
				}
			}
			return inside;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Remove all transactions.
	 * @return the transactions, innermost first
	 */
	List<Transaction> clear() {
		this.lock.lock();
		try {
			List<Transaction> all = new ArrayList<>(this.open);
			this.open.clear();
			wake();
			return all;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the open transactions.
	 * @return the transactions, innermost first
	 */
	List<Transaction> open() {
		this.lock.lock();
		try {
			return new ArrayList<>(this.open);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Nullable Transaction innermost() {
		this.lock.lock();
		try {
			return this.open.peek();
		}
		finally {
			this.lock.unlock();
		}
	}

	static String describe(Thread thread) {
		StringBuilder description = new StringBuilder("thread '").append(thread.getName()).append("'");
		StackTraceElement[] stack = thread.getStackTrace();
		for (int i = 0; i < stack.length && i < STACK_DEPTH; i++) {
			description.append(System.lineSeparator()).append("\tat ").append(stack[i]);
		}
		return description.toString();
	}

	private boolean isMyTurn(LogicalConnection connection, Thread me, @Nullable Ticket ticket) throws SQLException {
		connection.checkUsable();
		boolean mine = false;
		Transaction innermost = this.open.peek();
		if (innermost != null) {
			Transaction own = connection.transaction();
			mine = own == innermost || (own == null && innermost.owner() == me);
			if (own != null && own != innermost && (own.isHolding() || innermost.owner() == me)) {
				throw Refusal.interleaved(own, innermost);
			}
			if (!mine && (own != null || innermost.isHolding())) {
				return false;
			}
		}
		return this.running == null && (mine || this.queue.isEmpty() || this.queue.peekFirst() == ticket);
	}

	// Only those who may go: waking all of them at each statement would be many
	private void wake() {
		if (this.running != null) {
			return;
		}
		Transaction innermost = this.open.peek();
		for (Ticket ticket : this.queue) {
			if (ticket.concerns(innermost)) {
				ticket.turn.signal();
			}
		}
		Ticket first = this.queue.peekFirst();
		if (first != null && (first.connection == null || innermost == null || !innermost.isHolding())) {
			first.turn.signal();
		}
	}

	private void start(Thread me, String statement) {
		this.running = me;
		this.doing = statement;
		this.since = System.nanoTime();
		this.entries = 1;
	}

	private boolean isBusy(Thread me) {
		return this.running != null && this.running != me;
	}

	private boolean othersWork(Thread me) {
		return this.open.stream().anyMatch((transaction) -> isWorking(transaction, me));
	}

	private static boolean isWorking(Transaction transaction, Thread me) {
		return transaction.isHolding() && transaction.owner() != me && transaction.owner().isAlive();
	}

	private SQLException tooLong(String statement) {
		Transaction holder = this.open.peek();
		String by = (this.running != null) ? describeRunning()
				: (holder != null) ? describe(holder) : "others that came before";
		return new SQLTransientConnectionException(
				"Thread '" + Thread.currentThread().getName() + "' waited " + this.timeout.toMillis()
						+ " ms for the test's connection to run [" + statement + "]."
						+ " In TRANSACTION mode all threads of a test share one connection, and it is held by " + by
						+ System.lineSeparator()
						+ "Action: let that transaction end before other threads are waited for, or " + Refusal.REMEDY,
				"55P03");
	}

	private String describeRunning() {
		Thread thread = this.running;
		return "a statement that has been running for " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.since)
				+ " ms [" + this.doing + "], " + ((thread != null) ? describe(thread) : "");
	}

	private static String describe(Transaction transaction) {
		return "a transaction that has been open for "
				+ TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - transaction.since()) + " ms and last ran ["
				+ transaction.lastStatement() + "], " + (transaction.owner().isAlive() ? "" : "of the ended ")
				+ describe(transaction.owner());
	}

	/**
	 * A place in the queue.
	 */
	private static final class Ticket {

		private final Condition turn;

		private final Thread thread;

		private final @Nullable LogicalConnection connection;

		/**
		 * Create a place.
		 * @param turn what is signalled when it may be this one's turn
		 * @param thread the thread that waits
		 * @param connection the connection it waits for, or {@code null} if it wants to
		 * be alone
		 */
		Ticket(Condition turn, Thread thread, @Nullable LogicalConnection connection) {
			this.turn = turn;
			this.thread = thread;
			this.connection = connection;
		}

		/**
		 * Return whether this one need not wait for those before, or has no chance.
		 * @param innermost the innermost open transaction
		 * @return whether to look again
		 */
		boolean concerns(@Nullable Transaction innermost) {
			return this.connection != null && (this.connection.isClosed() || this.connection.transaction() != null
					|| (innermost != null && innermost.owner() == this.thread));
		}

	}

}
