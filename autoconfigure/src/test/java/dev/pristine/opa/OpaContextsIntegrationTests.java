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

package dev.pristine.opa;

import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.Condition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventConditions;
import org.junit.platform.testkit.engine.TestExecutionResultConditions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.TestPropertySource;

import dev.pristine.isolation.ClassesSideBySide;
import dev.pristine.isolation.IsolationAutoConfiguration;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for several application contexts, at the same time and one after the other, and
 * for one whose OPA dies.
 */
@OpaTest
@Timeout(60)
class OpaContextsIntegrationTests {

	private static @Nullable CyclicBarrier barrier;

	private static @Nullable TestOpa shared;

	@AfterEach
	void stop() {
		barrier = null;
		if (shared != null) {
			shared.close();
			shared = null;
		}
	}

	@Test
	void contextsThatRunAtTheSameTimeDoNotSeeEachOther() {
		barrier = new CyclicBarrier(2);
		ClassesSideBySide.run(true, One.class, Two.class)
			.assertStatistics((statistics) -> statistics.started(6).succeeded(6));
	}

	@Test
	void contextsThatShareAnOpaDoNotSeeEachOtherOneAfterTheOther() {
		shared = TestOpa.start(Map.of("own.rego", "package own", "data.json", "{\"own\": {\"datum\": 1}}"));
		ClassesSideBySide.run(false, SharedOne.class, SharedTwo.class, SharedOneAgain.class)
			.assertStatistics((statistics) -> statistics.started(9).succeeded(9));
		assertThat(shared.client.policies()).containsExactly("authz/authz.rego", "own.rego", "roles.rego");
		assertThat(shared.client.evaluate("own/datum", null, Integer.class)).isEqualTo(1);
	}

	@Test
	void contextsThatShareAnOpaAtTheSameTimeAreTold() {
		shared = TestOpa.start();
		barrier = new CyclicBarrier(2);
		ClassesSideBySide.run(true, SharedBriefly.class, SharedBrieflyToo.class)
			.assertThatEvents()
			.haveAtLeastOne(failure("Another application context has used the OPA at http"));
	}

	@Test
	void deathOfOpaFailsItsTestAndTheNextOneHasAnother() {
		ClassesSideBySide.run(false, Dying.class)
			.assertStatistics((statistics) -> statistics.started(3).succeeded(2).failed(1))
			.assertThatEvents()
			.haveExactly(1, failure("has ended, with or before " + Dying.class.getName() + ".kills"));
	}

	private static Condition<Event> failure(String message) {
		return EventConditions.event(
				EventConditions.finishedWithFailure(TestExecutionResultConditions.instanceOf(ResourceException.class),
						TestExecutionResultConditions.message((text) -> text.contains(message))));
	}

	private static void meet() throws Exception {
		CyclicBarrier barrier = OpaContextsIntegrationTests.barrier;
		if (barrier != null) {
			barrier.await(30, TimeUnit.SECONDS);
		}
	}

	@SpringBootTest(classes = Application.class, properties = {
			"pristine.opa.policies=classpath:dev/pristine/opa/policies/", "pristine.opa.launch=embedded" })
	abstract static class Changing {

		@Autowired
		private OpaClient opa;

		@RepeatedTest(3)
		void changesEverythingAndSeesNobodyElse() throws Exception {
			String name = getClass().getSimpleName();
			assertThat(this.opa.policies()).contains("authz/authz.rego", "roles.rego")
				.doesNotContain("One.rego", "Two.rego");
			assertThat(this.opa.find("name", null, String.class)).isEmpty();
			meet();
			this.opa.policies().forEach((id) -> this.opa.putPolicy(id, "package gone"));
			this.opa.putPolicy(name + ".rego", "package names\nname := \"" + name + "\"");
			this.opa.putData("", Map.of("name", name));
			meet();
			assertThat(this.opa.policies()).contains(name + ".rego")
				.filteredOn((id) -> id.matches("(One|Two).rego"))
				.hasSize(name.startsWith("Shared") ? 0 : 1);
			assertThat(this.opa.evaluate("names/name", null, String.class)).isEqualTo(name);
			assertThat(this.opa.evaluate("name", null, String.class)).isEqualTo(name);
			meet();
		}

	}

	@TestPropertySource(properties = "number=1")
	static class One extends Changing {

	}

	@TestPropertySource(properties = "number=2")
	static class Two extends Changing {

	}

	@TestPropertySource(properties = { "shared=true", "number=1" })
	static class SharedOne extends Changing {

	}

	@TestPropertySource(properties = { "shared=true", "number=2" })
	static class SharedTwo extends Changing {

	}

	@TestPropertySource(properties = { "shared=true", "number=1" })
	static class SharedOneAgain extends Changing {

	}

	@SpringBootTest(classes = Application.class, properties = "shared=true")
	static class SharedBriefly {

		@Test
		void runs() throws Exception {
			meet();
			meet();
		}

	}

	@TestPropertySource(properties = { "shared=true", "number=4" })
	static class SharedBrieflyToo extends SharedBriefly {

	}

	@SpringBootTest(classes = Application.class,
			properties = { "pristine.opa.policies=classpath:dev/pristine/opa/policies/",
					"pristine.opa.launch=embedded" })
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	static class Dying {

		@Autowired
		private OpaClient opa;

		@Autowired
		private ProvidedOpa details;

		@Test
		@Order(1)
		void changes() {
			this.opa.putData("users", "changed");
		}

		@Test
		@Order(2)
		void kills() throws Exception {
			String address = "127.0.0.1:" + this.details.getUrl().getPort();
			ProcessHandle.current()
				.descendants()
				.filter((process) -> process.info().command().orElse("").endsWith("opa"))
				.filter((process) -> process.info().commandLine().orElse("").contains(address))
				.forEach(ProcessHandle::destroyForcibly);
			for (long end = System.nanoTime() + 10_000_000_000L; this.details.isAlive() && System.nanoTime() < end;) {
				Thread.onSpinWait();
			}
		}

		@Test
		@Order(3)
		void findsTheBaseline() {
			assertThat(this.opa.policies()).containsExactly("authz/authz.rego", "roles.rego");
			assertThat(this.opa.evaluate("users/ann/roles", null, String[].class)).containsExactly("admin");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ OpaAutoConfiguration.class, IsolationAutoConfiguration.class })
	static class Application {

		@Bean
		@ConditionalOnBooleanProperty("shared")
		OpaConnectionDetails sharedOpa() {
			TestOpa opa = shared;
			assertThat(opa).isNotNull();
			return opa::url;
		}

	}

}
