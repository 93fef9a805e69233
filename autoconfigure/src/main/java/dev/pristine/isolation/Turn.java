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
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.ResourceException;

/**
 * What only one test, or class of tests, can have at a time. Waiting for it is fair and
 * bounded, and lets JUnit's pool start another thread meanwhile, so that the holder can
 * get on.
 */
class Turn {

	private final Duration timeout;

	private final Semaphore free = new Semaphore(1, true);

	private volatile @Nullable String holder;

	Turn(Duration timeout) {
		this.timeout = timeout;
	}

	/**
	 * Wait for the turn.
	 * @param name who takes it, for messages
	 * @throws ResourceException if it did not become free in time
	 */
	void take(String name) {
		if (!this.free.tryAcquire() && !await()) {
			throw new ResourceException(
					name + " waited " + this.timeout.toMillis() + " ms for " + this.holder
							+ ", which uses the same application context and has not finished.",
					"If both may take that long, raise pristine.isolation.slot-timeout or run them on one thread.");
		}
		this.holder = name;
	}

	void giveBack() {
		this.holder = null;
		this.free.release();
	}

	private boolean await() {
		Wait wait = new Wait();
		try {
			ForkJoinPool.managedBlock(wait);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return wait.acquired;
	}

	private final class Wait implements ForkJoinPool.ManagedBlocker {

		private boolean acquired;

		@Override
		public boolean block() throws InterruptedException {
			this.acquired = this.acquired
					|| Turn.this.free.tryAcquire(Turn.this.timeout.toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}

		@Override
		public boolean isReleasable() {
			this.acquired = this.acquired || Turn.this.free.tryAcquire();
			return this.acquired;
		}

	}

}
