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
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PolicyFiles}.
 */
class PolicyFilesTests {

	@TempDir
	private Path directory;

	@Test
	void readsPoliciesAndDataAtThePathOfTheirDirectory() {
		OpaState state = PolicyFiles.below(List.of("classpath*:dev/pristine/opa/policies/"), null).read();
		assertThat(state.policies()).containsOnlyKeys("authz/authz.rego", "roles.rego");
		assertThat(state.policies().get("roles.rego")).startsWith("package roles");
		assertThat(state.data()).isEqualTo(OpaHttp.JSON.readTree("""
				{"users": {"ann": {"roles": ["admin"]}, "bob": {"roles": []}},
				 "config": {"public": ["list"], "since": "2024-01-01",
				   "limits": {"depth": 3, "ratio": 0.5, "strict": true}}}"""));
	}

	@Test
	void findsNothingWhereNothingStands() {
		assertThat(
				PolicyFiles.below(List.of("classpath*:opa/", "classpath:none", "file:/none/"), null).containPolicies())
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
		PolicyFiles files = PolicyFiles
			.below(List.of("jar:" + jar.toUri() + "!/opa/", this.directory.resolve("file").toUri().toString()), null);
		assertThat(files.containPolicies()).isTrue();
		assertThat(files.read().policies()).containsOnlyKeys("x y/p.rego", "q.rego");
	}

	@Test
	void firstOfSeveralFilesWithOnePathWins() throws IOException {
		write("test/p.rego", "package p");
		write("main/p.rego", "package q");
		assertThat(read("test", "main").policies()).containsOnly(java.util.Map.entry("p.rego", "package p"));
	}

	@Test
	void mergesDataOfSeveralFiles() throws IOException {
		write("one/a/data.json", "{\"x\": {\"y\": 1}}");
		write("one/data.yml", "a: {x: {z: 2}}");
		assertThat(read("one").data()).isEqualTo(OpaHttp.JSON.readTree("{\"a\": {\"x\": {\"y\": 1, \"z\": 2}}}"));
	}

	@Test
	void conflictingDataIsReported() {
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> PolicyFiles.below(List.of("classpath:dev/pristine/opa/conflict/"), null).read())
			.withMessageContaining("both define 'x'")
			.withMessageContaining("data.json");
	}

	@Test
	void malformedDataIsReportedWithItsFile() throws IOException {
		write("json/data.json", "{");
		write("yaml/data.yaml", "a: [");
		write("list/data.json", "[1]");
		for (String name : List.of("json", "yaml", "list")) {
			assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> read(name))
				.withMessageContaining(name + "/data.");
		}
	}

	private OpaState read(String... names) {
		return PolicyFiles.below(
				java.util.Arrays.stream(names).map((name) -> this.directory.resolve(name).toUri().toString()).toList(),
				null)
			.read();
	}

	private void write(String path, String text) throws IOException {
		Path file = this.directory.resolve(path);
		Files.createDirectories(file.getParent());
		Files.writeString(file, text);
	}

}
