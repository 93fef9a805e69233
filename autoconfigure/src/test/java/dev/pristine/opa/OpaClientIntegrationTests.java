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
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpaClient}.
 */
@Timeout(60)
@OpaTest
class OpaClientIntegrationTests {

	private static NativeOpa opa;

	private final OpaClient client = new OpaClient(new OpaHttp(opa));

	@BeforeAll
	static void start() {
		opa = TestOpa.start();
	}

	@AfterAll
	static void stop() {
		opa.destroy();
	}

	@BeforeEach
	void load() {
		OpaStore store = new OpaStore(new OpaHttp(opa));
		store.write(PolicyFiles.below(List.of("classpath:dev/pristine/opa/policies/"), null).read());
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
		assertThat(this.client.evaluate("users", null, JsonNode.class).at("/ann/roles/0").asString())
			.isEqualTo("admin");
	}

	@Test
	void resultOfAnotherTypeIsRefused() {
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
	void policyThatDoesNotCompileIsRefusedWithOpasWords() {
		assertThatExceptionOfType(OpaException.class)
			.isThrownBy(() -> this.client.putPolicy("bad.rego", "package bad\n\nallow if x"))
			.withMessageContaining("bad.rego:3: rego_unsafe_var_error: var x is unsafe")
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(400));
	}

	@Test
	void policyThatOthersNeedIsNotDeleted() {
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> this.client.deletePolicy("roles.rego"))
			.withMessageContaining("undefined function data.roles.has");
	}

	@Test
	void unknownPolicyAndDocumentAreReported() {
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> this.client.deletePolicy("none.rego"))
			.withMessageContaining("none.rego")
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(404));
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> this.client.deleteData("none"))
			.withMessageContaining("none");
	}

	@Test
	void unknownPathIsToldFromUndefinedDecision() {
		assertThatExceptionOfType(OpaException.class)
			.isThrownBy(() -> this.client.evaluate("authz/alow", Map.of(), Boolean.class))
			.withMessageContaining("document missing: data.authz.alow")
			.withMessageContaining("authz/authz.rego");
		this.client.putPolicy("u.rego", "package u\nx := 1 if input.y");
		assertThatExceptionOfType(OpaException.class)
			.isThrownBy(() -> this.client.evaluate("u/x", Map.of(), Integer.class))
			.withMessageContaining("undefined: data.u.x");
		assertThat(this.client.find("u/x", Map.of(), Integer.class)).isEmpty();
		assertThat(this.client.find("authz/alow", Map.of(), Integer.class)).isEmpty();
	}

	@Test
	void failingEvaluationIsReportedWithOpasWords() {
		this.client.putPolicy("c.rego", "package c\nx := y if some y in [1, 2]");
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> this.client.find("c/x", null, Integer.class))
			.withMessageContaining("c.rego:2: eval_conflict_error: complete rules must not produce multiple outputs");
	}

	@Test
	void unreachableAddressIsReported() {
		OpaClient client = new OpaClient(new OpaHttp(URI.create("http://127.0.0.1:1/"), null));
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> client.find("x", null, String.class))
			.withMessageContaining("OPA does not answer at http://127.0.0.1:1/")
			.satisfies((ex) -> assertThat(ex.getStatus()).isZero());
	}

	@Test
	void addressOfSomethingElseIsReported() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			byte[] answer = "<html>".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, answer.length);
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(answer);
			}
		});
		server.start();
		try {
			URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
			assertThatExceptionOfType(OpaException.class)
				.isThrownBy(() -> new OpaClient(new OpaHttp(url, null)).find("x", null, String.class))
				.withMessageContaining("is not OPA");
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void silentAddressIsReportedInTime() throws IOException {
		try (java.net.ServerSocket silent = new java.net.ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort());
			long start = System.nanoTime();
			assertThatExceptionOfType(OpaException.class)
				.isThrownBy(() -> new OpaClient(new OpaHttp(url, null)).find("x", null, String.class))
				.withMessageContaining("does not answer");
			assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
		}
	}

	@Test
	void wrongTokenIsReported(@TempDir Path directory) throws IOException {
		Path authz = Files.writeString(directory.resolve("authz.rego"), """
				package system.authz

				default allow := false

				allow if input.identity == "secret"

				allow if input.path == ["health"]
				""");
		NativeOpa secured = TestOpa.start("--authentication=token", "--authorization=basic", authz.toString());
		try {
			OpaClient right = new OpaClient(new OpaHttp(secured.getUrl(), "secret"));
			assertThat(right.policies()).hasSize(1);
			assertThatExceptionOfType(OpaException.class)
				.isThrownBy(() -> new OpaClient(new OpaHttp(secured.getUrl(), "wrong")).policies())
				.withMessageContaining("(401)")
				.withMessageContaining("Correct the token");
			assertThatExceptionOfType(OpaException.class)
				.isThrownBy(() -> new OpaClient(new OpaHttp(secured.getUrl(), null)).policies())
				.withMessageContaining("pristine.opa.token");
		}
		finally {
			secured.destroy();
		}
	}

	record Request(String user, String action) {

	}

	record Limits(int depth, double ratio, boolean strict) {

	}

}
