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

import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nested classes that several classes have inherited, and that run at the same time in
 * each of them. To Spring they are one class.
 */
@Timeout(120)
class InheritedNestedClassTests {

	private static boolean once;

	@BeforeEach
	void startOver() {
		once = false;
		RecordingTest.Generations.next();
	}

	@RepeatedTest(5)
	void eachRunFindsWhatItsOwnClassWrote() {
		new ParallelRun(4, Map.of(), Ann.class, Bob.class, Cid.class).succeeds(3 * Family.TESTS);
	}

	@RepeatedTest(5)
	void eachRunIsOnItsOwn() {
		new ParallelRun(4, Map.of(), Dan.class, Eve.class, Fay.class).succeeds(3 * Family.TESTS);
	}

	@RepeatedTest(5)
	void runsTakeTurns() {
		once = true;
		new ParallelRun(4, Map.of(), Dan.class, Eve.class, Fay.class).succeeds(3 * Family.TESTS);
	}

	@RepeatedTest(5)
	void runsTakeTurnsAndFindWhatTheirClassWrote() {
		once = true;
		new ParallelRun(4, Map.of(), Ann.class, Bob.class, Cid.class).succeeds(3 * Family.TESTS);
	}

	@RepeatedTest(5)
	@Timeout(60)
	void neverWaitsForWhatItsOwnThreadHasToEnd() {
		assertThat(new ParallelRun(4, Map.of(), WithNestedData.class, WithNestedDataToo.class).failures())
			.allSatisfy((failure) -> assertThat(failure).contains("@Execution(SAME_THREAD) on the outermost class"));
	}

	@Test
	void oneThreadServesNestedClassesThatWrite() {
		new ParallelRun(4, Map.of(), OnOneThread.class, Ann.class).succeeds(14 + Family.TESTS);
	}

	@Configuration(proxyBeanMethods = false)
	static class OnceConfiguration {

		@Bean
		ApplicationRunner once(WordStore store) {
			return (arguments) -> {
				if (once) {
					store.existOnce();
				}
			};
		}

	}

	@SideBySideTests.WordTest
	@Import(OnceConfiguration.class)
	abstract static class Family {

		static final int TESTS = 3 + 3 + 3 + 2;

		@Autowired
		private WordStore store;

		abstract String[] expected();

		private void look() {
			assertThat(this.store.words()).containsExactlyInAnyOrder(expected());
			this.store.words().add("test");
			Thread.yield();
			assertThat(this.store.words()).hasSize(expected().length + 1);
		}

		@RepeatedTest(3)
		void outer() {
			look();
		}

		@Nested
		class First {

			@RepeatedTest(3)
			void inner() {
				look();
			}

			@Nested
			class Deep {

				@RepeatedTest(3)
				void deepest() {
					look();
				}

			}

		}

		@Nested
		class Second {

			@RepeatedTest(2)
			void inner() {
				look();
			}

		}

	}

	abstract static class Untouched extends Family {

		@Override
		String[] expected() {
			return new String[] { "start" };
		}

	}

	abstract static class Writing extends Family {

		@BeforeAll
		static void write(@Autowired WordStore store, TestInfo test) {
			store.words().add(test.getTestClass().orElseThrow().getSimpleName());
		}

		@Override
		String[] expected() {
			return new String[] { "start", getClass().getSimpleName() };
		}

	}

	static class Ann extends Writing {

	}

	static class Bob extends Writing {

	}

	static class Cid extends Writing {

	}

	static class Dan extends Untouched {

	}

	static class Eve extends Untouched {

	}

	static class Fay extends Untouched {

	}

	@SideBySideTests.WordTest
	static class WithNestedData {

		@Autowired
		private WordStore store;

		@BeforeAll
		static void write(@Autowired WordStore store) {
			store.words().add("outer");
		}

		@RepeatedTest(4)
		void outer() {
			assertThat(this.store.words()).containsExactly("outer", "start");
		}

		@Nested
		class First {

			@BeforeAll
			static void write(@Autowired WordStore store) {
				store.words().add("first");
			}

			@RepeatedTest(5)
			void inner() {
				assertThat(WithNestedData.this.store.words()).containsExactly("first", "outer", "start");
			}

		}

		@Nested
		class Second {

			@BeforeAll
			static void write(@Autowired WordStore store) {
				store.words().add("second");
			}

			@RepeatedTest(5)
			void inner() {
				assertThat(WithNestedData.this.store.words()).containsExactly("outer", "second", "start");
			}

		}

	}

	static class WithNestedDataToo extends WithNestedData {

	}

	@Execution(ExecutionMode.SAME_THREAD)
	static class OnOneThread extends WithNestedData {

	}

}
