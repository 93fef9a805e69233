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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

	private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

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
		return Stream
			.concat(new SearchPath(path).programs("postgres"), PACKAGES.stream().flatMap(PostgresPrograms::packaged))
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

	// The newest version first
	private static Stream<Path> packaged(Path folder) {
		return Stream.ofNullable(folder.toFile().list((directory, name) -> name.matches("(pgsql-)?[1-9][0-9]")))
			.flatMap(Stream::of)
			.sorted(Comparator.reverseOrder())
			.map((version) -> folder.resolve(version).resolve("bin/postgres"));
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
		return new PostgresPrograms(directory,
				"%x-%x".formatted(directory.hashCode(), directory.resolve(file("postgres")).toFile().lastModified()));
	}

	Path program(String name) {
		return this.directory.resolve(file(name));
	}

	/**
	 * Return the version.
	 * @return its first number
	 */
	int majorVersion() {
		Path program = program("postgres");
		try {
			Process process = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
			if (!process.waitFor(20, TimeUnit.SECONDS)) {
				process.destroyForcibly();
			}
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			Matcher matcher = VERSION.matcher(output);
			if (matcher.find()) {
				return Integer.parseInt(matcher.group(1));
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
