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

package dev.pristine.resource;

import java.time.Duration;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Patience}.
 */
class PatienceTests {

	@Test
	void pauseIsOneLook() {
		Patience wait = new Patience(Duration.ofMillis(400));
		assertThat(IntStream.range(0, 30)).allMatch((look) -> wait.lasts());
		for (int pause = 0; pause < 3; pause++) {
			pass(Duration.ofMillis(500));
			assertThat(wait.lasts()).isTrue();
		}
	}

	@Test
	@Timeout(30)
	void ends() {
		Patience wait = new Patience(Duration.ZERO);
		assertThat(wait.lasts()).isTrue();
		while (wait.lasts()) {
			pass(Duration.ofMillis(1));
		}
	}

	@Test
	void looksDoNotEndTheWait() {
		Patience wait = new Patience(Duration.ofMinutes(1));
		assertThat(IntStream.range(0, 100)).allMatch((look) -> wait.lasts());
	}

	private static void pass(Duration time) {
		long end = System.nanoTime() + time.toNanos();
		while (System.nanoTime() < end) {
			Thread.onSpinWait();
		}
	}

}
