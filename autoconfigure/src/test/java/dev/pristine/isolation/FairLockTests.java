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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FairLock}.
 */
@Timeout(60)
class FairLockTests {

	@Test
	void namesTheHolderWhenItDoesNotFinish() {
		FairLock turn = new FairLock(Duration.ofMillis(50), 1);
		turn.acquire("first");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> turn.acquire("second"))
			.withMessageContaining("second waited 50 ms for first")
			.withMessageContaining("pristine.isolation.wait-timeout");
	}

	@Test
	void namesTheHolderWhenAnotherOfItsNameIsDone() {
		FairLock turn = new FairLock(Duration.ofMillis(50), 2);
		turn.acquire("repeated");
		turn.acquire("repeated");
		turn.release("repeated");
		turn.acquire("first");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> turn.acquire("second"))
			.withMessageContaining("for first, repeated");
	}

	@Test
	void canBeTakenAgainAfterItWasGivenBack() {
		FairLock turn = new FairLock(Duration.ofMillis(50), 1);
		turn.acquire("first");
		turn.release("first");
		turn.acquire("second");
	}

	@Test
	void waitsUntilItIsGivenBack() throws Exception {
		FairLock turn = new FairLock(Duration.ofSeconds(10), 1);
		turn.acquire("first");
		CompletableFuture<Void> second = CompletableFuture.runAsync(() -> turn.acquire("second"));
		assertThat(second).isNotDone();
		turn.release("first");
		second.get(10, TimeUnit.SECONDS);
	}

	@Test
	void waitsAsLongAsTheHolderGetsOn() {
		FairLock turn = new FairLock(Duration.ofSeconds(3), 1);
		turn.acquire("class");
		FairLock inner = turn.inside();
		CompletableFuture<Void> second = CompletableFuture.runAsync(() -> turn.acquire("other class"));
		for (int i = 0; i < 9; i++) {
			inner.acquire("test " + i);
			assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> second.get(400, TimeUnit.MILLISECONDS));
			inner.release("test " + i);
		}
		turn.release("class");
		assertThat(second).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void saysThatTheWaitWasInterrupted() {
		FairLock turn = new FairLock(Duration.ofSeconds(10), 1);
		turn.acquire("first");
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> turn.acquire("second"))
			.withMessageContaining("second was interrupted while it waited for first");
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void letsThePoolGoOnWhileItWaits() throws Exception {
		ForkJoinPool pool = new ForkJoinPool(1);
		try {
			FairLock turn = new FairLock(Duration.ofSeconds(10), 1);
			turn.acquire("first");
			CountDownLatch waiting = new CountDownLatch(1);
			ForkJoinTask<?> second = pool.submit(() -> {
				waiting.countDown();
				turn.acquire("second");
			});
			waiting.await();
			pool.submit(() -> turn.release("first"));
			second.get(20, TimeUnit.SECONDS);
		}
		finally {
			pool.shutdownNow();
		}
	}

}
