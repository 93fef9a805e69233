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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListeners;
import org.springframework.test.context.TestExecutionListeners.MergeMode;
import org.springframework.test.context.support.AbstractTestExecutionListener;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that share an application context and are run by JUnit on several threads: they
 * take turns, and nobody hangs.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ParallelExecutionTests {

	private static final Map<String, String> CLASSES_AND_METHODS = Map.of("junit.jupiter.execution.parallel.enabled",
			"true", "junit.jupiter.execution.parallel.mode.default", "concurrent",
			"junit.jupiter.execution.parallel.mode.classes.default", "concurrent",
			"junit.jupiter.execution.parallel.config.strategy", "fixed",
			"junit.jupiter.execution.parallel.config.fixed.parallelism", "3");

	private static final Class<?>[] CLASSES = { First.class, Second.class, Third.class, Fourth.class, Fifth.class };

	@BeforeEach
	@AfterEach
	void startOver() {
		RecordingTest.Generations.next();
	}

	@RepeatedTest(5)
	void testsTakeTurns(CapturedOutput output) {
		new TestRun(CLASSES_AND_METHODS, CLASSES).succeeds(5 * 8);
		assertTurns();
		assertThat(output).containsOnlyOnce("take turns, because nobody has told");
		assertThat(RecordingResource.events()).containsOnlyOnce("baseline");
	}

	@Test
	void testsTakeTurnsWhenOnlyClassesAreConcurrent() {
		new TestRun(with("junit.jupiter.execution.parallel.mode.default", "same_thread"), CLASSES).succeeds(5 * 8);
		assertTurns();
	}

	@Test
	void testsTakeTurnsWhenThePoolHasNoThreadToSpare() {
		new TestRun(with("junit.jupiter.execution.parallel.config.fixed.max-pool-size", "3"), CLASSES).succeeds(5 * 8);
		assertTurns();
	}

	@RepeatedTest(5)
	void classesThatWaitGoOnWithTheContextThatReplacesABrokenOne() {
		new TestRun(with("junit.jupiter.execution.parallel.mode.default", "same_thread"), MakesUnusable.class,
				First.class, Second.class)
			.succeeds(2 + 2 * 8);
		assertThat(RecordingResource.events()).containsSubsequence("baseline", "close", "baseline");
	}

	@Test
	void nextClassWaitsUntilTheContextIsNoLongerUsedByThisOne() {
		Lingers.started = new CountDownLatch(1);
		MakesUnusableAfterwards.closed = new CountDownLatch(1);
		new TestRun(with("junit.jupiter.execution.parallel.mode.default", "same_thread"), Lingers.class,
				MakesUnusableAfterwards.class)
			.succeeds(1 + 2);
	}

	private static Map<String, String> with(String name, String value) {
		Map<String, String> parameters = new HashMap<>(CLASSES_AND_METHODS);
		parameters.put(name, value);
		return parameters;
	}

	private static void assertTurns() {
		Deque<String> open = new ArrayDeque<>();
		for (String event : RecordingResource.events()) {
			String[] words = event.split(" ", 2);
			switch (words[0]) {
				case "prepare" -> open.push(words[1]);
				case "reset" -> assertThat(open.pop()).isEqualTo(words[1]);
				case "test" -> assertThat(open.peek()).startsWith(words[1]);
				default -> assertThat(event).isEqualTo("baseline");
			}
		}
		assertThat(open).isEmpty();
	}

	@RecordingTest
	abstract static class Tests {

		@RepeatedTest(4)
		void test(TestInfo test) {
			record(test);
		}

		@Test
		void other(TestInfo test) {
			record(test);
		}

		private static void record(TestInfo test) {
			RecordingResource.record("test " + test.getTestClass().orElseThrow().getSimpleName() + "."
					+ test.getTestMethod().orElseThrow().getName());
		}

		@Nested
		class Inner {

			@RepeatedTest(3)
			void test(TestInfo test) {
				record(test);
			}

		}

	}

	static class First extends Tests {

	}

	static class Second extends Tests {

	}

	@IsolationMode(TestIsolation.TRUNCATE)
	static class Third extends Tests {

	}

	static class Fourth extends Tests {

	}

	static class Fifth extends Tests {

	}

	@RecordingTest
	static class MakesUnusable {

		@Test
		void first(@Autowired RecordingResource resource) {
			resource.makeUnusable();
		}

		@Test
		void second() {
		}

	}

	@RecordingTest
	@TestExecutionListeners(listeners = Lingers.Listener.class, mergeMode = MergeMode.MERGE_WITH_DEFAULTS)
	static class Lingers {

		private static CountDownLatch started;

		@Test
		void test() {
			started.countDown();
		}

		static class Listener extends AbstractTestExecutionListener {

			@Override
			public int getOrder() {
				return 1;
			}

			@Override
			public void afterTestClass(TestContext testContext) throws Exception {
				assertThat(MakesUnusableAfterwards.closed.await(200, TimeUnit.MILLISECONDS)).isFalse();
			}

		}

	}

	@RecordingTest
	static class MakesUnusableAfterwards extends MakesUnusable {

		private static CountDownLatch closed;

		@BeforeAll
		static void waitForTheOther() throws InterruptedException {
			assertThat(Lingers.started.await(20, TimeUnit.SECONDS)).isTrue();
		}

		@AfterEach
		void close() {
			closed.countDown();
		}

	}

}
