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
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.FileSystemUtils;

import dev.pristine.launch.LaunchedJvm;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the life and death of {@link PostgresLaunch} across JVMs.
 */
class ServerLifeIntegrationTests {

	// The file system in memory is the fastest
	private static final Path MEMORY = Path.of("/dev/shm");

	private final String name = "pristine-life-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

	private final Path temporary = Path.of(System.getProperty("java.io.tmpdir"));

	private final Path cache = this.temporary.resolve(this.name + "-cache");

	private final Path directory = (Files.isWritable(MEMORY) ? MEMORY : this.temporary).resolve(this.name);

	@BeforeEach
	void createDirectory() throws IOException {
		Files.createDirectory(this.directory);
	}

	@AfterEach
	void removeDirectories() throws IOException {
		FileSystemUtils.deleteRecursively(this.cache);
		// The supervisors of JVMs that were killed remove files at the same time
		await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
			FileSystemUtils.deleteRecursively(this.directory);
			return !Files.exists(this.directory);
		});
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void killedJvmLeavesNeitherProcessNorDirectory() throws Exception {
		try (LaunchedJvm jvm = LaunchedJvm.run(EmbeddedPostgresMain.class, data())) {
			Path data = Path.of(jvm.await("data"));
			ProcessHandle server = server(data);
			assertThat(server.isAlive()).isTrue();
			jvm.kill();
			await().atMost(Duration.ofSeconds(20)).until(() -> !server.isAlive());
			await().atMost(Duration.ofSeconds(20)).until(() -> !Files.exists(data));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HUP", "INT", "TERM" })
	@DisabledOnOs(OS.WINDOWS)
	void signalToAllLeavesNothing(String signal) throws Exception {
		try (LaunchedJvm jvm = LaunchedJvm.run(EmbeddedPostgresMain.class, data())) {
			Path data = Path.of(jvm.await("data"));
			ProcessHandle server = server(data);
			String pid = jvm.await("pid");
			// As a terminal does on Ctrl-C; the supervisor ignores it
			List<String> pids = List.of(Long.toString(supervisor(pid).pid()), Long.toString(server.pid()), pid);
			List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -s \"$@\"", "sh", signal));
			command.addAll(pids);
			assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
			await().atMost(Duration.ofSeconds(20)).until(() -> !server.isAlive());
			await().atMost(Duration.ofSeconds(20)).until(() -> !Files.exists(data.getParent()));
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whatIsLeftIsRemovedAtNextStart() throws Exception {
		Path data;
		ProcessHandle server;
		try (LaunchedJvm jvm = LaunchedJvm.run(EmbeddedPostgresMain.class, data())) {
			data = Path.of(jvm.await("data"));
			server = server(data);
			long pid = server.pid();
			// Without its supervisor and what that has started, the server survives the
			// JVM
			ProcessHandle supervisor = supervisor(jvm.await("pid"));
			supervisor.children().filter((child) -> child.pid() != pid).forEach(ProcessHandle::destroyForcibly);
			supervisor.destroyForcibly();
			jvm.kill();
		}
		assertThat(server.isAlive()).isTrue();
		assertThat(data).exists();
		EmbeddedServer.start(data()).stop();
		await().atMost(Duration.ofSeconds(20)).until(() -> !server.isAlive());
		assertThat(data.getParent()).doesNotExist();
	}

	@Test
	void serverOfLivingJvmIsLeftAlone() throws Exception {
		try (LaunchedJvm jvm = LaunchedJvm.run(EmbeddedPostgresMain.class, data())) {
			Path data = Path.of(jvm.await("data"));
			EmbeddedServer.start(data()).stop();
			assertThat(server(data).isAlive()).isTrue();
			assertThat(data).exists();
		}
	}

	@Test
	void stoppedServerLeavesNothing() throws Exception {
		EmbeddedServer.start(data()).stop();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void twoJvmsFillCacheAtOnceAndNextStartUsesIt() throws Exception {
		try (LaunchedJvm one = LaunchedJvm.run(EmbeddedPostgresMain.class, cache(), data());
				LaunchedJvm two = LaunchedJvm.run(EmbeddedPostgresMain.class, cache(), data())) {
			assertThat(server(Path.of(one.await("data"))).isAlive()).isTrue();
			assertThat(server(Path.of(two.await("data"))).isAlive()).isTrue();
		}
		try (Stream<Path> entries = Files.list(this.cache)) {
			assertThat(entries.filter(Files::isDirectory)).hasSize(2)
				.noneMatch((entry) -> entry.toString().endsWith(".draft"));
		}
		List<FileTime> before = times(this.cache);
		EmbeddedServer.start(cache(), data()).stop();
		assertThat(times(this.cache)).isEqualTo(before).isNotEmpty();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void folderWithoutSpaceIsReported() {
		// A folder that has room for nothing
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> EmbeddedServer.start("pristine.postgres.data-directory=/sys"))
			.withMessageContaining("does not fit into '/sys', which has 0 MB left")
			.withMessageContaining("pristine.postgres.data-directory");
	}

	@Test
	void userWithoutNameIsReported() {
		String name = System.getProperty("user.name");
		System.setProperty("user.name", "?");
		try {
			assertThatExceptionOfType(ResourceException.class)
				.isThrownBy(() -> EmbeddedServer.start(cache(), data(), EmbeddedServer.programs()))
				.withMessageContaining("user without a name")
				.withMessageContaining("/etc/passwd");
		}
		finally {
			System.setProperty("user.name", name);
		}
	}

	private String data() {
		return "pristine.postgres.data-directory=" + this.directory;
	}

	private String cache() {
		return "pristine.cache-directory=" + this.cache;
	}

	private static ProcessHandle server(Path data) throws IOException {
		return ProcessHandle.of(Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0)))
			.orElseThrow();
	}

	private static ProcessHandle supervisor(String jvm) {
		return ProcessHandle.of(Long.parseLong(jvm))
			.orElseThrow()
			.children()
			.filter(ProcessHandle::isAlive)
			.findFirst()
			.orElseThrow();
	}

	// But for the time of the last use
	private static List<FileTime> times(Path directory) throws IOException {
		try (Stream<Path> files = Files.walk(directory, 3)) {
			return files.filter((file) -> !file.toString().endsWith(".sum")).sorted().map((file) -> {
				try {
					return Files.getLastModifiedTime(file);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}).toList();
		}
	}

}
