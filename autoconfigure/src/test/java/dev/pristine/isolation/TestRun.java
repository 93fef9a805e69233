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

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Test classes that JUnit has run, in the given order and their methods in the order of
 * their names.
 */
final class TestRun {

	private final EngineExecutionResults results;

	TestRun(Class<?>... testClasses) {
		this(Map.of(), testClasses);
	}

	TestRun(Map<String, String> parameters, Class<?>... testClasses) {
		EngineTestKit.Builder builder = EngineTestKit.engine("junit-jupiter")
			.configurationParameter("junit.jupiter.testmethod.order.default",
					"org.junit.jupiter.api.MethodOrderer$MethodName")
			.configurationParameter("junit.jupiter.testclass.order.default",
					"org.junit.jupiter.api.ClassOrderer$OrderAnnotation")
			.configurationParameters(parameters);
		for (Class<?> testClass : testClasses) {
			builder.selectors(DiscoverySelectors.selectClass(testClass));
		}
		this.results = builder.execute();
	}

	/**
	 * Assert that all went well.
	 * @param tests the expected number of tests
	 */
	void succeeds(int tests) {
		assertThat(failures(this.results.allEvents())).isEmpty();
		assertThat(this.results.testEvents().succeeded().count()).isEqualTo(tests);
	}

	/**
	 * Assert that each test failed, and nothing else.
	 * @param messages what the failures say
	 */
	void fails(String... messages) {
		assertThat(this.results.testEvents().succeeded().count()).isZero();
		assertThat(failures(this.results.containerEvents())).isEmpty();
		assertThat(failures()).isNotEmpty().allSatisfy((failure) -> assertThat(failure).contains(messages));
	}

	/**
	 * Assert that a class as a whole failed.
	 * @param messages what the failure says
	 */
	void failsInContainer(String... messages) {
		assertThat(failures()).isEmpty();
		assertThat(failures(this.results.containerEvents())).singleElement()
			.satisfies((failure) -> assertThat(failure).contains(messages));
	}

	List<String> failures() {
		return failures(this.results.testEvents());
	}

	private static List<String> failures(Events events) {
		return events.failed()
			.stream()
			.map((event) -> event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow())
			.map(TestRun::describe)
			.toList();
	}

	private static String describe(Throwable failure) {
		StringWriter description = new StringWriter();
		failure.printStackTrace(new PrintWriter(description, true));
		return description.toString();
	}

}
