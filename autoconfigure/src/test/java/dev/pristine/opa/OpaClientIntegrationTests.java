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

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpaClient}, and for an OPA that gets its policies and data later.
 */
@OpaTest
@Timeout(60)
class OpaClientIntegrationTests {

	private TestOpa opa;

	private OpaClient client;

	@BeforeEach
	void start() {
		this.opa = TestOpa.start();
		this.client = this.opa.client;
		OpaConnectionDetails details = this.opa::url;
		OpaResource.load(details, new PolicyFiles(List.of("classpath:dev/pristine/opa/policies/"), null));
	}

	@AfterEach
	void stop() {
		this.opa.close();
	}

	@Test
	void decidesWithInput() {
		assertThat(this.client.evaluate("authz/allow", new Request("ann", "delete"), Boolean.class)).isTrue();
		assertThat(this.client.evaluate("/authz/allow", Map.of("user", "bob", "action", "delete"), Boolean.class))
			.isFalse();
		assertThat(this.client.evaluate("authz/allow", Map.of("action", "list"), Boolean.class)).isTrue();
	}

	@Test
	void resultHasTheTypeThatIsAskedFor() {
		assertThat(this.client.evaluate("config/limits", null, Limits.class)).isEqualTo(new Limits(3, 0.5, true));
		assertThat(this.client.evaluate("config/public", null, String[].class)).containsExactly("list");
		assertThat(this.client.evaluate("config/since", null, String.class)).isEqualTo("2024-01-01");
		assertThat(this.client.evaluate("users", null, JsonNode.class).at("/ann/roles/0").asString())
			.isEqualTo("admin");
		assertThatExceptionOfType(OpaException.class)
			.isThrownBy(() -> this.client.evaluate("config/limits", null, Boolean.class))
			.withMessageContaining("config/limits")
			.withMessageContaining("{\"depth\":3")
			.withMessageContaining("Boolean");
	}

	@Test
	void putsAndDeletesPolicies() {
		this.client.putPolicy("new/one.rego", "package one\nx := 1");
		assertThat(this.client.policies()).containsExactly("authz/authz.rego", "new/one.rego", "roles.rego");
		assertThat(this.client.evaluate("one/x", null, Integer.class)).isEqualTo(1);
		this.client.deletePolicy("new/one.rego");
		assertThat(this.client.find("one/x", null, Integer.class)).isEmpty();
	}

	@Test
	void putsAndDeletesData() {
		this.client.putData("users/eve", Map.of("roles", List.of("admin")));
		assertThat(this.client.evaluate("authz/allow", new Request("eve", "delete"), Boolean.class)).isTrue();
		this.client.deleteData("users/eve");
		assertThat(this.client.evaluate("authz/allow", new Request("eve", "delete"), Boolean.class)).isFalse();
		this.client.putData("odd/ä b%", "x");
		assertThat(this.client.evaluate("odd/ä b%", null, String.class)).isEqualTo("x");
	}

	@Test
	void refusalsCarryOpasWords() {
		assertRefused(400, () -> this.client.putPolicy("bad.rego", "package bad\n\nallow if x"),
				"bad.rego:3: rego_unsafe_var_error: var x is unsafe");
		assertRefused(400, () -> this.client.deletePolicy("roles.rego"), "undefined function data.roles.has");
		assertRefused(404, () -> this.client.deletePolicy("none.rego"), "none.rego");
		assertRefused(404, () -> this.client.deleteData("none"), "none");
		this.client.putPolicy("c.rego", "package c\nx := y if some y in [1, 2]");
		assertRefused(500, () -> this.client.find("c/x", null, Integer.class),
				"c.rego:2: eval_conflict_error: complete rules must not produce multiple outputs");
	}

	@Test
	void undefinedDecisionIsReportedUnlessItIsExpected() {
		assertRefused(404, () -> this.client.evaluate("authz/alow", Map.of(), Boolean.class), "authz/authz.rego");
		assertThat(this.client.find("authz/alow", Map.of(), Boolean.class)).isEmpty();
	}

	@Test
	void wrongTokenIsReported(@TempDir Path directory) throws IOException {
		Path authz = Files.writeString(directory.resolve("authz.rego"), """
				package system.authz

				default allow := false

				allow if input.identity == "secret"

				allow if input.path == ["v1", "query"]
				""");
		try (TestOpa secured = TestOpa.start("--authentication=token", "--authorization=basic", authz.toString())) {
			assertThat(client(secured, "secret").policies()).hasSize(1);
			assertRefused(401, () -> client(secured, "wrong").policies(), "Correct the token");
			assertRefused(401, () -> client(secured, null).policies(), "pristine.opa.token");
		}
	}

	private static OpaClient client(TestOpa opa, String token) {
		return new OpaClient(() -> new OpaHttp(new OpaConnectionDetails() {

			@Override
			public URI getUrl() {
				return opa.url();
			}

			@Override
			public String getToken() {
				return token;
			}

		}));
	}

	private static void assertRefused(int status, Runnable request, String message) {
		assertThatExceptionOfType(OpaException.class).isThrownBy(request::run)
			.withMessageContaining(message)
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(status));
	}

	record Request(String user, String action) {

	}

	record Limits(int depth, double ratio, boolean strict) {

	}

}
