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
import java.util.function.Function;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContextAnnotationUtils;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.resource.Notice;
import dev.pristine.resource.ResourceException;

/**
 * Finds the isolation of a test: the nearest {@link IsolationMode @IsolationMode}, or
 * else the one that the environment configures, or else the first one that the resources
 * can give.
 */
class IsolationModes {

	private static final Log logger = LogFactory.getLog(IsolationModes.class);

	private final Function<TestIsolation, @Nullable String> refusal;

	private final @Nullable TestIsolation configured;

	private final TestIsolation fallback;

	/**
	 * Create a finder.
	 * @param configured the isolation that the environment configures, or {@code null}
	 * @param refusal tells why an isolation cannot be had, or returns {@code null}
	 */
	IsolationModes(@Nullable TestIsolation configured, Function<TestIsolation, @Nullable String> refusal) {
		this.refusal = refusal;
		this.configured = configured;
		this.fallback = (configured != null) ? configured : fallback(refusal);
	}

	private static TestIsolation fallback(Function<TestIsolation, @Nullable String> refusal) {
		String reason = refusal.apply(TestIsolation.TRUNCATE);
		if (reason == null || refusal.apply(TestIsolation.TRANSACTION) != null) {
			return TestIsolation.TRUNCATE;
		}
		Notice.once(logger::info, "Tests without @IsolationMode use TRANSACTION rather than TRUNCATE: " + reason);
		return TestIsolation.TRANSACTION;
	}

	/**
	 * Return the isolation of a test method.
	 * @param testClass the class that runs, which may have inherited the method
	 * @param testMethod the method
	 * @return its isolation
	 * @throws ResourceException if it is one that cannot be had
	 */
	TestIsolation of(Class<?> testClass, Method testMethod) {
		TestIsolation isolation = declared(testClass, testMethod);
		if (isolation == null) {
			isolation = this.configured;
		}
		return (isolation != null) ? checked(isolation, testClass.getName() + "." + testMethod.getName())
				: this.fallback;
	}

	private TestIsolation checked(TestIsolation isolation, String name) {
		String reason = this.refusal.apply(isolation);
		if (reason != null) {
			throw new ResourceException(
					name + " asks for the isolation " + isolation + ", which cannot be had here: " + reason,
					"Do what it says, or choose another isolation with @IsolationMode or 'pristine.isolation.mode'.");
		}
		return isolation;
	}

	/**
	 * Return the isolation of what {@code @BeforeAll} and the like write: really
	 * committed, so that every test of the class sees it, unless that could not be
	 * undone.
	 * @param testClass the class
	 * @return the isolation of the class as a whole
	 */
	TestIsolation ofWhole(Class<?> testClass) {
		if (isNone(testClass)) {
			return TestIsolation.NONE;
		}
		return Stream.of(TestIsolation.TRUNCATE, TestIsolation.SCHEMA, TestIsolation.TRANSACTION)
			.filter((isolation) -> this.refusal.apply(isolation) == null)
			.findFirst()
			.orElse(TestIsolation.TRUNCATE);
	}

	/**
	 * Return whether the class as a whole is not isolated. Tests in it may be.
	 * @param testClass the class
	 * @return whether nothing is undone that no test of its made
	 */
	boolean isNone(Class<?> testClass) {
		TestIsolation declared = declared(testClass);
		return ((declared != null) ? declared : this.fallback) == TestIsolation.NONE;
	}

	@Nullable TestIsolation declared(Class<?> testClass, Method testMethod) {
		IsolationMode declared = AnnotatedElementUtils.findMergedAnnotation(testMethod, IsolationMode.class);
		return (declared != null) ? declared.value() : declared(testClass);
	}

	@Nullable TestIsolation declared(Class<?> testClass) {
		IsolationMode declared = TestContextAnnotationUtils.findMergedAnnotation(testClass, IsolationMode.class);
		return (declared != null) ? declared.value() : null;
	}

}
