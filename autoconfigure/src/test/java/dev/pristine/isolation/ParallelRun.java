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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Test classes that JUnit has run side by side, as a build does it: with its launcher and
 * all listeners.
 */
public final class ParallelRun {

	private static final String PARALLEL = "junit.jupiter.execution.parallel.";

	private final TestExecutionSummary summary;

	public ParallelRun(int threads, Map<String, String> parameters, Class<?>... testClasses) {
		LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
			.configurationParameter(PARALLEL + "enabled", "true")
			.configurationParameter(PARALLEL + "mode.default", "concurrent")
			.configurationParameter(PARALLEL + "config.strategy", "fixed")
			.configurationParameter(PARALLEL + "config.fixed.parallelism", Integer.toString(threads))
			.configurationParameters(parameters);
		for (Class<?> testClass : testClasses) {
			request.selectors(DiscoverySelectors.selectClass(testClass));
		}
		SummaryGeneratingListener listener = new SummaryGeneratingListener();
		LauncherFactory.create().execute(request.build(), listener);
		this.summary = listener.getSummary();
	}

	/**
	 * Assert that all went well.
	 * @param tests the expected number of tests
	 */
	public void succeeds(long tests) {
		assertThat(failures()).isEmpty();
		assertThat(this.summary.getTestsSucceededCount()).isEqualTo(tests);
	}

	public List<String> failures() {
		return this.summary.getFailures().stream().map((failure) -> {
			StringWriter description = new StringWriter();
			failure.getException().printStackTrace(new PrintWriter(description, true));
			return failure.getTestIdentifier().getDisplayName() + ": " + description;
		}).toList();
	}

}
