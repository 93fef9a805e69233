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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpaStore} and {@link RulePaths}.
 */
@OpaTest
class OpaStoreIntegrationTests {

	private static TestOpa opa;

	private OpaStore store;

	@BeforeAll
	static void start() {
		opa = TestOpa.start();
	}

	@AfterAll
	static void stop() {
		opa.close();
	}

	@BeforeEach
	void empty() {
		this.store = opa.store();
		this.store.write(OpaState.EMPTY);
	}

	@Test
	void readsBaseDocumentsWithoutWhatRulesCompute() {
		opa.client.putPolicy("a.rego", """
				package a.b
				default allow := false
				allow if input.user == "ann"
				roles contains "admin" if true
				limits[name] := 1 if some name in ["x", "y"]
				deep.er.still := 5
				deep.other[x] := 5 if some x in ["z"]
				deep.other.y := 6
				f(x) := x + 1
				conflict := x if some x in [1, 2]
				""");
		opa.client.putPolicy("c.rego", "package c[\"d-e\"]\nx := 1");
		opa.client.putPolicy("functions.rego", "package functions\ng(x) := x");
		opa.client.putData("a/b/base", Map.of("k", 1));
		opa.client.putData("a/b/deep/er/sibling", true);
		opa.client.putData("other", Map.of("empty", Map.of()));
		OpaState state = this.store.read();
		assertThat(state.policies()).containsOnlyKeys("a.rego", "c.rego", "functions.rego");
		assertThat(state.data()).isEqualTo(json("""
				{"a": {"b": {"base": {"k": 1}, "deep": {"er": {"sibling": true}}}}, "other": {"empty": {}}}"""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "1.0", "1.10", "12345678901234567890123", "1e30", "\"ü\\u0000 \\\"\"", "null", "[]" })
	void valuesSurviveReadingAndWriting(String value) {
		OpaState state = new OpaState(Map.of(), json("{\"x\": " + value + "}"));
		this.store.write(state);
		this.store.write(this.store.read());
		assertThat(this.store.read()).isEqualTo(state);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("changes")
	void bringsBackWhatItHasRead(String name, Consumer<OpaClient> change) {
		OpaState state = written();
		change.accept(opa.client);
		assertThat(this.store.read()).isNotEqualTo(state);
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
		assertThat(opa.store().read()).isEqualTo(state);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("changes")
	void bringsBackWhatIsChangedAfterTheAnnouncement(String name, Consumer<OpaClient> change) {
		OpaState state = written();
		opa.client.putData("users/eve", 1);
		this.store.announce(state);
		Awaitility.await().until(() -> opa.client.find("users/eve", null, Integer.class).isEmpty());
		change.accept(opa.client);
		this.store.write(state);
		assertThat(this.store.read()).isEqualTo(state);
		assertThat(opa.store().read()).isEqualTo(state);
	}

	@Test
	void announcedDataAreSentOnce() {
		OpaState state = written();
		opa.client.putData("users/eve", 1);
		long requests = requests();
		this.store.announce(state);
		Awaitility.await().until(() -> requests() == requests + 1);
		this.store.write(state);
		this.store.announce(state);
		assertThat(requests()).isEqualTo(requests + 1);
		assertThat(opa.store().read()).isEqualTo(state);
	}

	private OpaState written() {
		Map<String, String> policies = new LinkedHashMap<>();
		policies.put("1.rego", "package one\nx := data.lib.f(1)");
		policies.put("lib.rego", "package lib\nf(x) := data.more.f(x)");
		policies.put("more lib.rego", "package more\nf(x) := x");
		this.store.write(new OpaState(policies, json("{\"users\": {\"ann\": 1}, \"b\": {\"x\": 1}}")));
		OpaState state = this.store.read();
		assertThat(state.policies()).isEqualTo(policies);
		return state;
	}

	static Stream<Arguments> changes() {
		return Stream.of(change("policy changed", (client) -> client.putPolicy("1.rego", "package one\nx := 2")),
				change("policy added", (client) -> client.putPolicy("2.rego", "package one\ny := 2")),
				change("policy deleted", (client) -> client.deletePolicy("1.rego")),
				change("datum changed", (client) -> client.putData("users/ann", 2)),
				change("datum added", (client) -> client.putData("users/bob", 2)),
				change("datum deleted", (client) -> client.deleteData("users")),
				change("all policies deleted", (client) -> {
					client.deletePolicy("1.rego");
					client.deletePolicy("lib.rego");
					client.deletePolicy("more lib.rego");
				}), change("data in the place of a rule", (client) -> {
					client.deletePolicy("1.rego");
					client.putData("one/x", 2);
				}), change("rule in the place of data, and the reverse", (client) -> {
					client.deletePolicy("1.rego");
					client.putData("one/x", 2);
					client.deleteData("b");
					client.putPolicy("b.rego", "package b\nx := 1");
				}), change("function renamed", (client) -> {
					client.putPolicy("more lib.rego", "package more\nf(x) := x\ng(x) := x");
					client.putPolicy("lib.rego", "package lib\nf(x) := data.more.g(x)");
					client.putPolicy("more lib.rego", "package more\ng(x) := x");
				}));
	}

	private static Arguments change(String name, Consumer<OpaClient> change) {
		return Arguments.of(name, change);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void asksOnlyAfterSomebodyMayHaveWritten(boolean logged) {
		OpaStore store = new OpaStore(opa.http, new RequestLog(logged ? opa.details.log() : null));
		OpaState state = new OpaState(Map.of("a.rego", "package a"), json("{\"x\": 1}"));
		store.write(state);
		long requests = requests();
		store.write(state);
		store.read();
		assertThat(requests() == requests).isEqualTo(logged);
		opa.client.putData("x", 2);
		assertThat(store.read().data()).isEqualTo(json("{\"x\": 2}"));
		store.write(state);
		assertThat(store.read()).isEqualTo(state);
	}

	private static long requests() {
		try (Stream<String> lines = Files.lines(opa.details.log())) {
			return lines.filter((line) -> line.contains("Received request")).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void policiesThatDoNotCompileAreReportedWithFileAndLine() {
		OpaState wrong = new OpaState(
				Map.of("main.rego", "package main\nx := data.lib.f(1)", "lib.rego", "package lib\n\nf(x) := y"),
				json("{}"));
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.store.write(wrong))
			.withMessageContaining("lib.rego:3: rego_unsafe_var_error: var y is unsafe")
			.withMessageContaining("main.rego:2: rego_type_error: undefined function data.lib.f");
		this.store.write(OpaState.EMPTY);
		assertThat(this.store.read()).isEqualTo(OpaState.EMPTY);
	}

	private static JsonNode json(String text) {
		return OpaHttp.JSON.readTree(text);
	}

}
