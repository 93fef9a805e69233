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

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.commons.support.AnnotationSupport;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.util.ReflectionUtils;

import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestScope;

/**
 * Refuses tests that cannot run where others run side by side with them.
 */
final class ParallelTests {

	private static final Map<Class<?>, Boolean> closing = new ConcurrentHashMap<>();

	private ParallelTests() {
	}

	/**
	 * Check a test of a run in which tests run side by side.
	 * @param testClass the class that runs
	 * @param testMethod the method
	 * @param alone whether the test has a slot of its own
	 * @throws ResourceException if the test cannot run so
	 */
	static void check(Class<?> testClass, Method testMethod, boolean alone) {
		if (closing.computeIfAbsent(testClass,
				(key) -> isDirtying(key) && !TestContextAnnotationUtils.hasAnnotation(key, Isolated.class))) {
			throw new ResourceException(
					testClass.getName() + " has @DirtiesContext, which closes the application context while tests "
							+ "that run side by side with it use the same one.",
					"Put JUnit's @Isolated on the outermost class, so that it runs alone.");
		}
		if (!alone && AnnotationSupport.isAnnotated(testMethod, TestFactory.class)
				&& isConcurrent(testClass, testMethod)) {
			throw new ResourceException(
					testClass.getName() + "." + testMethod.getName()
							+ " makes dynamic tests that run side by side. While it "
							+ "waits for them, JUnit gives its thread other tests, which would wait for it: they take "
							+ "turns on one slot.",
					"Put @Execution(SAME_THREAD) on the method. Or have them take no turns: write in @BeforeEach instead "
							+ "of @BeforeAll, or do what the log says of why they do.");
		}
	}

	/**
	 * Check that a test or nested class does not wait for what its own thread has to end.
	 * @param test its scope
	 * @param own the scope of the class that it is a part of
	 * @param waiting the scopes of the classes for whose rest the thread waits
	 * @throws ResourceException if it does
	 */
	static void checkOrder(TestScope test, OpenScope own, List<OpenScope> waiting) {
		if (waiting.stream().anyMatch((scope) -> scope.isInside(own))) {
			throw new ResourceException(
					test.name() + " cannot start yet: JUnit gave it to a thread that waits for the rest of a nested "
							+ "class beside it, whose @BeforeAll wrote something. The two take turns.",
					"Put @Execution(SAME_THREAD) on the outermost class: its tests share one slot anyway.");
		}
	}

	private static boolean isConcurrent(Class<?> testClass, Method testMethod) {
		Execution declared = AnnotatedElementUtils.findMergedAnnotation(testMethod, Execution.class);
		if (declared == null) {
			declared = TestContextAnnotationUtils.findMergedAnnotation(testClass, Execution.class);
		}
		return (declared != null) ? declared.value() == ExecutionMode.CONCURRENT : RunningPlan.isConcurrent();
	}

	private static boolean isDirtying(Class<?> testClass) {
		return TestContextAnnotationUtils.hasAnnotation(testClass, DirtiesContext.class)
				|| Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(testClass))
					.anyMatch((method) -> AnnotatedElementUtils.hasAnnotation(method, DirtiesContext.class));
	}

}
