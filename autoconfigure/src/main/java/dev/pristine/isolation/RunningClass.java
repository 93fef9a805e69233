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

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.UniqueId;
import org.springframework.beans.BeansException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.util.ReflectionUtils;

import dev.pristine.resource.ResourceException;

/**
 * What one run of a test class uses: its application context and the scope that is open
 * there.
 */
final class RunningClass {

	private final ClassRun run;

	private final TestContext testContext;

	private volatile @Nullable IsolationEngine engine;

	private volatile @Nullable OpenScope scope;

	private volatile @Nullable Throwable failure;

	/** That of an invocation, with which everything inside fails. */
	private volatile @Nullable Throwable failureOfInvocation;

	private volatile boolean lost;

	RunningClass(ClassRun run, TestContext testContext) {
		this.run = run;
		this.testContext = testContext;
	}

	/**
	 * Return what an invocation of this parameterized class uses.
	 * @param id the id of the invocation, from JUnit
	 * @return the invocation, or {@code null} if it has no run of its own
	 */
	@Nullable RunningClass invocation(UniqueId id) {
		ClassRun invocation = this.run.invocation(id);
		return (invocation != null) ? new RunningClass(invocation, this.testContext) : null;
	}

	ClassRun run() {
		return this.run;
	}

	TestContext testContext() {
		return this.testContext;
	}

	@Nullable IsolationEngine engine() {
		return this.engine;
	}

	/**
	 * Take note that a test uses an engine, also where its class needs no scope.
	 * @param engine the engine
	 */
	synchronized void uses(IsolationEngine engine) {
		if (this.scope == null) {
			this.engine = engine;
		}
	}

	@Nullable OpenScope scope() {
		return this.scope;
	}

	/**
	 * Return the scope of the class in an application context.
	 * @param engine the engine of the context
	 * @return the scope, or {@code null} if it is not open there
	 */
	@Nullable OpenScope scope(IsolationEngine engine) {
		return (this.engine == engine) ? this.scope : null;
	}

	/**
	 * Open the scope of the class, unless it is open.
	 * @param context the application context
	 * @return {@code false} if the context was closed meanwhile
	 */
	boolean open(ApplicationContext context) {
		IsolationEngine engine = engine(context);
		return (engine != null) ? open(engine) : isActive(context);
	}

	synchronized boolean open(IsolationEngine engine) {
		OpenScope left = this.scope;
		if (this.engine != engine || left == null || left.isWithoutSlot()) {
			try {
				close();
			}
			finally {
				if (left != null) {
					left.release();
				}
			}
			this.engine = engine;
			this.scope = engine.open(this.run);
		}
		return this.scope != null;
	}

	// A failure here would pass for one of the context, for every class that shares it
	void openOnArrival(IsolationEngine engine) {
		try {
			if (!this.testContext.hasApplicationContext()
					|| engine(this.testContext.getApplicationContext()) == engine) {
				open(engine);
			}
		}
		catch (RuntimeException | Error ex) {
			this.failure = ex;
		}
	}

	void throwFailureOfArrival() throws Exception {
		Throwable failure = this.failure;
		if (failure != null) {
			this.failure = null;
			ReflectionUtils.rethrowException(failure);
		}
	}

	/**
	 * Begin or end an invocation. JUnit would swallow a failure there.
	 * @param action what to do
	 */
	void attempt(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			this.failureOfInvocation = ex;
		}
	}

	void throwFailureOfInvocation() throws Exception {
		Throwable failure = this.failureOfInvocation;
		if (failure != null) {
			ReflectionUtils.rethrowException(failure);
		}
	}

	/**
	 * The state behind the application context cannot be put right: what the class wrote
	 * before its tests is gone with it.
	 */
	void lose() {
		OpenScope scope = this.scope;
		this.lost |= scope != null && scope.hasWritten();
	}

	void checkNotLost() {
		if (this.lost) {
			throw new ResourceException(
					"What %s wrote before its tests (in @BeforeAll or the like) is gone: an earlier test changed what cannot be put back, which the log names, so that everything was replaced."
						.formatted(this.run.testClass().getName()),
					"Make that change in TRANSACTION or in a class of its own, or write in @BeforeEach.");
		}
	}

	/**
	 * Undo what the class did. Its slot is still its own.
	 */
	synchronized void close() {
		IsolationEngine engine = this.engine;
		OpenScope scope = this.scope;
		this.engine = null;
		this.scope = null;
		if (engine != null && scope != null) {
			engine.close(this.run, scope);
		}
	}

	// Another class may have closed it just now
	static @Nullable IsolationEngine engine(ApplicationContext context) {
		try {
			return context.getBeanProvider(IsolationEngine.class).getIfAvailable();
		}
		catch (IllegalStateException | BeansException ex) {
			if (isActive(context)) {
				throw ex;
			}
			return null;
		}
	}

	static boolean isActive(ApplicationContext context) {
		return !(context instanceof ConfigurableApplicationContext closeable) || closeable.isActive();
	}

}
