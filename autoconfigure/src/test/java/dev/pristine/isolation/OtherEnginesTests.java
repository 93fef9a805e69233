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

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.EngineExecutionListener;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.engine.support.descriptor.EngineDescriptor;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what runs Spring's tests on the JUnit Platform without Jupiter, such as
 * Cucumber, Kotest, Spock and TestNG.
 */
@Timeout(60)
class OtherEnginesTests {

	@BeforeEach
	@AfterEach
	void startOver() {
		RecordingTest.Generations.next();
	}

	@Test
	void findsTheEndOfWhatItHasStartedWhereTheEngineTellsOfItInBetween() {
		LateEngine engine = run("other");
		assertThat(engine.failure).isNull();
		assertThat(RecordingResource.events()).containsExactly("baseline", "prepare First", "prepare First.test",
				"test", "reset First.test", "reset First", "prepare Second", "prepare Second.test", "test",
				"reset Second.test", "reset Second");
	}

	@Test
	void knowsHowManyScenariosOfCucumberRunSideBySide() {
		assertThat(run("cucumber").parallelism).isEqualTo(5);
		assertThat(run("other").parallelism).isEqualTo(1);
	}

	private static LateEngine run(String parameters) {
		LateEngine engine = new LateEngine();
		LauncherFactory
			.create(LauncherConfig.builder().enableTestEngineAutoRegistration(false).addTestEngines(engine).build())
			.execute(LauncherDiscoveryRequestBuilder.request()
				.configurationParameter(parameters + ".execution.parallel.enabled", "true")
				.configurationParameter(parameters + ".execution.parallel.config.strategy", "fixed")
				.configurationParameter(parameters + ".execution.parallel.config.fixed.parallelism", "5")
				.build());
		return engine;
	}

	@RecordingTest
	@TestPropertySource(properties = "pristine.isolation.wait-timeout=2s")
	static class First {

		void test() {
			RecordingResource.record("test");
		}

	}

	static class Second extends First {

	}

	/**
	 * Tells of a test, and of the end of a class, when Spring knows already (of a test)
	 * or does not know yet (of a class).
	 */
	private static final class LateEngine implements TestEngine {

		private int parallelism;

		private Exception failure;

		@Override
		public String getId() {
			return "late";
		}

		@Override
		public TestDescriptor discover(EngineDiscoveryRequest request, UniqueId id) {
			EngineDescriptor engine = new EngineDescriptor(id, "late");
			for (Class<?> testClass : List.of(First.class, Second.class)) {
				TestDescriptor container = new Descriptor(id.append("class", testClass.getName()), true);
				container.addChild(new Descriptor(container.getUniqueId().append("method", "test()"), false));
				engine.addChild(container);
			}
			return engine;
		}

		@Override
		public void execute(ExecutionRequest request) {
			this.parallelism = RunningPlan.parallelism();
			EngineExecutionListener listener = request.getEngineExecutionListener();
			TestDescriptor engine = request.getRootTestDescriptor();
			listener.executionStarted(engine);
			try {
				for (TestDescriptor container : engine.getChildren()) {
					run(container, (container.getUniqueId().getLastSegment().getValue().equals(First.class.getName()))
							? new First() : new Second(), listener);
				}
			}
			catch (Exception ex) {
				this.failure = ex;
			}
			listener.executionFinished(engine, TestExecutionResult.successful());
		}

		private void run(TestDescriptor container, First instance, EngineExecutionListener listener) throws Exception {
			TestDescriptor test = container.getChildren().iterator().next();
			TestContextManager spring = new TestContextManager(instance.getClass());
			listener.executionStarted(container);
			spring.beforeTestClass();
			spring.prepareTestInstance(instance);
			spring.beforeTestMethod(instance, First.class.getDeclaredMethod("test"));
			listener.executionStarted(test);
			instance.test();
			spring.afterTestMethod(instance, First.class.getDeclaredMethod("test"), null);
			listener.executionFinished(test, TestExecutionResult.successful());
			listener.executionFinished(container, TestExecutionResult.successful());
			spring.afterTestClass();
		}

	}

	private static final class Descriptor extends AbstractTestDescriptor {

		private final boolean container;

		Descriptor(UniqueId id, boolean container) {
			super(id, id.getLastSegment().getValue());
			this.container = container;
		}

		@Override
		public Type getType() {
			return this.container ? Type.CONTAINER : Type.TEST;
		}

	}

}
