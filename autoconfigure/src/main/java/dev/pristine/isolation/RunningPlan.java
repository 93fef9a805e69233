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
import java.util.concurrent.ConcurrentHashMap;

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

	private static volatile boolean concurrent;

	/**
	 * What has started on this thread, the last one first.
	 */
	private static final ThreadLocal<Deque<UniqueId>> started = ThreadLocal.withInitial(ArrayDeque::new);

	/**
	 * The containers among them.
	 */
	private static final ThreadLocal<Deque<UniqueId>> containers = ThreadLocal.withInitial(ArrayDeque::new);

	/**
	 * The factories of dynamic tests that this thread works on, the last one first.
	 */
	private static final ThreadLocal<Deque<UniqueId>> open = ThreadLocal.withInitial(ArrayDeque::new);

	private static final Map<UniqueId, TestOwner> factories = new ConcurrentHashMap<>();

	private static final ThreadLocal<@Nullable Work> dynamic = new ThreadLocal<>();

	private RunningPlan() {
	}

	/**
	 * Return how many tests run side by side.
	 * @return the number; 1 if tests run one after the other, or if nobody has told
	 */
	static int parallelism() {
		return parallelism;
	}

	/**
	 * Return whether tests run side by side unless they say otherwise.
	 * @return whether that is JUnit's default mode
	 */
	static boolean isConcurrent() {
		return concurrent;
	}

	static void start(int number, boolean concurrentByDefault) {
		parallelism = number;
		concurrent = concurrentByDefault;
	}

	/**
	 * Return what this thread works on.
	 * @return the id of a test or container, or {@code null} if nobody has told
	 */
	static @Nullable UniqueId current() {
		return started.get().peek();
	}

	/**
	 * Return the containers for whose rest this thread waits.
	 * @return their ids, the last one first
	 */
	static Collection<UniqueId> containers() {
		return containers.get();
	}

	static void started(UniqueId id, boolean container) {
		started.get().push(id);
		if (container) {
			containers.get().push(id);
		}
	}

	static void ended(boolean container) {
		started.get().pollFirst();
		if (container) {
			containers.get().pollFirst();
		}
	}

	static void factoryStarted(UniqueId id) {
		open.get().push(id);
	}

	static void factoryEnded(UniqueId id) {
		open.get().pollFirst();
		factories.remove(id);
	}

	/**
	 * Take note of the test that this thread has started.
	 * @param owner the test
	 */
	static void testStarted(TestOwner owner) {
		UniqueId id = open.get().peek();
		if (id != null) {
			factories.putIfAbsent(id, owner);
		}
	}

	/**
	 * Have this thread work for the test that made a dynamic one.
	 * @param id the dynamic test
	 */
	static void dynamicTestStarted(UniqueId id) {
		factories.forEach((factory, owner) -> {
			if (id.hasPrefix(factory)) {
				dynamic.set(owner.run());
			}
		});
	}

	static void dynamicTestEnded() {
		Work work = dynamic.get();
		dynamic.remove();
		if (work != null) {
			work.close();
		}
	}

}
