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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PolicyFiles}.
 */
class PolicyFilesTests {

	private final OpaHttp none = new OpaHttp(() -> {
		throw new AssertionError("Not needed without YAML");
	});

	@TempDir
	private Path directory;

	@Test
	void findsPoliciesAndData() {
		PolicyFiles files = new PolicyFiles(List.of("classpath*:dev/pristine/opa/policies/"), null);
		assertThat(files.containPolicies()).isTrue();
		assertThat(files.contents()).containsOnlyKeys("authz/authz.rego", "roles.rego", "data.json",
				"config/settings.yaml");
		assertThat(new PolicyFiles(List.of("classpath*:opa/", "classpath:none", "file:/none/"), null).containPolicies())
			.isFalse();
	}

	@Test
	void readsOtherDirectoriesAndFromJars() throws IOException {
		Path jar = this.directory.resolve("a b.jar");
		try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
			out.putNextEntry(new JarEntry("opa/"));
			out.putNextEntry(new JarEntry("opa/x y/p.rego"));
			out.write("package p".getBytes());
		}
		write("file/q.rego", "package q");
		assertThat(new PolicyFiles(
				List.of("jar:" + jar.toUri() + "!/opa/", this.directory.resolve("file").toUri().toString()), null)
			.contents()).containsOnlyKeys("x y/p.rego", "q.rego");
	}

	@Test
	void firstOfSeveralFilesWithOnePathWins() throws IOException {
		write("test/p.rego", "package p");
		write("main/p.rego", "package q");
		assertThat(added(OpaState.EMPTY, "test", "main").policies()).containsOnly(Map.entry("p.rego", "package p"));
	}

	@Test
	void mergesDataAndReplacesWhatWasThere() throws IOException {
		write("one/a/data.json", "{\"x\": {\"y\": 1}}");
		write("one/a/more.json", "{\"x\": {\"z\": [2]}}");
		write("one/list/data.json", "[1.10]");
		OpaState before = new OpaState(Map.of("before.rego", "package b"),
				OpaHttp.JSON.readTree("{\"a\": 1, \"b\": 1}"));
		OpaState state = added(before, "one");
		assertThat(state.policies()).containsOnlyKeys("before.rego");
		assertThat(state.data())
			.isEqualTo(OpaHttp.JSON.readTree("{\"a\": {\"x\": {\"y\": 1, \"z\": [2]}}, \"b\": 1, \"list\": [1.10]}"));
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '\0', value = { "{,Unexpected end-of-input", "[1],no object", "{\"a\":1},defines 'a'" })
	void dataThatCannotBeReadIsReportedWithItsFile(String content, String message) throws IOException {
		write("files/a/data.json", "{}");
		write("files/data.json", content);
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> added(OpaState.EMPTY, "files"))
			.withMessageContaining("/data.json")
			.withMessageContaining(message);
	}

	private OpaState added(OpaState state, String... names) {
		return new PolicyFiles(
				Arrays.stream(names).map((name) -> this.directory.resolve(name).toUri().toString()).toList(), null)
			.addTo(state, this.none);
	}

	private void write(String path, String text) throws IOException {
		Path file = this.directory.resolve(path);
		Files.createDirectories(file.getParent());
		Files.writeString(file, text);
	}

}
