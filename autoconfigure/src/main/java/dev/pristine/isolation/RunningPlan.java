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
import java.util.List;
import java.util.Map;
import java.util.Set;
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
	private static final ThreadLocal<Deque<Started>> started = ThreadLocal.withInitial(ArrayDeque::new);

	/**
	 * The tests that make others, which may run on other threads.
	 */
	private static final Map<UniqueId, TestOwner> factories = new ConcurrentHashMap<>();

	private static final Set<Runnable> endings = ConcurrentHashMap.newKeySet();

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
	 * Return what is to be done when all tests have run.
	 * @return the actions, to add and remove some
	 */
	static Set<Runnable> endings() {
		return endings;
	}

	/**
	 * Return what this thread works on.
	 * @return the id of a test or container, or {@code null} if nobody has told
	 */
	static @Nullable UniqueId current() {
		Started last = started.get().peek();
		return (last != null) ? last.id() : null;
	}

	/**
	 * Return the containers for whose rest this thread waits.
	 * @return their ids, the last one first
	 */
	static List<UniqueId> containers() {
		return started.get().stream().filter(Started::container).map(Started::id).toList();
	}

	/**
	 * Take note of a test or container that starts on this thread. A dynamic one works
	 * for the test that made it.
	 * @param id its id
	 * @param container whether it is a container
	 */
	static void started(UniqueId id, boolean container) {
		Work work = factories.entrySet()
			.stream()
			.filter((factory) -> id.hasPrefix(factory.getKey()))
			.map((factory) -> factory.getValue().run())
			.findFirst()
			.orElse(null);
		started.get().push(new Started(id, container, work));
	}

	static void ended(UniqueId id) {
		factories.remove(id);
		Started ended = started.get().pollFirst();
		if (ended != null && ended.work() != null) {
			ended.work().close();
		}
	}

	/**
	 * Take note of the test that this thread has started.
	 * @param owner the test
	 */
	static void testStarted(TestOwner owner) {
		UniqueId id = current();
		if (id != null && id.getLastSegment().getType().equals("test-factory")) {
			factories.put(id, owner);
		}
	}

	private record Started(UniqueId id, boolean container, @Nullable Work work) {

	}

}
