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

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.isolation.IsolationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the isolation of OPA.
 */
@OpaTest
@SpringBootTest(classes = OpaIsolationIntegrationTests.Application.class,
		properties = { "pristine.opa.policies=classpath:dev/pristine/opa/policies/", "pristine.opa.launch=embedded" })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpaIsolationIntegrationTests {

	@Autowired
	private OpaClient opa;

	@Autowired
	private OpaConnectionDetails details;

	/**
	 * Each finds the baseline, whatever the one before has done, with a client that
	 * Pristine knows nothing of.
	 */
	@ParameterizedTest
	@Order(1)
	@CsvSource(quoteCharacter = '\'',
			value = { "PUT, /v1/policies/authz/authz.rego, 'package authz\nallow := 1'",
					"PUT, /v1/policies/authz/more.rego, 'package authz\nmore := 1'",
					"DELETE, /v1/policies/authz/authz.rego, ''", "PUT, /v1/data/users/eve, '{\"roles\":[\"admin\"]}'",
					"PATCH, /v1/data/users, '[{\"op\":\"add\",\"path\":\"/eve\",\"value\":{\"roles\":[\"admin\"]}}]'",
					"DELETE, /v1/data/written/at, ''", "PUT, /v1/data, '{}'", "PUT, /v1/%64ata/more, '1'",
					"PUT, /v1/%70olicies/more.rego, 'package more'" })
	void findsTheBaselineAndChanges(String method, String path, String body) {
		URI url = this.details.getUrl();
		assertBaseline();
		TestOpa.send(url, method, path, body);
	}

	@Test
	@Order(2)
	void findsTheBaselineAndChangesEverything() {
		assertBaseline();
		change();
	}

	@Test
	@Order(3)
	void findsTheBaseline() {
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
