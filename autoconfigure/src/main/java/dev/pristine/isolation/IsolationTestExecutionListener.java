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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.UniqueId;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.test.context.support.DependencyInjectionTestExecutionListener;

/**
 * {@link TestExecutionListener} that has the {@link IsolationEngine} of the test's
 * application context open a scope around each class and each test. There is one listener
 * for each test class.
 */
class IsolationTestExecutionListener extends AbstractTestExecutionListener {

	/**
	 * Between {@code DirtiesContextTestExecutionListener} (3000) and
	 * {@code TransactionalTestExecutionListener} (4000): the scope is around everything
	 * that transactions and SQL scripts of the test do, and ends before the context can
	 * be closed.
	 */
	private static final int ORDER = 3500;

	/**
	 * Not kept in the listener or the test context: Spring makes new ones for a nested
	 * class when it ends in one of several classes that have inherited it.
	 */
	private static final Map<Key, RunningClass> classes = new ConcurrentHashMap<>();

	private static final Map<TestCall, OpenScope> tests = new ConcurrentHashMap<>();

	private final TestExecutionListener dependencyInjection = new DependencyInjectionTestExecutionListener();

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void beforeTestClass(TestContext testContext) {
		// One that was paused starts again: what that writes is its own
		if (testContext.hasApplicationContext()) {
			context(testContext);
		}
		RunningClass running = running(testContext);
		IsolationEngine.classStarted(running::openOnArrival);
		while (testContext.hasApplicationContext()) {
			ApplicationContext context = context(testContext);
			if (context == null || running.open(context)) {
				return;
			}
			// The context was replaced while this class waited for its turn
		}
		// Loading it now would be too early for a @BeforeAll that it depends on
	}

	@Override
	public void beforeTestMethod(TestContext testContext) throws Exception {
		RunningClass running = running(testContext);
		running.throwFailureOfArrival();
		for (RunningClass each : classes.values()) {
			if (each == running || each.run().isAround(running.run()) || each.run().encloses(running.run())) {
				each.throwFailureOfInvocation();
				each.checkNotLost();
			}
		}
		while (!start(testContext, running)) {
			// The context was replaced while this test waited: its beans come from the
			// new one
			testContext.setAttribute(DependencyInjectionTestExecutionListener.REINJECT_DEPENDENCIES_ATTRIBUTE,
					Boolean.TRUE);
			this.dependencyInjection.beforeTestMethod(testContext);
		}
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		try {
			OpenScope test = tests.remove(TestCall.current(testContext));
			if (test != null) {
				SlotReleaseTestExecutionListener.releaseAtTheEnd(testContext, test::release);
				test.end();
			}
		}
		finally {
			replaceIfBroken(testContext, running(testContext).engine());
		}
	}

	@Override
	public void afterTestClass(TestContext testContext) throws Exception {
		IsolationEngine.classEnded();
		RunningClass running = running(testContext);
		classes.values().remove(running);
		IsolationEngine engine = running.engine();
		OpenScope scope = running.scope();
		try {
			if (scope != null) {
				SlotReleaseTestExecutionListener.releaseAtTheEnd(testContext, scope::release);
				running.close();
			}
		}
		finally {
			replaceIfBroken(testContext, engine);
		}
		running.throwFailureOfInvocation();
	}

	/**
	 * Open a scope around an invocation of a parameterized class. Spring is told of none.
	 * @param id the id of the invocation, from JUnit
	 */
	static void invocationStarted(UniqueId id) {
		for (RunningClass running : classes.values()) {
			RunningClass invocation = running.invocation(id);
			if (invocation != null) {
				classes.put(new Key(invocation.run(), null), invocation);
				IsolationEngine.classStarted(invocation::openOnArrival);
				invocation.attempt(() -> {
					if (running.testContext().hasApplicationContext()) {
						invocation.open(running.testContext().getApplicationContext());
					}
				});
			}
		}
	}

	static void invocationEnded(UniqueId id) {
		for (RunningClass invocation : classes.values()) {
			if (Objects.equals(invocation.run().id(), id)) {
				IsolationEngine.classEnded();
				classes.values().remove(invocation);
				IsolationEngine engine = invocation.engine();
				OpenScope scope = invocation.scope();
				classes.values()
					.stream()
					.filter((each) -> each.run().encloses(invocation.run()))
					.forEach((each) -> each.attempt(invocation::close));
				if (scope != null) {
					scope.release();
				}
				replaceIfBroken(invocation.testContext(), engine);
			}
		}
	}

	// Return the context, or null if another class has closed it just now. Whoever cannot
	// have one at all is told by Spring, which asks again
	private static @Nullable ApplicationContext context(TestContext testContext) {
		try {
			return testContext.getApplicationContext();
		}
		catch (IllegalStateException ex) {
			return null;
		}
	}

	private RunningClass running(TestContext testContext) {
		ClassRun run = ClassRun.current(testContext.getTestClass());
		return classes.computeIfAbsent(new Key(run, (run.id() == null) ? this : null),
				(key) -> new RunningClass(run, testContext));
	}

	private boolean start(TestContext testContext, RunningClass running) {
		Class<?> testClass = testContext.getTestClass();
		ApplicationContext context = context(testContext);
		if (context == null) {
			return false;
		}
		IsolationEngine engine = RunningClass.engine(context);
		if (engine == null) {
			return RunningClass.isActive(context);
		}
		if (engine.needsScope(testClass) && !running.open(engine)) {
			return false;
		}
		running.uses(engine);
		OpenScope test = engine.open(testClass, testContext.getTestMethod(), running.scope(engine));
		if (test != null) {
			tests.put(TestCall.current(testContext), test);
		}
		return test != null;
	}

	// What cannot be put right is replaced: the next test gets a new application context
	private static void replaceIfBroken(TestContext testContext, @Nullable IsolationEngine engine) {
		if (engine != null && engine.isBroken() && testContext.hasApplicationContext()
				&& RunningClass.engine(testContext.getApplicationContext()) == engine) {
			classes.values().stream().filter((each) -> each.engine() == engine).forEach(RunningClass::lose);
			testContext.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
			testContext.setAttribute(DependencyInjectionTestExecutionListener.REINJECT_DEPENDENCIES_ATTRIBUTE,
					Boolean.TRUE);
		}
	}

	/**
	 * One run of a class: where nobody has told its id, there is one for each listener.
	 */
	private record Key(ClassRun run, @Nullable TestExecutionListener listener) {

	}

	/**
	 * One call of a test method, between the callbacks before and after it.
	 */
	private record TestCall(@Nullable UniqueId id, Thread thread, Class<?> testClass, Method testMethod) {

		static TestCall current(TestContext testContext) {
			return new TestCall(RunningPlan.current(), Thread.currentThread(), testContext.getTestClass(),
					testContext.getTestMethod());
		}

	}

}
