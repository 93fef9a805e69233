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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextCustomizerFactories;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.ownership.TestOwner;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that share an application context and run side by side, each on a slot of its
 * own.
 */
@Timeout(120)
class SideBySideTests {

	private static final AtomicInteger words = new AtomicInteger();

	@BeforeEach
	void startOver() {
		RecordingTest.Generations.next();
		Colliding.together.clear();
	}

	@RepeatedTest(5)
	void everyTestHasASlotOfItsOwn() {
		int threads = 4;
		new ParallelRun(threads,
				Map.of("junit.jupiter.testmethod.order.default", "org.junit.jupiter.api.MethodOrderer$Random",
						"junit.jupiter.testclass.order.default", "org.junit.jupiter.api.ClassOrderer$Random"),
				First.class, Second.class, WithClassData.class, Closing.class, InTurns.class, Alone.class)
			.succeeds(2 * (Colliding.TESTS + 8) + 6 + 2 + 3 + 3);
	}

	@Test
	void methodsOfOneClassRunAtTheSameTime() {
		new ParallelRun(2, Map.of(), Meeting.class).succeeds(2);
	}

	@Test
	void straysAreToldWhenAllTestsHaveRun() {
		WordStore.told.clear();
		new ParallelRun(2, Map.of(), Meeting.class).succeeds(2);
		assertThat(WordStore.told).containsExactly(0);
	}

	@RepeatedTest(5)
	void whatExistsOnceIsUsedInTurns() {
		new ParallelRun(4, Map.of(), OnceFirst.class, OnceSecond.class).succeeds(2 * Colliding.TESTS);
		assertThat(Colliding.together).isEmpty();
	}

	@RepeatedTest(5)
	void limitedSlotsAreWaitedFor() {
		new ParallelRun(4, Map.of(), TwoSlots.class, TwoSlotsToo.class).succeeds(2 * Colliding.TESTS);
	}

	@Test
	void dynamicTestsSideBySideNeedCopies() {
		assertThat(new ParallelRun(2, Map.of(), OnceWithDynamicTests.class).failures()).singleElement()
			.asString()
			.contains("makes dynamic tests that run side by side", "@Execution(SAME_THREAD)");
	}

	@Test
	void dynamicTestsSideBySideNeedAClassThatWritesNothing() {
		assertThat(new ParallelRun(2, Map.of(), ClassDataWithDynamicTests.class).failures()).singleElement()
			.asString()
			.contains("makes dynamic tests that run side by side", "in @BeforeEach instead of @BeforeAll");
	}

	@Test
	void closedContextsNeedIsolation() {
		assertThat(new ParallelRun(2, Map.of(), ClosingBesideOthers.class).failures()).singleElement()
			.asString()
			.contains("@DirtiesContext, which closes the application context", "@Isolated");
	}

	@Test
	void threadOfNobodyIsRefusedWhileSeveralTestsRun() {
		assertThat(new ParallelRun(2, Map.of(), WithoutOwner.class).failures()).hasSize(2)
			.allSatisfy((failure) -> assertThat(failure).contains("Nobody knows for which test the thread",
					"WithoutOwner.first", "WithoutOwner.second", "TestOwner.wrap"));
	}

	@Test
	void lateWorkIsRefusedAndNamed() {
		Late.failure = new CompletableFuture<>();
		Late.over = new CountDownLatch(1);
		new TestRun(Late.class).succeeds(2);
		assertThat(Late.failure.join()).isInstanceOf(ResourceException.class)
			.hasMessageContainingAll("'late'", "Late.first, which is over");
	}

	@Test
	void whatTheConstructorOfASharedInstanceWritesIsUndone() {
		new TestRun(Constructed.class).succeeds(1);
	}

	@Retention(RetentionPolicy.RUNTIME)
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	@ContextCustomizerFactories(RecordingTest.Generations.class)
	@interface WordTest {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(IsolationAutoConfiguration.class)
	static class Application {

		@Bean
		WordStore wordStore(CurrentSlot slot) {
			return new WordStore(slot);
		}

		@Bean
		ApplicationRunner writer(WordStore store) {
			return (arguments) -> store.words().add("start");
		}

	}

	@WordTest
	abstract static class Colliding {

		static final int TESTS = 20 + 3 + 5;

		static final Set<String> together = ConcurrentHashMap.newKeySet();

		private static final Set<Colliding> inside = ConcurrentHashMap.newKeySet();

		@Autowired
		WordStore store;

		@RepeatedTest(20)
		void repeated() throws Exception {
			collide();
		}

		@ParameterizedTest
		@ValueSource(ints = { 1, 2, 3 })
		void parameterized(int number) throws Exception {
			collide();
		}

		@TestFactory
		Stream<DynamicTest> dynamic() {
			this.store.words().add("factory");
			return IntStream.range(0, 5)
				.mapToObj((i) -> DynamicTest.dynamicTest("dynamic " + i,
						() -> assertThat(this.store.words()).contains("factory")));
		}

		void collide() throws Exception {
			inside.add(this);
			if (inside.size() > 1) {
				together.add(getClass().getSimpleName());
			}
			Set<String> expected = new TreeSet<>(Set.of("start"));
			assertThat(this.store.words()).isEqualTo(expected);
			for (int i = 0; i < 5; i++) {
				String word = "word " + words.incrementAndGet();
				expected.add(word);
				Thread child = new Thread(() -> this.store.words().add(word));
				child.start();
				child.join();
				Thread.yield();
				assertThat(this.store.words()).isEqualTo(expected);
			}
			inside.remove(this);
		}

	}

	static class First extends Colliding {

		@Nested
		class Inner {

			@RepeatedTest(8)
			void nested() throws Exception {
				collide();
			}

		}

	}

	@IsolationMode(TestIsolation.TRUNCATE)
	static class Second extends Colliding {

		@Nested
		class Inner {

			@RepeatedTest(8)
			void nested() throws Exception {
				collide();
			}

		}

	}

	@SpringBootTest(classes = Application.class, properties = "pristine.isolation.slots=2")
	static class TwoSlots extends InTurn {

	}

	@SpringBootTest(classes = Application.class, properties = "pristine.isolation.slots=2")
	static class TwoSlotsToo extends InTurn {

	}

	/**
	 * While the thread of a factory waits for dynamic tests on other threads, JUnit has
	 * it run another test, which may find that factories have all slots.
	 */
	abstract static class InTurn extends Colliding {

		@Override
		@TestFactory
		@Execution(ExecutionMode.SAME_THREAD)
		Stream<DynamicTest> dynamic() {
			return super.dynamic();
		}

	}

	@SpringBootTest(classes = { Application.class, OnceConfiguration.class })
	static class OnceFirst extends InTurn {

	}

	static class OnceSecond extends OnceFirst {

	}

	@SpringBootTest(classes = { Application.class, OnceConfiguration.class })
	static class OnceWithDynamicTests {

		@TestFactory
		Stream<DynamicTest> dynamic() {
			return Stream.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OnceConfiguration {

		@Bean
		ApplicationRunner once(WordStore store) {
			return (arguments) -> store.existOnce();
		}

	}

	@WordTest
	static class WithClassData {

		@Autowired
		private WordStore store;

		@BeforeAll
		static void write(@Autowired WordStore store) {
			store.words().add("class");
		}

		@RepeatedTest(6)
		void findsWhatTheClassWrote() {
			assertThat(this.store.words()).containsExactly("class", "start");
			this.store.words().add("test");
		}

	}

	static class ClassDataWithDynamicTests extends WithClassData {

		@TestFactory
		Stream<DynamicTest> dynamic() {
			return Stream.empty();
		}

	}

	@WordTest
	@Isolated
	static class Closing {

		@Autowired
		private WordStore store;

		@DirtiesContext
		@RepeatedTest(2)
		void closes() {
			assertThat(this.store.words()).containsExactly("start");
			this.store.words().add("closing");
		}

	}

	@WordTest
	static class ClosingBesideOthers {

		@DirtiesContext
		@Test
		void closes() {
		}

	}

	@WordTest
	@Execution(ExecutionMode.SAME_THREAD)
	@ResourceLock("something")
	static class InTurns {

		@Autowired
		private WordStore store;

		@RepeatedTest(3)
		void test() {
			assertThat(this.store.words()).containsExactly("start");
			this.store.words().add("turn");
		}

	}

	@WordTest
	@Isolated
	static class Alone extends InTurns {

	}

	@WordTest
	abstract static class Pair {

		private static final Map<Class<?>, CyclicBarrier> barriers = new ConcurrentHashMap<>();

		final CyclicBarrier both = barriers.computeIfAbsent(getClass(), (key) -> new CyclicBarrier(2));

		@Autowired
		WordStore store;

		@Test
		void first() throws Exception {
			meet();
		}

		@Test
		void second() throws Exception {
			meet();
		}

		abstract void meet() throws Exception;

	}

	static class Meeting extends Pair {

		@Override
		void meet() throws Exception {
			this.store.words().add("met");
			this.both.await(20, TimeUnit.SECONDS);
			assertThat(this.store.words()).containsExactly("met", "start");
			assertThat(this.store.home()).containsExactly("start");
		}

	}

	static class WithoutOwner extends Pair {

		private static final ExecutorService pool = Executors.newSingleThreadExecutor();

		@Override
		void meet() throws Exception {
			this.both.await(20, TimeUnit.SECONDS);
			try {
				assertThat(pool.submit(() -> TestOwner.current()).get()).isNull();
				pool.submit(() -> this.store.words().add("whose")).get();
			}
			catch (ExecutionException ex) {
				throw (Exception) ex.getCause();
			}
			finally {
				this.both.await(20, TimeUnit.SECONDS);
			}
		}

	}

	@WordTest
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	static class Constructed {

		private final WordStore store;

		@Autowired
		Constructed(WordStore store) {
			this.store = store;
			store.words().add("constructor");
		}

		@BeforeAll
		void write() {
			this.store.words().add("class");
		}

		@Test
		void findsWhatTheClassWrote() {
			assertThat(this.store.words()).containsExactly("class", "start");
		}

	}

	@WordTest
	static class Late {

		private static CompletableFuture<Throwable> failure;

		private static CountDownLatch over;

		@Test
		void first(@Autowired WordStore store) {
			new Thread(() -> {
				try {
					over.await(20, TimeUnit.SECONDS);
					store.words().add("late");
				}
				catch (Throwable ex) {
					failure.complete(ex);
				}
			}, "late").start();
		}

		@Test
		void second(@Autowired WordStore store) {
			over.countDown();
			assertThat(failure).succeedsWithin(20, TimeUnit.SECONDS);
			assertThat(store.words()).containsExactly("start");
			assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> {
				throw (ResourceException) failure.join();
			});
		}

	}

}
