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
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.UniqueId;

import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;

/**
 * What the {@link TestPlanListener} has seen of JUnit's run. Static, as there is one run
 * in a JVM.
 */
final class RunningPlan {

	private static volatile int parallelism = 1;

	/**
	 * The classes whose containers have started on this thread, the last one first.
	 */
	private static final ThreadLocal<Deque<Class<?>>> containers = ThreadLocal.withInitial(ArrayDeque::new);

	/**
	 * The factories of dynamic tests that this thread works on, the last one first.
	 */
	private static final ThreadLocal<Deque<UniqueId>> open = ThreadLocal.withInitial(ArrayDeque::new);

	private static final Map<UniqueId, Factory> factories = new ConcurrentHashMap<>();

	private static final ThreadLocal<@Nullable Work> dynamic = new ThreadLocal<>();

	private static final ThreadLocal<@Nullable Factory> started = new ThreadLocal<>();

	private RunningPlan() {
	}

	/**
	 * Return how many tests run side by side.
	 * @return the number; 1 if tests run one after the other, or if nobody has told
	 */
	static int parallelism() {
		return parallelism;
	}

	static void parallelism(int number) {
		parallelism = number;
	}

	/**
	 * Return the classes for whose rest this thread waits.
	 * @return the classes, the last one first
	 */
	static Collection<Class<?>> containers() {
		return containers.get();
	}

	static void containerStarted(Class<?> testClass) {
		containers.get().push(testClass);
	}

	static void containerEnded() {
		containers.get().pollFirst();
	}

	static void factoryStarted(UniqueId id) {
		open.get().push(id);
	}

	static void factoryEnded(UniqueId id) {
		open.get().pollFirst();
		factories.remove(id);
	}

	static void dynamicContainerStarted(UniqueId id) {
		open.get().push(find(id).map(Map.Entry::getKey).orElse(id));
	}

	static void dynamicContainerEnded() {
		open.get().pollFirst();
	}

	/**
	 * Take note of the test that this thread has started.
	 * @param owner the test
	 */
	static void testStarted(TestOwner owner) {
		UniqueId id = open.get().peek();
		if (id != null) {
			factories.putIfAbsent(id, new Factory(owner, new Semaphore(Factory.ALL, true)));
		}
	}

	/**
	 * Return the factory for whose dynamic tests this thread waits.
	 * @return the factory, or {@code null} if there is none
	 */
	static @Nullable Factory factory() {
		return open.get().stream().map(factories::get).filter(Objects::nonNull).findFirst().orElse(null);
	}

	/**
	 * Have this thread work for the test that made a dynamic one.
	 * @param id the dynamic test
	 */
	static void dynamicTestStarted(UniqueId id) {
		find(id).ifPresent((entry) -> {
			Factory factory = entry.getValue();
			factory.inside().acquireUninterruptibly();
			started.set(factory);
			dynamic.set(factory.owner().run());
		});
	}

	static void dynamicTestEnded() {
		Work work = dynamic.get();
		Factory factory = started.get();
		dynamic.remove();
		started.remove();
		if (work != null && factory != null) {
			work.close();
			factory.inside().release();
		}
	}

	private static Optional<Map.Entry<UniqueId, Factory>> find(UniqueId id) {
		return factories.entrySet().stream().filter((entry) -> id.hasPrefix(entry.getKey())).findFirst();
	}

	/**
	 * A test that has made dynamic ones.
	 *
	 * @param owner the test
	 * @param inside held by each of its dynamic tests, and as a whole by somebody else
	 * who needs the slot in between
	 */
	record Factory(TestOwner owner, Semaphore inside) {

		static final int ALL = 1 << 20;

	}

}
