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

import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpaStore}.
 */
@OpaTest
class OpaStoreIntegrationTests {

	private static final Map<String, String> LONG = Map.of("a.rego", "package a\nx := 1", "long.rego",
			"package long\n#" + "x".repeat(OpaPolicies.SHORT));

	private static NativeOpa opa;

	private final OpaHttp http = new OpaHttp(opa);

	private final OpaStore store = new OpaStore(this.http);

	private final OpaClient client = new OpaClient(this.http);

	@BeforeAll
	static void start() {
		opa = TestOpa.start();
	}

	@AfterAll
	static void stop() {
		opa.destroy();
	}

	@BeforeEach
	void empty() {
		this.store.write(state(Map.of(), "{}"));
		this.store.mayHaveChanged();
	}

	@Test
	void noChangeIsSeenWhereOnlyDecisionsWereAskedFor() {
		this.client.putPolicy("a.rego", "package a\nallow := true");
		this.store.mayHaveChanged();
		for (int i = 0; i < 10; i++) {
			assertThat(this.client.evaluate("a/allow", null, Boolean.class)).isTrue();
			assertThat(this.store.mayHaveChanged()).isFalse();
		}
	}

	@Test
	void everyKindOfChangeIsSeen() {
		assertSeen(() -> this.client.putPolicy("a.rego", "package a\nallow := true"));
		assertSeen(() -> this.client.putPolicy("a.rego", "package a\nallow := false"));
		assertSeen(() -> this.client.deletePolicy("a.rego"));
		assertSeen(() -> this.client.putData("users/ann", Map.of("age", 1)));
		assertSeen(() -> this.client.putData("users/ann/age", 2));
		assertSeen(() -> this.client.deleteData("users/ann"));
		assertSeen(() -> patch("""
				[{"op": "add", "path": "/roles", "value": ["admin"]}]"""));
		assertSeen(() -> patch("""
				[{"op": "remove", "path": "/roles"}]"""));
	}

	@Test
	void changeIsSeenAfterDecisionsOfManyPaths() {
		this.client.putData("x", 1);
		for (int i = 0; i < 150; i++) {
			this.client.find("path/p" + i, null, String.class);
		}
		assertThat(this.store.mayHaveChanged()).isTrue();
	}

	@Test
	void readsBaseDocumentsWithoutWhatRulesCompute() {
		this.client.putPolicy("a.rego", """
				package a.b
				default allow := false
				allow if input.user == "ann"
				roles contains "admin" if true
				limits[name] := 1 if some name in ["x", "y"]
				deep.er.still := 5
				deep.other[x] := 5 if some x in ["z"]
				f(x) := x + 1
				""");
		this.client.putPolicy("c.rego", "package c[\"d-e\"]\nx := 1");
		this.client.putPolicy("functions.rego", "package functions\ng(x) := x");
		this.client.putData("a/b/base", Map.of("k", 1));
		this.client.putData("a/b/deep/er/sibling", true);
		this.client.putData("other", Map.of("empty", Map.of()));
		OpaState state = this.store.read();
		assertThat(state.policies()).containsOnlyKeys("a.rego", "c.rego", "functions.rego");
		assertThat(state.data()).isEqualTo(json("""
				{"a": {"b": {"base": {"k": 1}, "deep": {"er": {"sibling": true}}}}, "other": {"empty": {}}}"""));
	}

	@Test
	void readingEvaluatesNoRule() {
		this.client.putPolicy("a.rego", """
				package a
				conflict := x if some x in [1, 2]
				""");
		this.client.putData("a/base", 1);
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> this.client.find("a", null, Map.class))
			.withMessageContaining("eval_conflict_error");
		assertThat(this.store.read().data()).isEqualTo(json("{\"a\": {\"base\": 1}}"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "1.0", "1.10", "12345678901234567890123", "1e30", "\"ü\\u0000 \\\"\"", "null", "[]" })
	void valuesSurviveReadingAndWriting(String value) {
		OpaState state = state(Map.of(), "{\"x\": " + value + "}");
		this.store.write(state);
		OpaState read = this.store.read();
		assertThat(read).isEqualTo(state);
		this.store.write(read);
		assertThat(this.store.read()).isEqualTo(state);
	}

	@Test
	void writesWhatIsMissingChangedOrTooMuch() {
		OpaState state = state(
				Map.of("a.rego", "package a\nx := 1", "b.rego", "package b\nx := 1", "c/d.rego", "package c\nx := 1"),
				"{\"users\": {\"ann\": 1}}");
		this.store.write(state);
		this.client.putPolicy("a.rego", "package a\nx := 2");
		this.client.deletePolicy("b.rego");
		this.client.putPolicy("e.rego", "package e\nx := 1");
		this.client.putData("users/bob", 2);
		this.client.deleteData("users/ann");
		this.client.putData("more", 3);
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
	}

	@Test
	void writesPoliciesThatCallFunctionsOfOthersInAnyOrder() {
		Map<String, String> policies = new LinkedHashMap<>();
		policies.put("1.rego", "package one\nx := data.two.f(1)");
		policies.put("2.rego", "package two\nf(x) := data.three.f(x)");
		policies.put("3.rego", "package three\nf(x) := x");
		OpaState state = state(policies, "{}");
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
		this.store.write(state(Map.of(), "{}"));
		assertThat(this.store.read()).isEqualTo(state(Map.of(), "{}"));
	}

	@Test
	void writesAnewWhereOneStepAfterTheOtherCannotWork() {
		OpaState state = state(
				Map.of("lib.rego", "package lib\nf(x) := x", "main.rego", "package main\nx := data.lib.f(1)"), "{}");
		this.store.write(state);
		this.client.putPolicy("lib.rego", "package lib\nf(x) := x\ng(x) := x");
		this.client.putPolicy("main.rego", "package main\nx := data.lib.g(1)");
		this.client.putPolicy("lib.rego", "package lib\ng(x) := x");
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
	}

	@Test
	void writesDataWhereAPolicyTookItsPlaceAndTheReverse() {
		OpaState state = state(Map.of("a.rego", "package a\nx := 1"), "{\"b\": {\"x\": 1}}");
		this.store.write(state);
		this.client.deletePolicy("a.rego");
		this.client.deleteData("b");
		this.client.putData("a/x", 2);
		this.client.putPolicy("b.rego", "package b\nx := 1");
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
	}

	@Test
	void writesDataWhereAPolicyTookItsPlace() {
		OpaState state = state(Map.of(), "{\"b\": {\"x\": 1}}");
		this.store.write(state);
		this.client.deleteData("b");
		this.client.putPolicy("b.rego", "package b\nx := 1");
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
	}

	@Test
	void putsDataBackWithoutListingPolicies() {
		OpaState state = state(LONG, "{\"users\": {\"ann\": 1}}");
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
		long listings = listings();
		for (int i = 0; i < 3; i++) {
			this.client.putData("users/bob", 2);
			this.store.write(state);
			assertThat(this.store.read()).isEqualTo(state);
		}
		assertThat(listings()).isEqualTo(listings);
	}

	@Test
	void knowsThePoliciesThatItHasPutBackItself() {
		OpaState state = state(LONG, "{}");
		this.store.write(state);
		this.client.putPolicy("a.rego", "package a\nx := 2");
		this.client.putPolicy("b.rego", "package b\nx := 2");
		this.store.write(state);
		long listings = listings();
		this.client.putData("users/bob", 2);
		this.store.write(state);
		assertThat(listings()).isEqualTo(listings);
		assertThat(this.store.read()).isEqualTo(state);
	}

	@Test
	void everyWriteOfAPolicyIsSeenBesidesWritesOfData() {
		OpaState state = state(LONG, "{}");
		this.store.write(state);
		assertPutBack(state, () -> this.client.putPolicy("a.rego", "package a\nx := 2"));
		assertPutBack(state, () -> this.client.putPolicy("b.rego", "package b\nx := 2"));
		assertPutBack(state, () -> this.client.deletePolicy("a.rego"));
		assertPutBack(state, () -> new OpaStore(this.http).write(OpaState.EMPTY));
		assertPutBack(state, () -> {
			this.client.deletePolicy("a.rego");
			this.client.putPolicy("a.rego", "package a\nx := 2");
		});
	}

	@Test
	void refusedPoliciesDoNotCount() {
		OpaState state = state(Map.of("a.rego", "package a\nx := 1"), "{}");
		this.store.write(state);
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> this.store.write(state(Map.of("a.rego", "package"), "{}")));
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
	}

	@Test
	void readsRulesThatItHasWrittenItself() {
		this.store.read();
		this.store.write(state(Map.of("a.rego", "package a\nx := 1"), "{\"a\": {\"base\": 1}}"));
		assertThat(this.store.read().data()).isEqualTo(json("{\"a\": {\"base\": 1}}"));
	}

	@Test
	void listsPoliciesWhereOpaDoesNotShowItsCounters() {
		OpaState files = state(Map.of("authz.rego", """
				package system.authz
				default allow := true
				allow := false if input.path[0] == "metrics"
				"""), "{}");
		NativeOpa closed = TestOpa.start(files, "--authorization=basic");
		try {
			OpaHttp http = new OpaHttp(closed);
			assertThatExceptionOfType(OpaException.class).isThrownBy(() -> http.getText("/metrics"));
			OpaStore store = new OpaStore(http);
			assertThat(store.read()).isEqualTo(files);
			new OpaClient(http).putPolicy("b.rego", "package b\nx := 2");
			store.write(files);
			assertThat(store.read()).isEqualTo(files);
		}
		finally {
			closed.destroy();
		}
	}

	@Test
	void policiesThatDoNotCompileAreReportedWithFileAndLine() {
		Map<String, String> policies = new LinkedHashMap<>();
		policies.put("main.rego", "package main\nx := data.lib.f(1)");
		policies.put("lib.rego", "package lib\n\nf(x) := y");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.store.add(state(policies, "{}")))
			.withMessageContaining("lib.rego:3: rego_unsafe_var_error: var y is unsafe")
			.withMessageContaining("main.rego:2: rego_type_error: undefined function data.lib.f");
	}

	private void assertSeen(Runnable change) {
		this.store.mayHaveChanged();
		assertThat(this.store.mayHaveChanged()).isFalse();
		change.run();
		assertThat(this.store.mayHaveChanged()).isTrue();
		assertThat(this.store.mayHaveChanged()).isFalse();
	}

	private void assertPutBack(OpaState state, Runnable change) {
		change.run();
		this.client.putData("users/bob", 2);
		this.store.write(state);
		assertThat(new OpaStore(this.http).read()).isEqualTo(state);
	}

	private long listings() {
		return this.http.getText("/metrics")
			.lines()
			.filter((line) -> line.startsWith("http_request_duration_seconds_count")
					&& line.contains("handler=\"v1/policies\"") && line.contains("method=\"get\""))
			.mapToLong((line) -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	private void patch(String operations) {
		try {
			java.net.http.HttpClient.newHttpClient()
				.send(java.net.http.HttpRequest.newBuilder(opa.getUrl().resolve("/v1/data"))
					.method("PATCH", java.net.http.HttpRequest.BodyPublishers.ofString(operations))
					.build(), java.net.http.HttpResponse.BodyHandlers.discarding());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static OpaState state(Map<String, String> policies, String data) {
		return new OpaState(policies, json(data));
	}

	private static JsonNode json(String text) {
		return OpaHttp.JSON.readTree(text);
	}

}
