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

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import dev.pristine.TestIsolation;
import dev.pristine.IsolationMode;

/**
 * Finds the isolation of a test: the nearest {@link IsolationMode @IsolationMode}, or
 * else the one that the environment configures.
 */
class IsolationModes {

	private final TestIsolation fallback;

	private final Map<Class<?>, TestIsolation> classes = new ConcurrentHashMap<>();

	IsolationModes(TestIsolation fallback) {
		this.fallback = fallback;
	}

	/**
	 * Return the isolation of a test method.
	 * @param testClass the class that runs, which may have inherited the method
	 * @param testMethod the method
	 * @return its isolation
	 */
	TestIsolation of(Class<?> testClass, Method testMethod) {
		TestIsolation declared = find(
				MergedAnnotations.from(testMethod, SearchStrategy.TYPE_HIERARCHY).get(IsolationMode.class));
		return (declared != null) ? declared : of(testClass);
	}

	/**
	 * Return the isolation of the test methods of a class that declare none themselves.
	 * @param testClass the class
	 * @return its isolation
	 */
	TestIsolation of(Class<?> testClass) {
		return this.classes.computeIfAbsent(testClass, (key) -> {
			TestIsolation declared = declaredFor(key);
			return (declared != null) ? declared : this.fallback;
		});
	}

	/**
	 * Return the isolation of what {@code @BeforeAll} and the like write: it has to be
	 * visible to every test of the class. Only if all of them share one isolation, that
	 * is the answer; otherwise they can only meet in what is really committed.
	 * @param testClass the class
	 * @return the isolation of the class as a whole
	 */
	TestIsolation ofWhole(Class<?> testClass) {
		Set<TestIsolation> found = EnumSet.noneOf(TestIsolation.class);
		collect(testClass, found, new HashSet<>());
		return (found.size() == 1) ? found.iterator().next() : TestIsolation.TRUNCATE;
	}

	private void collect(Class<?> testClass, Set<TestIsolation> found, Set<Class<?>> visited) {
		if (!visited.add(testClass)) {
			return;
		}
		found.add(of(testClass));
		ReflectionUtils.doWithMethods(testClass, (method) -> found.add(of(testClass, method)), declaresIsolation());
		for (Class<?> type = testClass; type != null; type = type.getSuperclass()) {
			for (Class<?> nested : type.getDeclaredClasses()) {
				if (ClassUtils.isInnerClass(nested)) {
					collect(nested, found, visited);
				}
			}
		}
	}

	private ReflectionUtils.MethodFilter declaresIsolation() {
		Predicate<AnnotatedElement> present = (element) -> MergedAnnotations
			.from(element, SearchStrategy.TYPE_HIERARCHY)
			.isPresent(IsolationMode.class);
		return (method) -> !method.isBridge() && present.test(method);
	}

	private static @Nullable TestIsolation declaredFor(@Nullable Class<?> type) {
		if (type == null || type == Object.class) {
			return null;
		}
		TestIsolation declared = find(MergedAnnotations.from(type, SearchStrategy.DIRECT).get(IsolationMode.class));
		if (declared == null && ClassUtils.isInnerClass(type)) {
			declared = declaredFor(type.getEnclosingClass());
		}
		if (declared == null) {
			declared = declaredFor(type.getSuperclass());
		}
		for (Class<?> implemented : type.getInterfaces()) {
			if (declared != null) {
				break;
			}
			declared = declaredFor(implemented);
		}
		return declared;
	}

	private static @Nullable TestIsolation find(MergedAnnotation<IsolationMode> annotation) {
		return annotation.isPresent() ? annotation.getEnum(MergedAnnotation.VALUE, TestIsolation.class) : null;
	}

}
