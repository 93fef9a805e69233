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

package dev.pristine.launch;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Servers}.
 */
class ServersTests {

	private final AtomicInteger starts = new AtomicInteger();

	@Test
	void startsOncePerConfiguration() {
		FakeServer server = Servers.get(List.of("once", 1), this::start);
		assertThat(Servers.get(List.of("once", 1), this::start)).isSameAs(server);
		assertThat(Servers.get(List.of("once", 2), this::start)).isNotSameAs(server);
		assertThat(this.starts).hasValue(2);
	}

	@Test
	void replacesDeadServer() {
		FakeServer server = Servers.get("dead", this::start);
		server.alive = false;
		assertThat(Servers.get("dead", this::start)).isNotSameAs(server);
		assertThat(server.stopped).isTrue();
	}

	@Test
	void startsInBackgroundWhenPrepared() {
		CountDownLatch latch = new CountDownLatch(1);
		Servers.prepare("prepared", () -> {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return start();
		});
		latch.countDown();
		Servers.get("prepared", this::start);
		assertThat(this.starts).hasValue(1);
	}

	@Test
	void failureIsToldAndNextRequestTriesAgain() {
		Servers.prepare("failing", () -> {
			throw new IllegalStateException("broken");
		});
		assertThatIllegalStateException().isThrownBy(() -> Servers.get("failing", this::start)).withMessage("broken");
		assertThat(Servers.get("failing", this::start)).isNotNull();
	}

	private FakeServer start() {
		this.starts.incrementAndGet();
		return new FakeServer();
	}

	private static final class FakeServer implements Server {

		private boolean alive = true;

		private boolean stopped;

		@Override
		public boolean isAlive() {
			return this.alive;
		}

		@Override
		public void stop() {
			this.stopped = true;
		}

	}

}
