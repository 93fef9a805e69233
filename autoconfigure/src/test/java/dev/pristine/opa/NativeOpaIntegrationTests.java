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

import org.junit.jupiter.api.Test;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link NativeOpa}.
 */
@OpaTest
class NativeOpaIntegrationTests {

	private static final OpaState FILES = new OpaState(
			Map.of("a/b/main rules.rego", "package a.b\nx := data.lib.f(1)\nf(x) := x", "lib.rego",
					"package lib\nf(x) := x\ny := data.a.b.f(2)"),
			OpaHttp.JSON.readTree("{\"a\": {\"c\": 1.10}, \"users\": []}"));

	@Test
	void startsWithPoliciesThatNeedEachOther() {
		NativeOpa opa = TestOpa.start(FILES);
		try {
			assertThat(new OpaStore(new OpaHttp(opa)).read()).isEqualTo(FILES);
			assertThat(new OpaClient(new OpaHttp(opa)).evaluate("a/b/x", null, Integer.class)).isEqualTo(1);
		}
		finally {
			opa.destroy();
		}
	}

	@Test
	void whatItStartedWithCanBeReplacedAndDeleted() {
		NativeOpa opa = TestOpa.start(FILES);
		try {
			OpaStore store = new OpaStore(new OpaHttp(opa));
			OpaState other = new OpaState(Map.of("lib.rego", "package lib\nf(x) := 2"), OpaState.EMPTY.data());
			new OpaClient(new OpaHttp(opa)).putPolicy("lib.rego", "package lib\nf(x) := x");
			store.write(other);
			assertThat(store.read()).isEqualTo(other);
			store.write(OpaState.EMPTY);
			assertThat(store.read()).isEqualTo(OpaState.EMPTY);
		}
		finally {
			opa.destroy();
		}
	}

	@Test
	void whatDoesNotCompileIsReportedWithFileAndLine() {
		OpaState files = new OpaState(Map.of("a/parse.rego", "package a\n\nx :="), OpaState.EMPTY.data());
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> TestOpa.start(files))
			.withMessageContaining("a/parse.rego:3: rego_parse_error: ");
		OpaState unsafe = new OpaState(Map.of("a/unsafe.rego", "package a\n\nf(x) := y"), OpaState.EMPTY.data());
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> TestOpa.start(unsafe))
			.withMessageContaining("a/unsafe.rego:3: rego_unsafe_var_error: var y is unsafe");
	}

	@Test
	void dataAtThePathOfARuleIsReported() {
		OpaState files = new OpaState(Map.of("a.rego", "package a\nx := 1"),
				OpaHttp.JSON.readTree("{\"a\": {\"x\": 2}}"));
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> TestOpa.start(files))
			.withMessageContaining("a.rego:2: rego_compile_error: conflicting rule for data path a/x found");
	}

}
