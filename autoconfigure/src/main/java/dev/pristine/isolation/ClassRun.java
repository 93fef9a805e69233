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
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.UniqueId;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * One run of a test class. A nested class runs once for each class that has inherited it,
 * perhaps at the same time. Inside of the run of a parameterized class, there is one for
 * each invocation that may write something before its tests.
 *
 * @param testClass the class
 * @param id the id of the run, from JUnit, or {@code null} if nobody has told it
 */
record ClassRun(Class<?> testClass, @Nullable UniqueId id) {

	private static final String BEFORE_INVOCATION = "org.junit.jupiter.params.BeforeParameterizedClassInvocation";

	private static final Map<Class<?>, Boolean> writers = new ConcurrentHashMap<>();

	/**
	 * Return the run of a class that this thread works in.
	 * @param testClass the class
	 * @return its run
	 */
	static ClassRun current(Class<?> testClass) {
		UniqueId id = RunningPlan.current();
		UniqueId run = (id != null) ? classOf(id, testClass) : null;
		return new ClassRun(testClass, (run != null && isNamed(run, testClass)) ? run : null);
	}

	/**
	 * Return an invocation of this parameterized class.
	 * @param invocation its id, from JUnit
	 * @return its run, or {@code null} if it has none of its own
	 */
	@Nullable ClassRun invocation(UniqueId invocation) {
		return (Objects.equals(this.id, invocation.removeLastSegment()) && isInvocation(invocation, this.testClass))
				? new ClassRun(this.testClass, invocation) : null;
	}

	/**
	 * Return whether a nested class, or an invocation, runs as a part of this run.
	 * @param part the run of a class
	 * @return whether this is the run around it
	 */
	boolean encloses(ClassRun part) {
		if (part.id != null && isInvocation(part.id, part.testClass)) {
			return Objects.equals(this.id, part.id.removeLastSegment());
		}
		return ClassUtils.isInnerClass(part.testClass)
				&& part.testClass.getEnclosingClass().isAssignableFrom(this.testClass)
				&& (this.id == null || part.id == null
						|| Objects.equals(this.id, classOf(part.id.removeLastSegment(), this.testClass)));
	}

	/**
	 * Return whether a container is a part of this run, but not of a class inside.
	 * @param container the id of the container, from JUnit
	 * @return whether it is
	 */
	boolean contains(UniqueId container) {
		return this.id != null && Objects.equals(this.id, classOf(container, this.testClass));
	}

	/**
	 * Return whether something is an invocation of a parameterized class.
	 * @param id its id, from JUnit
	 * @return whether it is, with a run of its own or not
	 */
	static boolean isInvocation(UniqueId id) {
		return id.getLastSegment().getType().equals("class-template-invocation");
	}

	/**
	 * Return whether another run is this one or inside of it.
	 * @param other the run of a class
	 * @return whether it is
	 */
	boolean isAround(ClassRun other) {
		return this.id != null && other.id != null && other.id.hasPrefix(this.id);
	}

	/**
	 * Return the id of the class run that something belongs to.
	 * @param id the id of a test or container
	 * @param testClass the class
	 * @return the id of the run, or {@code null} if there is none around it
	 */
	private static @Nullable UniqueId classOf(UniqueId id, Class<?> testClass) {
		String type = id.getLastSegment().getType();
		if (type.endsWith("class") || type.endsWith("class-template") || isInvocation(id, testClass)) {
			return id;
		}
		return (id.getSegments().size() > 1) ? classOf(id.removeLastSegment(), testClass) : null;
	}

	// Others need none of their own: nothing comes between the class and its tests
	private static boolean isInvocation(UniqueId id, Class<?> testClass) {
		return isInvocation(id) && writers.computeIfAbsent(testClass,
				(key) -> Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(key))
					.anyMatch((method) -> AnnotatedElementUtils.isAnnotated(method, BEFORE_INVOCATION)));
	}

	// Whoever runs classes in another way than JUnit may do so inside of a test
	private static boolean isNamed(UniqueId run, Class<?> testClass) {
		UniqueId named = isInvocation(run, testClass) ? run.removeLastSegment() : run;
		String name = named.getLastSegment().getValue();
		return name.equals(testClass.getName()) || name.equals(testClass.getSimpleName());
	}

}
