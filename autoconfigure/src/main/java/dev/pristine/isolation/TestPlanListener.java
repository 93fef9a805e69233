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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;

/**
 * {@link TestExecutionListener} of the JUnit Platform that sees what Spring does not:
 * whether tests run side by side, a test class before its constructor runs (what was
 * written before belongs to nobody, what the constructor of a shared instance writes
 * belongs to the class), and dynamic tests, which may run on other threads than the test
 * that made them.
 */
public final class TestPlanListener implements TestExecutionListener {

	private static final String PARALLEL = "junit.jupiter.execution.parallel.";

	private static volatile int parallelism = 1;

	/**
	 * The factory of dynamic tests that has started on this thread.
	 */
	private static final ThreadLocal<@Nullable UniqueId> factory = new ThreadLocal<>();

	private static final Map<UniqueId, TestOwner> factories = new ConcurrentHashMap<>();

	private static final ThreadLocal<@Nullable Work> dynamic = new ThreadLocal<>();

	/**
	 * The classes whose containers have started on this thread, the last one first.
	 */
	private static final ThreadLocal<Deque<Class<?>>> containers = ThreadLocal.withInitial(ArrayDeque::new);

	private int before = 1;

	private @Nullable TestPlan plan;

	/**
	 * Return how many tests run side by side.
	 * @return the number; 1 if tests run one after the other, or if nobody has told
	 */
	static int parallelism() {
		return parallelism;
	}

	@Override
	public void testPlanExecutionStarted(TestPlan testPlan) {
		this.plan = testPlan;
		this.before = parallelism;
		parallelism = parallelism(testPlan.getConfigurationParameters());
	}

	private static int parallelism(ConfigurationParameters parameters) {
		if (!parameters.getBoolean(PARALLEL + "enabled").orElse(false)) {
			return 1;
		}
		Optional<String> fixed = parameters.get(PARALLEL + "config.strategy")
			.filter("fixed"::equalsIgnoreCase)
			.flatMap((strategy) -> parameters.get(PARALLEL + "config.fixed.parallelism"));
		double factor = parameters.get(PARALLEL + "config.dynamic.factor").map(Double::parseDouble).orElse(1.0);
		return Math.max(2,
				fixed.map(Integer::parseInt).orElse((int) (Runtime.getRuntime().availableProcessors() * factor)));
	}

	@Override
	public void testPlanExecutionFinished(TestPlan testPlan) {
		parallelism = this.before;
	}

	/**
	 * Return the classes for whose rest this thread waits.
	 * @return the classes, the last one first
	 */
	static Collection<Class<?>> containers() {
		return containers.get();
	}

	/**
	 * Take note of the test that this thread has started.
	 * @param owner the test
	 */
	static void started(TestOwner owner) {
		UniqueId id = factory.get();
		if (id != null) {
			factories.put(id, owner);
		}
	}

	@Override
	public void executionStarted(TestIdentifier identifier) {
		UniqueId id = identifier.getUniqueIdObject();
		if (identifier.isContainer()) {
			containers.get().push(testClass(identifier));
		}
		switch (id.getLastSegment().getType()) {
			case "test-factory" -> factory.set(id);
			case "dynamic-test" -> owner(id).ifPresent((owner) -> dynamic.set(owner.run()));
			default -> {
				if (identifier.isContainer() && identifier.getSource().orElse(null) instanceof ClassSource) {
					IsolationEngine.restoreUnused("Something between two test classes");
				}
			}
		}
	}

	@Override
	public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
		UniqueId id = identifier.getUniqueIdObject();
		if (identifier.isContainer()) {
			containers.get().pollFirst();
		}
		Work work = dynamic.get();
		switch (id.getLastSegment().getType()) {
			case "test-factory" -> {
				factory.remove();
				factories.remove(id);
			}
			case "dynamic-test" -> {
				dynamic.remove();
				if (work != null) {
					work.close();
				}
			}
			default -> {
			}
		}
	}

	private Class<?> testClass(TestIdentifier identifier) {
		TestIdentifier each = identifier;
		while (each != null) {
			if (each.getSource().orElse(null) instanceof ClassSource source) {
				return source.getJavaClass();
			}
			each = (this.plan != null) ? this.plan.getParent(each).orElse(null) : null;
		}
		return Object.class;
	}

	private static Optional<TestOwner> owner(UniqueId id) {
		return factories.entrySet()
			.stream()
			.filter((entry) -> id.hasPrefix(entry.getKey()))
			.map(Map.Entry::getValue)
			.findFirst();
	}

}
