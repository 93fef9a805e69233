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

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.test.context.support.DependencyInjectionTestExecutionListener;
import org.springframework.util.ReflectionUtils;

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

	private static final String TURN = IsolationTestExecutionListener.class.getName() + ".turn";

	private final TestExecutionListener dependencyInjection = new DependencyInjectionTestExecutionListener();

	private @Nullable ApplicationContext context;

	private @Nullable IsolationEngine engine;

	private @Nullable ClassScope scope;

	private @Nullable Throwable failure;

	private boolean instantiated;

	/**
	 * How often the class runs at this moment: a nested class does once for each class
	 * that has inherited it.
	 */
	private final AtomicInteger runs = new AtomicInteger();

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void beforeTestClass(TestContext testContext) {
		this.runs.incrementAndGet();
		IsolationEngine.classStarted((engine) -> openOnArrival(testContext, engine));
		while (testContext.hasApplicationContext()) {
			if (open(testContext)) {
				return;
			}
			// The context was replaced while this class waited for its turn
		}
		// Loading it now would be too early for a @BeforeAll that it depends on
	}

	// Comes before the class itself only if all of its tests share the instance
	@Override
	public void prepareTestInstance(TestContext testContext) {
		this.instantiated = true;
	}

	@Override
	public void beforeTestMethod(TestContext testContext) throws Exception {
		throwFailureOfArrival();
		while (!start(testContext)) {
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
			if (testContext.removeAttribute(TURN) instanceof Turn turn) {
				SlotReleaseTestExecutionListener.releaseAtTheEnd(testContext, turn::release);
				turn.end();
			}
		}
		finally {
			replaceIfBroken(testContext, this.engine);
		}
	}

	@Override
	public void afterTestClass(TestContext testContext) {
		IsolationEngine.classEnded();
		IsolationEngine engine = this.engine;
		ClassScope scope = (this.runs.decrementAndGet() == 0) ? this.scope : null;
		try {
			if (scope != null) {
				SlotReleaseTestExecutionListener.releaseAtTheEnd(testContext, scope::release);
				close(testContext.getTestClass());
			}
		}
		finally {
			replaceIfBroken(testContext, engine);
		}
	}

	private boolean open(TestContext testContext) {
		ApplicationContext context = testContext.getApplicationContext();
		if (context == this.context && this.scope != null) {
			return true;
		}
		IsolationEngine engine = engine(context);
		boolean open = (engine != null) ? open(testContext.getTestClass(), engine) : isActive(context);
		this.context = context;
		return open;
	}

	private synchronized boolean open(Class<?> testClass, IsolationEngine engine) {
		ClassScope left = this.scope;
		if (this.engine != engine || left == null || left.isWithoutSlot()) {
			try {
				close(testClass);
			}
			finally {
				if (left != null) {
					left.release();
				}
			}
			this.engine = engine;
			this.scope = engine.open(testClass, this.instantiated);
		}
		return this.scope != null;
	}

	private boolean start(TestContext testContext) {
		Class<?> testClass = testContext.getTestClass();
		ApplicationContext context = testContext.getApplicationContext();
		IsolationEngine engine = engine(context);
		if (engine == null) {
			return isActive(context);
		}
		if (engine.needsScope(testClass) && !open(testContext)) {
			return false;
		}
		ClassScope scope = (this.engine == engine) ? this.scope : null;
		Turn turn = engine.start(engine.scope(testClass, testContext.getTestMethod()), scope);
		testContext.setAttribute(TURN, turn);
		return turn != null;
	}

	// Another class may have closed it just now
	private static @Nullable IsolationEngine engine(ApplicationContext context) {
		try {
			return context.getBeanProvider(IsolationEngine.class).getIfAvailable();
		}
		catch (IllegalStateException ex) {
			if (isActive(context)) {
				throw ex;
			}
			return null;
		}
	}

	private static boolean isActive(ApplicationContext context) {
		return !(context instanceof ConfigurableApplicationContext closeable) || closeable.isActive();
	}

	// A failure here would pass for one of the context, for every class that shares it
	private void openOnArrival(TestContext testContext, IsolationEngine engine) {
		try {
			if (!testContext.hasApplicationContext() || engine(testContext.getApplicationContext()) == engine) {
				open(testContext.getTestClass(), engine);
			}
		}
		catch (RuntimeException | Error ex) {
			this.failure = ex;
		}
	}

	private void throwFailureOfArrival() throws Exception {
		Throwable failure = this.failure;
		if (failure != null) {
			this.failure = null;
			ReflectionUtils.rethrowException(failure);
		}
	}

	private synchronized void close(Class<?> testClass) {
		IsolationEngine engine = this.engine;
		ClassScope scope = this.scope;
		this.engine = null;
		this.scope = null;
		if (engine != null && scope != null) {
			engine.close(testClass, scope);
		}
	}

	// What cannot be put right is replaced: the next test gets a new application context
	private static void replaceIfBroken(TestContext testContext, @Nullable IsolationEngine engine) {
		if (engine != null && engine.isBroken()) {
			testContext.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
			testContext.setAttribute(DependencyInjectionTestExecutionListener.REINJECT_DEPENDENCIES_ATTRIBUTE,
					Boolean.TRUE);
		}
	}

}
