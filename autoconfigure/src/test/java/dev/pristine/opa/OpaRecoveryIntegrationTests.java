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

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventConditions;
import org.junit.platform.testkit.engine.TestExecutionResultConditions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import dev.pristine.isolation.IsolationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what happens when an OPA dies.
 */
@OpaTest
class OpaRecoveryIntegrationTests {

	@Test
	void deathOfOpaFailsItsTestAndTheNextOneHasAnother() {
		long start = System.nanoTime();
		EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(DyingOpa.class))
			.execute()
			.testEvents()
			.assertStatistics((statistics) -> statistics.started(3).succeeded(2).failed(1))
			.assertThatEvents()
			.haveExactly(1,
					EventConditions.event(EventConditions.test("kills"), EventConditions.finishedWithFailure(
							TestExecutionResultConditions.instanceOf(OpaException.class), TestExecutionResultConditions
								.message((message) -> message.contains("OPA does not answer at http://127.0.0.1:")))));
		assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
	}

	@SpringBootTest(classes = DyingOpa.Application.class,
			properties = { "pristine.opa.policies=classpath:dev/pristine/opa/policies/",
					"pristine.opa.launch=embedded" })
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	static class DyingOpa {

		@Autowired
		private OpaClient opa;

		@Autowired
		private OpaConnectionDetails details;

		@Test
		@Order(1)
		void changes() {
			this.opa.putData("users", "changed");
		}

		@Test
		@Order(2)
		void kills() {
			((NativeOpa) this.details).destroy();
		}

		@Test
		@Order(3)
		void findsTheBaseline() {
			assertThat(this.opa.policies()).containsExactly("authz/authz.rego", "roles.rego");
			assertThat(this.opa.evaluate("users/ann/roles", null, String[].class)).containsExactly("admin");
		}

		@Configuration(proxyBeanMethods = false)
		@ImportAutoConfiguration({ OpaAutoConfiguration.class, IsolationAutoConfiguration.class })
		static class Application {

		}

	}

}
