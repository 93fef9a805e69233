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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.pristine.ownership.TestOwner;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RunningTests}.
 */
@ExtendWith(OutputCaptureExtension.class)
class RunningTestsTests {

	private final RunningTests running = new RunningTests();

	@Test
	void workOfNobodyIsThatOfTheOnlyOne() {
		assertThat(this.running.number()).isZero();
		TestOwner owner = this.running.start("here", 1);
		assertThat(this.running.number()).isOne();
		this.running.end(owner);
		assertThat(this.running.number()).isZero();
	}

	@Test
	void workOfAnotherContextDoesNotReachTestsSideBySide() {
		TestOwner stranger = new RunningTests().start("elsewhere", 1);
		try (TestOwner.Work work = stranger.take()) {
			assertThat(this.running.number()).isZero();
			TestOwner owner = this.running.start("here", 2);
			assertThatExceptionOfType(ResourceException.class).isThrownBy(this.running::number)
				.withMessageContaining("works for elsewhere, a test of another application context");
			this.running.end(owner);
			assertThatExceptionOfType(ResourceException.class).isThrownBy(this.running::number);
		}
	}

	@Test
	void workOfAnotherContextIsThatOfTheOnlyOneWhereTestsTakeTurns() {
		TestOwner enclosing = new RunningTests().start("Enclosing", 0);
		try (TestOwner.Work work = enclosing.take()) {
			this.running.start("Enclosing.Nested", 0);
			assertThat(this.running.number()).isZero();
		}
	}

	@Test
	void refusalsAreInTheLogOncePerTestBecauseTheirCallerMaySwallowThem(CapturedOutput output) {
		TestOwner late = this.running.start("late", 0);
		this.running.end(late);
		try (TestOwner.Work work = late.take()) {
			for (int i = 0; i < 3; i++) {
				assertThatExceptionOfType(ResourceException.class).isThrownBy(this.running::number);
			}
		}
		assertThat(output).containsOnlyOnce("still works for late, which is over");
		this.running.start("one", 1);
		this.running.start("other", 2);
		assertThatExceptionOfType(ResourceException.class).isThrownBy(this.running::number);
		assertThat(output).containsOnlyOnce("Nobody knows for which test");
	}

}
