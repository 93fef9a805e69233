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

import java.util.Optional;

import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * {@link TestExecutionListener} of the JUnit Platform that sees what Spring does not:
 * whether tests run side by side, a test class before the constructor of an instance runs
 * that all of its tests share (what was written before belongs to nobody, what it writes
 * belongs to the class), and dynamic tests, which may run on other threads than the test
 * that made them.
 */
public final class TestPlanListener implements TestExecutionListener {

	private static final String PARALLEL = "junit.jupiter.execution.parallel.";

	private int before = 1;

	private boolean concurrentBefore;

	private boolean sharedByDefault;

	@Override
	public void testPlanExecutionStarted(TestPlan testPlan) {
		this.before = RunningPlan.parallelism();
		this.concurrentBefore = RunningPlan.isConcurrent();
		ConfigurationParameters parameters = testPlan.getConfigurationParameters();
		this.sharedByDefault = parameters.get(Lifecycle.DEFAULT_LIFECYCLE_PROPERTY_NAME)
			.map(String::trim)
			.filter(Lifecycle.PER_CLASS.name()::equalsIgnoreCase)
			.isPresent();
		RunningPlan.start(parallelism(parameters),
				parameters.get(PARALLEL + "mode.default").filter("concurrent"::equalsIgnoreCase).isPresent());
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
		RunningPlan.start(this.before, this.concurrentBefore);
	}

	@Override
	public void executionStarted(TestIdentifier identifier) {
		UniqueId id = identifier.getUniqueIdObject();
		RunningPlan.started(id, identifier.isContainer());
		switch (id.getLastSegment().getType()) {
			case "test-factory" -> RunningPlan.factoryStarted(id);
			case "dynamic-test" -> RunningPlan.dynamicTestStarted(id);
			default -> {
				if (identifier.isContainer() && identifier.getSource().orElse(null) instanceof ClassSource source
						&& (sharesInstance(source.getJavaClass()) || isInSuite(id))) {
					IsolationEngine.restoreUnused("Something between two test classes");
				}
			}
		}
	}

	@Override
	public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
		UniqueId id = identifier.getUniqueIdObject();
		RunningPlan.ended(identifier.isContainer());
		switch (id.getLastSegment().getType()) {
			case "test-factory" -> RunningPlan.factoryEnded(id);
			case "dynamic-test" -> RunningPlan.dynamicTestEnded();
			default -> {
			}
		}
	}

	// Has parameters of its own, which no listener is told
	private static boolean isInSuite(UniqueId id) {
		return id.getSegments().stream().filter((segment) -> segment.getType().equals("engine")).count() > 1;
	}

	// Elsewhere, the first test undoes what was written before
	private boolean sharesInstance(Class<?> testClass) {
		return AnnotationSupport.findAnnotation(testClass, TestInstance.class)
			.map((instance) -> instance.value() == Lifecycle.PER_CLASS)
			.orElse(this.sharedByDefault);
	}

}
