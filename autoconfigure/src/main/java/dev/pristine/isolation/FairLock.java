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

package dev.pristine.isolation;

import java.time.Duration;
import java.util.Collection;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.pristine.resource.ResourceException;

/**
 * What only so many tests, or classes of tests, can have at a time. Waiting for it is
 * fair and bounded, and lets JUnit's pool start another thread meanwhile, so that the
 * holders can get on.
 */
class FairLock {

	private final Duration timeout;

	private final AtomicLong progress;

	private final Semaphore free;

	/** Several of one name: the invocations of a parameterized test. */
	private final Collection<String> holders = new ConcurrentLinkedQueue<>();

	FairLock(Duration timeout, int permits) {
		this(timeout, permits, new AtomicLong());
	}

	private FairLock(Duration timeout, int permits, AtomicLong progress) {
		this.timeout = timeout;
		this.progress = progress;
		this.free = new Semaphore(permits, true);
	}

	/**
	 * Return a lock for what a holder of this one consists of. Those who wait for this
	 * one see whether it is acquired and released.
	 * @return the lock, of which there is one
	 */
	FairLock inside() {
		return new FairLock(this.timeout, 1, this.progress);
	}

	/**
	 * Wait for the lock.
	 * @param name who acquires it, for messages
	 * @throws ResourceException if for the time of the timeout nobody before in the queue
	 * got any further
	 */
	void acquire(String name) {
		Wait wait = new Wait();
		try {
			if (!this.free.tryAcquire(0, TimeUnit.MILLISECONDS)) {
				ForkJoinPool.managedBlock(wait);
				if (!wait.acquired) {
					throw new ResourceException(
							name + " waited " + this.timeout.toMillis() + " ms for "
									+ String.join(", ", new TreeSet<>(this.holders))
									+ ", using the same application context and getting no further.",
							"If a test may take that long, raise pristine.isolation.wait-timeout or run them on one "
									+ "thread.");
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ResourceException(
					name + " was interrupted while it waited for " + String.join(", ", new TreeSet<>(this.holders))
							+ ", using the same application context.",
					"Look for what ended the test early, such as a time limit.", ex);
		}
		this.holders.add(name);
		this.progress.incrementAndGet();
	}

	/**
	 * Acquire the lock if it is free.
	 * @param name who acquires it, for messages
	 * @return whether it was
	 */
	boolean tryAcquire(String name) {
		boolean acquired = this.free.tryAcquire();
		if (acquired) {
			this.holders.add(name);
		}
		return acquired;
	}

	void release(String name) {
		this.holders.remove(name);
		this.progress.incrementAndGet();
		this.free.release();
	}

	private final class Wait implements ForkJoinPool.ManagedBlocker {

		private boolean acquired;

		@Override
		public boolean block() throws InterruptedException {
			long seen;
			do {
				seen = FairLock.this.progress.get();
				this.acquired = FairLock.this.free.tryAcquire(FairLock.this.timeout.toMillis(), TimeUnit.MILLISECONDS);
			}
			while (!this.acquired && seen != FairLock.this.progress.get());
			return true;
		}

		@Override
		public boolean isReleasable() {
			return false;
		}

	}

}
