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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link ConnectionLock}.
 */
@Timeout(30)
class ConnectionLockTests {

	private static final ConnectionDefaults DEFAULTS = new ConnectionDefaults(false, false,
			Connection.TRANSACTION_READ_COMMITTED);

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final Duration SHORT = Duration.ofMillis(100);

	private final TransactionStack transactions = new TransactionStack(new TransactionStack.Server() {

		@Override
		public void send(String commands) {
		}

		@Override
		public boolean isAborted() {
			return false;
		}

	});

	private final Session mine = new Session(DEFAULTS);

	private final Session other = new Session(DEFAULTS);

	@Test
	void waiterIsToldWhoKeepsTheLock() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, SHORT);
		keep(lock);
		assertThatThrownBy(() -> start(() -> lock.acquire(this.other, "SELECT 2")).get(10, TimeUnit.SECONDS)).cause()
			.isInstanceOf(SandboxException.class)
			.hasMessageContaining("waited 100 ms")
			.hasMessageContaining("[SELECT 1] of thread '" + Thread.currentThread().getName() + "'")
			.hasMessageContaining("waiterIsToldWhoKeepsTheLock")
			.hasMessageContaining("TestIsolation.TRUNCATE");
	}

	@Test
	void waiterGetsTheLockWhenItIsGivenUp() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, LONG);
		keep(lock);
		CountDownLatch acquired = new CountDownLatch(1);
		CompletableFuture<Void> waiter = startToWait(() -> {
			lock.acquire(this.other, "SELECT 2");
			acquired.countDown();
			lock.release();
		});
		lock.acquire(this.mine, "SELECT 3");
		lock.release();
		assertThat(acquired.getCount()).isOne();
		end(lock);
		waiter.get(10, TimeUnit.SECONDS);
	}

	@Test
	void sameThreadAndSameConnectionAreLetIn() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, SHORT);
		keep(lock);
		lock.acquire(this.other, "SELECT 2");
		assertThat(lock.isMine()).isTrue();
		lock.release();
		start(() -> {
			lock.acquire(this.mine, "SELECT 3");
			lock.release();
		}).get(10, TimeUnit.SECONDS);
	}

	@Test
	void onlyOneRuns() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, SHORT);
		lock.acquire(this.mine, "SELECT 1");
		assertThatThrownBy(() -> start(() -> lock.acquire(this.mine, "SELECT 2")).get(10, TimeUnit.SECONDS)).cause()
			.isInstanceOf(SandboxException.class);
		lock.release();
	}

	@Test
	void aloneMeansThatNobodyKeepsTheLock() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, LONG);
		CountDownLatch end = new CountDownLatch(1);
		CompletableFuture<Void> keeper = startToWait(() -> {
			keep(lock);
			end.await(1, TimeUnit.MINUTES);
			end(lock);
		});
		assertThat(lock.acquireAlone("the end", SHORT))
			.singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
			.contains("SELECT 1", "CountDownLatch.await");
		assertThat(lock.isMine()).isTrue();
		lock.release();
		end.countDown();
		keeper.get(10, TimeUnit.SECONDS);
		assertThat(lock.acquireAlone("the end", SHORT)).isEmpty();
		lock.release();
	}

	@Test
	void aloneDoesNotInterruptWhoRuns() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, LONG);
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		CompletableFuture<Void> runner = start(() -> {
			lock.acquire(this.mine, "SELECT 1");
			running.countDown();
			end.await();
			lock.release();
		});
		running.await();
		assertThat(lock.acquireAlone("the end", SHORT)).hasSize(1);
		assertThat(lock.isMine()).isFalse();
		end.countDown();
		runner.get(10, TimeUnit.SECONDS);
	}

	@Test
	void deadKeeperIsNamedAndNotWaitedFor() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, SHORT);
		Thread thread = new Thread(() -> {
			try {
				keep(lock);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}, "forgetful");
		thread.start();
		thread.join();
		assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> lock.acquire(this.other, "SELECT 2"))
			.withMessageContaining("thread 'forgetful' (which has ended)");
		assertThat(lock.acquireAlone("the end", LONG)).isEmpty();
		lock.release();
	}

	@Test
	void interruptionIsNoTimeout() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, LONG);
		keep(lock);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				lock.acquire(this.other, "SELECT 2");
			}
			catch (SQLException ex) {
				interrupted.complete(Thread.currentThread().isInterrupted() && ex.getMessage().contains("Interrupted"));
			}
		});
		thread.start();
		thread.interrupt();
		assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
		end(lock);
		Thread.currentThread().interrupt();
		assertThat(lock.acquireAlone("the end", LONG)).isEmpty();
		assertThat(Thread.interrupted()).isTrue();
		lock.release();
	}

	@Test
	void waitEndsInTimeIfTheKeeperStartsAStatement() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, LONG);
		keep(lock);
		CompletableFuture<List<String>> inVain = new CompletableFuture<>();
		startToWait(() -> inVain.complete(lock.acquireAlone("the end", Duration.ofSeconds(3))));
		lock.acquire(this.mine, "SELECT pg_sleep(60)");
		assertThat(inVain.get(10, TimeUnit.SECONDS))
			.anySatisfy((holder) -> assertThat(holder).contains("pg_sleep(60)"));
		lock.release();
	}

	@Test
	void waiterIsToldInTimeIfTheKeeperStartsAStatement() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, Duration.ofSeconds(3));
		keep(lock);
		CompletableFuture<Void> waiter = startToWait(() -> lock.acquire(this.other, "SELECT 2"));
		lock.acquire(this.mine, "SELECT pg_sleep(60)");
		assertThatThrownBy(() -> waiter.get(10, TimeUnit.SECONDS)).hasMessageContaining("pg_sleep(60)");
		lock.release();
	}

	@Test
	void waitersGetTheLockInTheOrderOfTheirComing() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, LONG);
		lock.acquire(this.mine, "SELECT 0");
		List<Integer> order = new CopyOnWriteArrayList<>();
		List<CompletableFuture<Void>> waiters = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			int number = i;
			waiters.add(startToWait(() -> {
				lock.acquire(this.other, "SELECT " + number);
				order.add(number);
				lock.release();
			}));
		}
		lock.release();
		for (CompletableFuture<Void> waiter : waiters) {
			waiter.get(10, TimeUnit.SECONDS);
		}
		assertThat(order).isSorted().hasSize(20);
	}

	@Test
	void aloneHasItsPlaceAmongThoseAtWork() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, LONG);
		AtomicBoolean ended = new AtomicBoolean();
		CountDownLatch working = new CountDownLatch(4);
		List<CompletableFuture<Void>> workers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			workers.add(start(() -> {
				while (!ended.get()) {
					lock.acquire(this.other, "SELECT pg_sleep(0.02)");
					working.countDown();
					LockSupport.parkNanos(20_000_000);
					lock.release();
				}
			}));
		}
		working.await();
		assertThat(lock.acquireAlone("the end", LONG)).isEmpty();
		assertThat(lock.isMine()).isTrue();
		ended.set(true);
		lock.release();
		for (CompletableFuture<Void> worker : workers) {
			worker.get(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void threadThatHasTheLockGetsItAgain() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, SHORT);
		lock.acquire(this.mine, "SELECT 1");
		lock.acquire(this.other, "INSERT INTO log");
		lock.release();
		assertThat(lock.isMine()).isTrue();
		lock.release();
		assertThat(lock.isMine()).isFalse();
	}

	@Test
	void interruptedThreadMayRollBack() throws Exception {
		ConnectionLock lock = new ConnectionLock(this.transactions, SHORT);
		keep(lock);
		Thread.currentThread().interrupt();
		lock.acquire(this.mine, "ROLLBACK");
		assertThat(lock.isMine()).isTrue();
		assertThat(Thread.interrupted()).isTrue();
		lock.release();
	}

	private void keep(ConnectionLock lock) throws SQLException {
		lock.acquire(this.mine, "SELECT 1");
		Transaction transaction = this.transactions.begin(false, true);
		transaction.runs("SELECT 1");
		this.mine.transaction(transaction);
		lock.release();
	}

	private void end(ConnectionLock lock) throws SQLException {
		lock.acquire(this.mine, "COMMIT");
		this.transactions.commit(this.mine.transaction(), "");
		lock.release();
	}

	private static CompletableFuture<Void> startToWait(World.Action action) {
		CompletableFuture<Thread> started = new CompletableFuture<>();
		CompletableFuture<Void> result = start(() -> {
			started.complete(Thread.currentThread());
			action.run();
		});
		Thread thread = started.join();
		while (thread.isAlive() && thread.getState() != Thread.State.TIMED_WAITING) {
			Thread.onSpinWait();
		}
		return result;
	}

	private static CompletableFuture<Void> start(World.Action action) {
		CompletableFuture<Void> result = new CompletableFuture<>();
		new Thread(() -> {
			try {
				action.run();
				result.complete(null);
			}
			catch (Exception ex) {
				result.completeExceptionally(ex);
			}
		}).start();
		return result;
	}

}
