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

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.ownership.TestOwner;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;

/**
 * The classes and tests that run on an application context now, and so the answer to
 * whose work a thread does.
 */
class RunningTests implements CurrentSlot {

	private static final Log logger = LogFactory.getLog(RunningTests.class);

	/**
	 * What calls those who listen to Redis. Its connection is the application's, from
	 * start to end. Other brokers serve all slots, so that whose a message is stays open.
	 */
	private static final Pattern REDIS_LISTENER = Pattern.compile(
			"org\\.springframework\\.data\\.redis\\.(listener\\.RedisMessageListenerContainer|stream\\.StreamPollTask).*");

	private final Set<TestOwner> running = ConcurrentHashMap.newKeySet();

	private final Set<String> refused = ConcurrentHashMap.newKeySet();

	private volatile boolean sideBySide;

	private volatile Runnable arrival = () -> {
	};

	/**
	 * Have a class that has been waiting for its application context take a slot.
	 * @param arrival called by a thread that works for nobody
	 */
	void whenNobodyIsKnown(Runnable arrival) {
		this.arrival = arrival;
	}

	TestOwner start(String name, int slot) {
		TestOwner owner = TestOwner.start(name, this, slot);
		this.running.add(owner);
		if (slot != 0) {
			this.sideBySide = true;
		}
		return owner;
	}

	void end(TestOwner owner) {
		owner.end();
		this.running.remove(owner);
	}

	@Override
	public int number() {
		TestOwner owner = TestOwner.current();
		if (owner == null) {
			this.arrival.run();
			owner = TestOwner.current();
		}
		if (owner == null || !owner.isOf(this)) {
			if (owner != null && !owner.isEnded() && this.sideBySide) {
				throw refusal(owner,
						"The thread '%s' works for %s, a test of another application context: what it does here would reach other tests."
							.formatted(Thread.currentThread().getName(), owner),
						"Use beans of the test's own application context. If something static leads from one to the other, "
								+ "as Quartz does by the name of its scheduler, give each its own: "
								+ "'spring.quartz.scheduler-name=${random.uuid}'.");
			}
			return ofTheOnlyOne();
		}
		if (owner.isEnded()) {
			throw refusal(owner,
					"The thread '%s' still works for %s, which is over: what it writes now would reach another test."
						.formatted(Thread.currentThread().getName(), owner),
					"Have the test wait for the end of what it has started. What serves all tests has to start with the application.");
		}
		return owner.slot();
	}

	private int ofTheOnlyOne() {
		Set<TestOwner> candidates = Set.copyOf(this.running);
		List<Integer> slots = candidates.stream().map(TestOwner::slot).distinct().toList();
		if (!slots.isEmpty() && slots.get(0) != 0 && isRedisListener()) {
			return 0;
		}
		if (slots.size() > 1) {
			throw refusal(null, "Nobody knows for which test the thread '%s' works, as several are running: %s"
				.formatted(Thread.currentThread().getName(),
						candidates.stream().map(TestOwner::toString).collect(Collectors.toCollection(TreeSet::new))),
					"Hand the owner over: Runnable task = TestOwner.wrap(...), or send header(TestOwnerHeader.NAME, TestOwnerHeader.value()). "
							+ "Or let these tests take turns, with @Execution(SAME_THREAD) or @ResourceLock.");
		}
		return slots.isEmpty() ? 0 : slots.get(0);
	}

	// In the log as well: what called may swallow it
	private ResourceException refusal(@Nullable TestOwner owner, String problem, String action) {
		ResourceException refusal = new ResourceException(problem, action);
		if (this.refused.add((owner != null) ? owner.toString() : Thread.currentThread().getName())) {
			logger.warn(refusal.getMessage());
		}
		return refusal;
	}

	private static boolean isRedisListener() {
		return StackWalker.getInstance()
			.walk((frames) -> frames.anyMatch((frame) -> REDIS_LISTENER.matcher(frame.getClassName()).matches()));
	}

}
