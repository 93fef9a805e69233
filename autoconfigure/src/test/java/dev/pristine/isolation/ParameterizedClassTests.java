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
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.ContextCustomizerFactories;

import dev.pristine.resource.SnapshotResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Parameterized classes, of which JUnit tells Spring nothing but the tests.
 */
@Timeout(120)
class ParameterizedClassTests {

	private static final Map<String, String> ONE_THREAD = Map.of("junit.jupiter.execution.parallel.enabled", "false");

	@BeforeEach
	void startOver() {
		RecordingTest.Generations.next();
	}

	@RepeatedTest(2)
	void eachInvocationFindsWhatItWrote() {
		new ParallelRun(1, ONE_THREAD, Seeded.class, SeededAsAWhole.class, Seeded.class)
			.succeeds(Seeded.TESTS + SeededAsAWhole.TESTS);
	}

	@RepeatedTest(5)
	void eachInvocationFindsWhatItWroteSideBySide() {
		new ParallelRun(4, Map.of(), Seeded.class, SeededToo.class).succeeds(2 * Seeded.TESTS);
	}

	@RepeatedTest(5)
	void invocationsOnOneThreadFindWhatTheirClassWrote() {
		new ParallelRun(4,
				Map.of("junit.jupiter.execution.parallel.mode.default", "same_thread",
						"junit.jupiter.execution.parallel.mode.classes.default", "concurrent"),
				SeededAsAWhole.class, Seeded.class)
			.succeeds(Seeded.TESTS + SeededAsAWhole.TESTS);
	}

	@Test
	void failedResetOfAnInvocationFailsAllThatFollows() {
		assertThat(new ParallelRun(1, ONE_THREAD, Unrestorable.class).failures()).hasSize(2 * 2 + 1)
			.allSatisfy((failure) -> assertThat(failure).contains("not again"));
	}

	@SpringBootTest(classes = { SideBySideTests.Application.class, Fragile.class },
			webEnvironment = WebEnvironment.NONE)
	@ContextCustomizerFactories(RecordingTest.Generations.class)
	@ParameterizedClass
	@ValueSource(strings = { "a", "b", "c" })
	static class Unrestorable {

		Unrestorable(String word) {
		}

		@BeforeParameterizedClassInvocation
		static void write(String word, @Autowired WordStore store) {
			store.words().add("invocation");
		}

		@AfterParameterizedClassInvocation
		static void breakOnce() {
			Fragile.broken.set(true);
		}

		@Test
		void finds() {
		}

		@Nested
		class Inner {

			@Test
			void finds() {
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Fragile {

		private static final AtomicBoolean broken = new AtomicBoolean();

		@Bean
		SnapshotResource<Boolean> fragile() {
			return new SnapshotResource<>() {

				@Override
				public String name() {
					return "fragile";
				}

				@Override
				public Boolean capture() {
					return true;
				}

				@Override
				public void restore(Boolean snapshot) {
					if (broken.getAndSet(false)) {
						throw new IllegalStateException("not again");
					}
				}

			};
		}

	}

	@SideBySideTests.WordTest
	@ParameterizedClass
	@ValueSource(strings = { "a", "b", "c" })
	static class Seeded {

		static final int TESTS = 3 * (3 + 2);

		final String word;

		@Autowired
		WordStore store;

		Seeded(String word) {
			this.word = word;
		}

		@BeforeParameterizedClassInvocation
		static void write(String word, @Autowired WordStore store) {
			store.words().add(word);
		}

		String[] expected() {
			return new String[] { "start", this.word };
		}

		void look() {
			assertThat(this.store.words()).containsExactlyInAnyOrder(expected());
			this.store.words().add("test");
			Thread.yield();
			assertThat(this.store.words()).hasSize(expected().length + 1);
		}

		@RepeatedTest(3)
		void finds() {
			look();
		}

		@Nested
		class Inner {

			@RepeatedTest(2)
			void finds() {
				look();
			}

		}

	}

	static class SeededToo extends Seeded {

		SeededToo(String word) {
			super(word);
		}

	}

	static class SeededAsAWhole extends Seeded {

		SeededAsAWhole(String word) {
			super(word);
		}

		@BeforeAll
		static void writeForAll(@Autowired WordStore store) {
			store.words().add("all");
		}

		@Override
		String[] expected() {
			return new String[] { "start", "all", this.word };
		}

	}

}
