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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.UniqueId;

import dev.pristine.TestIsolation;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IsolationEngine}: what JUnit does on one thread, which waits for the
 * rest of a class and runs something else meanwhile.
 */
class IsolationEngineTests {

	private final UniqueId root = UniqueId.forEngine("junit-jupiter");

	private final RunningTests running = new RunningTests();

	private final WordStore store = new WordStore(this.running);

	private final Deque<Runnable> open = new ArrayDeque<>();

	private IsolationEngine engine;

	@BeforeEach
	void start() {
		RunningPlan.start(2, true);
		this.engine = new IsolationEngine(List.of(this.store),
				new IsolationProperties(TestIsolation.TRUNCATE, Duration.ofMillis(100), null), this.running);
	}

	@AfterEach
	void stop() {
		this.open.forEach(Runnable::run);
		RunningPlan.start(1, false);
		this.engine.destroy();
	}

	@Test
	void refusesATestThatWouldWaitForAClassBelowAnotherOne() throws Exception {
		UniqueId outer = this.root.append("class", Outer.class.getName());
		OpenScope scope = write(Outer.class, outer);
		write(Outer.Inner.class, outer.append("nested-class", "Inner"));
		write(Other.class, this.root.append("class", Other.class.getName()));
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> this.engine.open(Outer.class, Outer.class.getDeclaredMethod("test"), scope))
			.withMessageContaining("Outer.test cannot start yet")
			.withMessageContaining("@Execution(SAME_THREAD)");
	}

	private OpenScope write(Class<?> testClass, UniqueId id) {
		ClassRun run = new ClassRun(testClass, id);
		OpenScope scope = this.engine.open(run);
		this.store.words().add(testClass.getName());
		RunningPlan.started(id, true);
		this.open.push(() -> {
			RunningPlan.ended(id);
			this.engine.close(run, scope);
			scope.release();
		});
		return scope;
	}

	static class Outer {

		void test() {
		}

		class Inner {

		}

	}

	static class Other {

	}

}
