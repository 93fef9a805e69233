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

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.pristine.TestIsolation;
import dev.pristine.IsolationMode;
import dev.pristine.isolation.IsolationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the isolation of OPA.
 */
@SpringBootTest(classes = OpaIsolationIntegrationTests.Application.class,
		properties = "pristine.opa.policies=classpath:dev/pristine/opa/policies/")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@OpaTest
class OpaIsolationIntegrationTests {

	@Autowired
	private OpaClient opa;

	@Test
	@Order(1)
	void changesPoliciesAndData() {
		change();
	}

	@Test
	@Order(2)
	void findsTheBaseline() {
		assertBaseline();
		this.opa.putPolicy("authz/authz.rego", "package authz\nallow := \"changed again\"");
	}

	@Test
	@Order(3)
	void findsTheBaselineAgain() {
		assertBaseline();
	}

	private void change() {
		this.opa.putPolicy("authz/authz.rego", "package authz\nallow := \"changed\"");
		this.opa.putPolicy("new.rego", "package new\nx := 1");
		this.opa.deletePolicy("roles.rego");
		this.opa.putData("users/eve", Map.of("roles", List.of("admin")));
		this.opa.deleteData("users/ann");
		this.opa.putData("more", true);
		this.opa.deleteData("written");
	}

	private void assertBaseline() {
		assertThat(this.opa.policies()).containsExactly("authz/authz.rego", "roles.rego");
		assertThat(this.opa.evaluate("authz/allow", Map.of("user", "ann"), Boolean.class)).isTrue();
		assertThat(this.opa.evaluate("authz/allow", Map.of("user", "eve"), Boolean.class)).isFalse();
		assertThat(this.opa.evaluate("written/at/startup", null, Boolean.class)).isTrue();
		assertThat(this.opa.find("more", null, Boolean.class)).isEmpty();
	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	class Truncate {

		@Test
		@Order(1)
		void changesPoliciesAndData() {
			change();
		}

		@Test
		@Order(2)
		void findsTheBaseline() {
			assertBaseline();
		}

	}

	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	class WrittenBeforeAll {

		@BeforeAll
		void write() {
			OpaIsolationIntegrationTests.this.opa.putData("users/eve", Map.of("roles", List.of("admin")));
			OpaIsolationIntegrationTests.this.opa.putPolicy("new.rego", "package new\nx := 1");
		}

		@Test
		@Order(1)
		void keepsWhatWasWrittenForTheClass() {
			assertClassBaseline();
			OpaIsolationIntegrationTests.this.opa.deleteData("users/eve");
			OpaIsolationIntegrationTests.this.opa.deletePolicy("new.rego");
		}

		@Test
		@Order(2)
		void findsWhatWasWrittenForTheClassAgain() {
			assertClassBaseline();
		}

		private void assertClassBaseline() {
			assertThat(
					OpaIsolationIntegrationTests.this.opa.evaluate("authz/allow", Map.of("user", "eve"), Boolean.class))
				.isTrue();
			assertThat(OpaIsolationIntegrationTests.this.opa.evaluate("new/x", null, Integer.class)).isEqualTo(1);
		}

		@Nested
		class Inner {

			@Test
			void findsWhatWasWrittenForTheEnclosingClass() {
				assertClassBaseline();
			}

		}

	}

	@Nested
	@Order(Integer.MAX_VALUE)
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	class None {

		@Test
		@Order(1)
		@IsolationMode(TestIsolation.NONE)
		void leavesChangesBehind() {
			change();
		}

		@Test
		@Order(2)
		@IsolationMode(TestIsolation.NONE)
		void seesThem() {
			assertThat(OpaIsolationIntegrationTests.this.opa.find("more", null, Boolean.class)).contains(true);
		}

		@Test
		@Order(3)
		void isFreeOfThem() {
			assertBaseline();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ OpaAutoConfiguration.class, IsolationAutoConfiguration.class })
	static class Application {

		@Bean
		ApplicationRunner writer(OpaClient opa) {
			return (arguments) -> opa.putData("written/at/startup", true);
		}

	}

}
