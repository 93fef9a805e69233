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

package dev.pristine.redis;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RedisExecutable}.
 */
class RedisExecutableTests {

	@TempDir
	private Path directory;

	@Test
	void takesTheConfiguredProgram() throws IOException {
		Path program = program("anything");
		assertThat(RedisExecutable.find(program, null, launch())).isEqualTo(program);
	}

	@Test
	void refusesAConfiguredProgramThatDoesNotExist() {
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> RedisExecutable.find(this.directory.resolve("missing"), null, launch()))
			.withMessageContainingAll("pristine.redis.executable", "apt-get install redis-server", "brew install");
	}

	@Test
	void findsRedisOnThePath() throws IOException {
		Path program = program("redis-server");
		assertThat(RedisExecutable.find(null, "/missing" + File.pathSeparator + this.directory, launch()))
			.isEqualTo(program);
	}

	@Test
	void findsValkeyOnThePath() throws IOException {
		Path program = program("valkey-server");
		assertThat(RedisExecutable.find(null, this.directory.toString(), launch())).isEqualTo(program);
	}

	@Test
	void takesTheProgramOfEmbeddedRedisIfThereIsNoOther() {
		Path program = RedisExecutable.find(null, "", launch());
		assertThat(program).isExecutable();
		assertThat(program.getFileName().toString()).startsWith("redis-server-");
		assertThat(RedisExecutable.find(null, null, launch())).isEqualTo(program);
	}

	private Path program(String name) throws IOException {
		Path program = Files.createFile(this.directory.resolve(name));
		assertThat(program.toFile().setExecutable(true)).isTrue();
		return program;
	}

	private static LaunchProperties launch() {
		return new LaunchProperties(Launch.EMBEDDED, null);
	}

}
