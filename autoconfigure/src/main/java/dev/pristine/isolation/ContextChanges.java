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

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.util.ReflectionUtils;

import dev.pristine.resource.ResourceException;

/**
 * Refuses test classes that would close their application context while others use it.
 */
final class ContextChanges {

	private static final Map<Class<?>, Boolean> checked = new ConcurrentHashMap<>();

	private ContextChanges() {
	}

	/**
	 * Check a class of a run in which tests run side by side.
	 * @param testClass the class
	 * @throws ResourceException if it closes its context and does not run alone
	 */
	static void check(Class<?> testClass) {
		if (checked.computeIfAbsent(testClass, (key) -> isDirtying(key) && !isIsolated(key))) {
			throw new ResourceException(
					testClass.getName() + " has @DirtiesContext, which closes the application context while tests "
							+ "that run side by side with it use the same one.",
					"Put JUnit's @Isolated on the outermost class, so that it runs alone.");
		}
	}

	private static boolean isDirtying(Class<?> testClass) {
		return MergedAnnotations.from(testClass, SearchStrategy.TYPE_HIERARCHY).isPresent(DirtiesContext.class)
				|| Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(testClass))
					.anyMatch((method) -> MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
						.isPresent(DirtiesContext.class));
	}

	private static boolean isIsolated(@Nullable Class<?> testClass) {
		return testClass != null
				&& (MergedAnnotations.from(testClass, SearchStrategy.TYPE_HIERARCHY).isPresent(Isolated.class)
						|| isIsolated(testClass.getEnclosingClass()));
	}

}
