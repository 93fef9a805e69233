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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.function.SingletonSupplier;

import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

/**
 * The isolation of one application context: its resources, the slots over them and the
 * classes that hold them.
 */
class IsolationEngine implements DisposableBean {

	/**
	 * The test classes that run on this thread, the last one first. They want to be told
	 * when their application context is there, and when the thread uses it outside of a
	 * test: {@code @BeforeAll} and {@code @AfterAll} methods write then.
	 */
	private static final ThreadLocal<Deque<Consumer<IsolationEngine>>> classes = ThreadLocal
		.withInitial(ArrayDeque::new);

	private final List<TestResource> resources;

	private final IsolationProperties properties;

	private final RunningTests running;

	private final Map<ClassRun, OpenScope> open = new ConcurrentHashMap<>();

	private final Supplier<IsolationModes> modes;

	private @Nullable SlotPool slots;

	IsolationEngine(List<TestResource> resources, IsolationProperties properties, RunningTests running) {
		this.resources = resources;
		this.properties = properties;
		this.running = running;
		this.modes = SingletonSupplier.of(() -> new IsolationModes(this.properties.mode(), slots().home()::refusal));
	}

	static void classStarted(Consumer<IsolationEngine> listener) {
		classes.get().push(listener);
	}

	static void classEnded() {
		classes.get().pollFirst();
	}

	/**
	 * Capture the baseline: the application has started.
	 */
	void start() {
		slots();
		this.running.whenNobodyIsKnown(this::arrive);
		arrive();
	}

	/**
	 * Capture the baseline if it is a test class that has the application context loaded.
	 */
	void startForClass() {
		if (!classes.get().isEmpty()) {
			start();
		}
	}

	private void arrive() {
		Consumer<IsolationEngine> listener = classes.get().peek();
		if (listener != null) {
			listener.accept(this);
		}
	}

	/**
	 * Open the scope of a test class, waiting until there is a slot for it.
	 * @param run the run of the class
	 * @return the scope, or {@code null} if the application context was closed meanwhile
	 */
	@Nullable OpenScope open(ClassRun run) {
		OpenScope scope = open(new TestScope(run.testClass().getName(), this.modes.get().ofWhole(run.testClass())),
				keeper(enclosing(run)));
		if (scope != null) {
			this.open.put(run, scope);
		}
		return scope;
	}

	/**
	 * Return whether the tests of a class can only run in its scope.
	 * @param testClass the class
	 * @return {@code false} if it needs none, unless it writes something before them
	 */
	boolean needsScope(Class<?> testClass) {
		return !slots().isParallel() || this.modes.get().isNone(testClass);
	}

	/**
	 * Open the scope of a test, waiting until there is a slot for it.
	 * @param testClass the class that runs
	 * @param testMethod the method
	 * @param scope the scope of the class, or {@code null} if that is not open
	 * @return the scope, or {@code null} if the application context was closed meanwhile
	 * @throws ResourceException if the test asks for an isolation that cannot be had
	 */
	@Nullable OpenScope open(Class<?> testClass, Method testMethod, @Nullable OpenScope scope) {
		SlotPool slots = slots();
		OpenScope own = keeper(scope);
		if (slots.isParallel()) {
			ParallelTests.check(testClass, testMethod, slots.isCopied() && own == null);
		}
		return open(new TestScope(testClass.getName() + "." + testMethod.getName(),
				this.modes.get().of(testClass, testMethod)), own);
	}

	private @Nullable OpenScope open(TestScope scope, @Nullable OpenScope around) {
		List<OpenScope> waiting = waiting();
		if (around != null) {
			ParallelTests.checkOrder(scope, around, waiting);
			return around.inside(scope);
		}
		return (!waiting.isEmpty() && waiting.get(0).allowsAside()) ? waiting.get(0).aside(scope)
				: OpenScope.anywhere(slots(), scope);
	}

	private static @Nullable OpenScope keeper(@Nullable OpenScope scope) {
		return (scope != null) ? scope.keeper() : null;
	}

	/**
	 * Return the classes for whose rest this thread waits: JUnit has it run something
	 * else meanwhile.
	 * @return those that keep a slot, the innermost first
	 */
	private List<OpenScope> waiting() {
		return RunningPlan.containers()
			.stream()
			.map((container) -> find((run) -> run.contains(container)))
			.filter((scope) -> scope != null && scope.keepsSlot())
			.toList();
	}

	/**
	 * Close the scope of a test class.
	 * @param run the run of the class
	 * @param scope its scope
	 */
	void close(ClassRun run, OpenScope scope) {
		this.open.remove(run, scope);
		scope.end();
	}

	/**
	 * Return whether the application context has to be replaced, because the state behind
	 * it cannot be put right.
	 * @return {@code true} if no test may run on it
	 */
	synchronized boolean isBroken() {
		SlotPool slots = this.slots;
		return slots != null && !slots.isCopied() && slots.home().isBroken() && !slots.home().isClosed();
	}

	@Override
	public synchronized void destroy() {
		SlotPool slots = this.slots;
		if (slots != null) {
			slots.close();
		}
	}

	private @Nullable OpenScope enclosing(ClassRun run) {
		return find((candidate) -> candidate.encloses(run));
	}

	private @Nullable OpenScope find(Predicate<ClassRun> condition) {
		return this.open.entrySet()
			.stream()
			.filter((entry) -> condition.test(entry.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

	private synchronized SlotPool slots() {
		SlotPool slots = this.slots;
		if (slots == null) {
			slots = new SlotPool(this.resources, this.running, this.properties, RunningPlan.parallelism());
			this.slots = slots;
		}
		return slots;
	}

}
