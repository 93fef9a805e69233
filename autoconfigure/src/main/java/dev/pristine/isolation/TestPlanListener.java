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

import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * {@link TestExecutionListener} of the JUnit Platform that sees what Spring does not:
 * whether tests run side by side, and what runs on which thread.
 */
public final class TestPlanListener implements TestExecutionListener {

	private static final String JUPITER = "junit.jupiter.execution.parallel.";

	private static final String CUCUMBER = "cucumber.execution.parallel.";

	private int before = 1;

	private boolean concurrentBefore;

	@Override
	public void testPlanExecutionStarted(TestPlan testPlan) {
		this.before = RunningPlan.parallelism();
		this.concurrentBefore = RunningPlan.isConcurrent();
		ConfigurationParameters parameters = testPlan.getConfigurationParameters();
		RunningPlan.start(Math.max(parallelism(parameters, JUPITER), parallelism(parameters, CUCUMBER)),
				parameters.get(JUPITER + "mode.default").filter("concurrent"::equalsIgnoreCase).isPresent());
	}

	private static int parallelism(ConfigurationParameters parameters, String parallel) {
		if (!parameters.getBoolean(parallel + "enabled").orElse(false)) {
			return 1;
		}
		Optional<String> fixed = parameters.get(parallel + "config.strategy")
			.filter("fixed"::equalsIgnoreCase)
			.flatMap((strategy) -> parameters.get(parallel + "config.fixed.parallelism"));
		double factor = parameters.get(parallel + "config.dynamic.factor").map(Double::parseDouble).orElse(1.0);
		return Math.max(2,
				fixed.map(Integer::parseInt).orElse((int) (Runtime.getRuntime().availableProcessors() * factor)));
	}

	@Override
	public void testPlanExecutionFinished(TestPlan testPlan) {
		RunningPlan.start(this.before, this.concurrentBefore);
		RunningPlan.endings().forEach(Runnable::run);
	}

	@Override
	public void executionStarted(TestIdentifier identifier) {
		UniqueId id = identifier.getUniqueIdObject();
		if (!isOfJupiter(id)) {
			return;
		}
		RunningPlan.started(id, identifier.isContainer());
		if (ClassRun.isInvocation(id)) {
			IsolationTestExecutionListener.invocationStarted(id);
		}
	}

	@Override
	public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
		UniqueId id = identifier.getUniqueIdObject();
		if (!isOfJupiter(id)) {
			return;
		}
		if (ClassRun.isInvocation(id)) {
			IsolationTestExecutionListener.invocationEnded(id);
		}
		RunningPlan.ended(id);
	}

	// Others, such as those of TestNG and Kotest, tell after Spring's first callbacks,
	// or on other threads
	private static boolean isOfJupiter(UniqueId id) {
		return id.getSegments()
			.stream()
			.anyMatch((segment) -> segment.getType().equals("engine") && segment.getValue().equals("junit-jupiter"));
	}

}
