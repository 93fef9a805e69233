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

package dev.pristine.destination;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.BootstrapUtils;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListeners;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.resource.Notice;

/**
 * Tells which test classes have lost the listener that isolates them, because they bring
 * listeners of their own.
 */
final class ReplacedListeners {

	private static final Log logger = LogFactory.getLog(ReplacedListeners.class);

	private static final String LISTENER = "dev.pristine.isolation.IsolationTestExecutionListener";

	private ReplacedListeners() {
	}

	static void warn(Class<?> testClass) {
		// To ask for the listeners makes them, which takes half a millisecond
		if (TestContextAnnotationUtils.hasAnnotation(testClass, TestExecutionListeners.class) && !isIsolated(testClass)
				&& !isMeant(testClass)) {
			Notice.once(logger::warn,
					"%s replaces the listeners of its tests, and so the one that isolates them: what they write stays. Add 'mergeMode = MergeMode.MERGE_WITH_DEFAULTS' to its @TestExecutionListeners, or '@IsolationMode(TestIsolation.NONE)' to the class if that is meant"
						.formatted(testClass.getName()));
		}
	}

	private static boolean isIsolated(Class<?> testClass) {
		return BootstrapUtils.resolveTestContextBootstrapper(testClass)
			.getTestExecutionListeners()
			.stream()
			.anyMatch((listener) -> listener.getClass().getName().equals(LISTENER));
	}

	private static boolean isMeant(Class<?> testClass) {
		IsolationMode mode = AnnotatedElementUtils.findMergedAnnotation(testClass, IsolationMode.class);
		return mode != null && mode.value() == TestIsolation.NONE;
	}

}
