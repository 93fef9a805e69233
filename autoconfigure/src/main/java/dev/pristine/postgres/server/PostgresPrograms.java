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

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import dev.pristine.launch.SearchPath;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * PostgreSQL's programs: the configured ones, else those of the class path, else those of
 * the operating system.
 *
 * @param directory the folder that they are in
 * @param id what tells them apart from others
 */
record PostgresPrograms(Path directory, String id) {

	private static final boolean WINDOWS = File.separatorChar == '\\';

	private static final int OLDEST = 14;

	private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ((\\d+)\\S*)");

	// Packages of Debian and Red Hat put nothing but the clients on the path
	private static final List<Path> PACKAGES = List.of(Path.of("/usr/lib/postgresql"), Path.of("/usr"));

	static PostgresPrograms find(@Nullable Path configured, @Nullable String path, UserCache cache) {
		if (configured != null) {
			Path directory = directory(configured);
			if (directory == null) {
				throw new ResourceException(
						"'pristine.postgres.executable' is '%s', which is not the program 'postgres' with 'initdb' beside it."
							.formatted(configured),
						"Name the program, such as '/usr/lib/postgresql/17/bin/postgres'.");
			}
			return in(directory);
		}
		PostgresArchive archive = PostgresArchive
			.find(Objects.requireNonNull(ClassUtils.getDefaultClassLoader(), "No class loader"));
		if (archive != null) {
			return new PostgresPrograms(archive.unpack(cache).resolve("bin"), archive.id());
		}
		return installed(path).stream()
			.map(PostgresPrograms::directory)
			.filter(Objects::nonNull)
			.findFirst()
			.map(PostgresPrograms::in)
			.orElseThrow(() -> new ResourceException(
					"The embedded PostgreSQL has no programs: '%s' is not on the class path, and 'postgres' is not on the PATH."
						.formatted(PostgresArchive.resource()),
					"Add the dependency '%s', install PostgreSQL, name its program with 'pristine.postgres.executable', start a Docker engine, or give the address of a server with 'pristine.postgres.url'."
						.formatted(PostgresArchive.artifact())));
	}

	private static List<Path> installed(@Nullable String path) {
		List<Path> programs = new ArrayList<>();
		new SearchPath(path).programs("postgres").forEach(programs::add);
		for (Path folder : PACKAGES) {
			try (DirectoryStream<Path> versions = Files.newDirectoryStream(folder, "{pgsql-,}[1-9][0-9]")) {
				List<Path> found = new ArrayList<>();
				versions.forEach((version) -> found.add(version.resolve("bin/postgres")));
				found.sort(Comparator.reverseOrder());
				programs.addAll(found);
			}
			catch (IOException ex) {
				// Not on this system
			}
		}
		return programs;
	}

	// Return the folder that a program is in, or null without 'initdb' beside it
	private static @Nullable Path directory(Path program) {
		try {
			Path directory = program.toRealPath().getParent();
			return (directory != null && Files.isRegularFile(program) && Files.isExecutable(program)
					&& Files.isExecutable(directory.resolve(file("initdb")))) ? directory : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static PostgresPrograms in(Path directory) {
		return new PostgresPrograms(directory, version(directory.resolve(file("postgres"))).group(1) + "-"
				+ Integer.toHexString(directory.hashCode()));
	}

	Path program(String name) {
		return this.directory.resolve(file(name));
	}

	/**
	 * Return the version.
	 * @return its first number
	 * @throws ResourceException if it is too old
	 */
	int majorVersion() {
		int version = Integer.parseInt(version(program("postgres")).group(2));
		if (version < OLDEST) {
			throw new ResourceException(
					"'%s' is PostgreSQL %d, which is too old.".formatted(program("postgres"), version),
					"Take version %d or a later one.".formatted(OLDEST));
		}
		return version;
	}

	private static Matcher version(Path program) {
		try {
			Process process = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
			if (!process.waitFor(20, TimeUnit.SECONDS)) {
				process.destroyForcibly();
			}
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			Matcher matcher = VERSION.matcher(output);
			if (matcher.find()) {
				return matcher;
			}
			throw new IOException(output.isBlank() ? "it does not say which version it is" : output.strip());
		}
		catch (IOException ex) {
			throw new ResourceException("'%s' does not work on this machine: %s".formatted(program, ex.getMessage()),
					"Choose another one with 'pristine.postgres.executable', or start a Docker engine.", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while '" + program + "' was asked for its version", ex);
		}
	}

	private static String file(String name) {
		return WINDOWS ? name + ".exe" : name;
	}

}
