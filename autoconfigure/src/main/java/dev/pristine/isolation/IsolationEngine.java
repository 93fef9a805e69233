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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.ClassUtils;

import dev.pristine.TestIsolation;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestResource;

/**
 * The isolation of one application context: its resources, the slot over them and the
 * classes that hold it.
 */
class IsolationEngine implements DisposableBean {

	/**
	 * The test class of this thread that wants to be told as soon as its application
	 * context is there: a {@code @BeforeAll} method with injected parameters writes right
	 * after that.
	 */
	private static final ThreadLocal<@Nullable Consumer<IsolationEngine>> awaiting = new ThreadLocal<>();

	private final List<TestResource> resources;

	private final IsolationModes modes;

	private final Turn turn;

	private final Map<Class<?>, ClassScope> open = new ConcurrentHashMap<>();

	private @Nullable Slot slot;

	private boolean captured;

	IsolationEngine(List<TestResource> resources, IsolationProperties properties) {
		this.resources = resources;
		this.modes = new IsolationModes(properties.mode());
		this.turn = new Turn(properties.waitTimeout());
	}

	static void await(Consumer<IsolationEngine> listener) {
		awaiting.set(listener);
	}

	static void stopAwaiting() {
		awaiting.remove();
	}

	/**
	 * Capture the baseline: the application has started.
	 */
	void start() {
		captureBaseline();
		Consumer<IsolationEngine> listener = awaiting.get();
		if (listener != null) {
			awaiting.remove();
			listener.accept(this);
		}
	}

	/**
	 * Open the scope of a test class, waiting until no other class holds the slot.
	 * @param testClass the class
	 * @param instantiated whether an instance of the class exists already
	 * @return the scope, or {@code null} if the application context was closed meanwhile
	 */
	@Nullable ClassScope open(Class<?> testClass, boolean instantiated) {
		ClassScope enclosing = enclosing(testClass);
		TestIsolation isolation = supported(this.modes.ofWhole(testClass), testClass.getName());
		ClassScope scope = (enclosing != null) ? enclosing.nested(isolation, testClass, instantiated)
				: ClassScope.open(slot(), this.turn, isolation, testClass, null, instantiated);
		if (scope != null) {
			this.open.put(testClass, scope);
		}
		return scope;
	}

	/**
	 * Close the scope of a test class.
	 * @param testClass the class
	 * @param scope its scope
	 */
	void close(Class<?> testClass, ClassScope scope) {
		this.open.remove(testClass, scope);
		scope.close();
	}

	/**
	 * Return the isolation of a test.
	 * @param testClass the class that runs
	 * @param testMethod the method
	 * @return its isolation
	 */
	TestIsolation isolation(Class<?> testClass, Method testMethod) {
		return supported(this.modes.of(testClass, testMethod), testClass.getName() + "." + testMethod.getName());
	}

	/**
	 * Return whether the application context has to be replaced, because the state behind
	 * it cannot be put right.
	 * @return {@code true} if no test may run on it
	 */
	synchronized boolean isBroken() {
		return this.slot != null && this.slot.isBroken() && !this.slot.isClosed();
	}

	@Override
	public synchronized void destroy() {
		Slot slot = this.slot;
		if (slot != null) {
			slot.close();
		}
	}

	// A nested class may come from a superclass of the class around it
	private @Nullable ClassScope enclosing(Class<?> testClass) {
		if (!ClassUtils.isInnerClass(testClass)) {
			return null;
		}
		Class<?> enclosing = testClass.getEnclosingClass();
		ClassScope scope = this.open.get(enclosing);
		return (scope != null) ? scope
				: this.open.entrySet()
					.stream()
					.filter((entry) -> enclosing.isAssignableFrom(entry.getKey()))
					.map(Map.Entry::getValue)
					.findFirst()
					.orElse(null);
	}

	private synchronized Slot slot() {
		captureBaseline();
		Slot slot = this.slot;
		if (slot == null) {
			slot = new Slot(0, this.resources);
			this.slot = slot;
		}
		return slot;
	}

	private synchronized void captureBaseline() {
		if (!this.captured) {
			this.resources.forEach(TestResource::captureBaseline);
			this.captured = true;
		}
	}

	private static TestIsolation supported(TestIsolation isolation, String name) {
		if (isolation == TestIsolation.SCHEMA || isolation == TestIsolation.DATABASE) {
			throw new ResourceException(
					name + " asks for the isolation " + isolation + ", which this version does not offer yet.",
					"Use TRUNCATE for real commits, or TRANSACTION, which also undoes changes to the schema.");
		}
		return isolation;
	}

}
