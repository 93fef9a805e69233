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

package dev.pristine.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.stream.Stream;

/**
 * The operating system's user that this JVM runs as.
 */
final class HostUser {

	// A constant of the process. Windows has no number
	private static final int UID = hasPosix() ? uid() : -1;

	private HostUser() {
	}

	static boolean hasPosix() {
		return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
	}

	static boolean isRoot() {
		return UID == 0;
	}

	static boolean owns(Path path) throws IOException {
		return !hasPosix() || UID == (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
	}

	// Let others enter a directory: as root, servers run as another user
	static void open(Path directory) throws IOException {
		if (isRoot()) {
			restrict(directory, "rwxr-xr-x");
		}
	}

	static void restrict(Path path, String permissions) throws IOException {
		if (hasPosix()) {
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
		}
	}

	// Give a folder to the user that servers run as instead of root, and to nobody else
	static void handOver(Path folder) throws IOException {
		restrict(folder, "rwx------");
		if (isRoot()) {
			UserPrincipal nobody = folder.getFileSystem()
				.getUserPrincipalLookupService()
				.lookupPrincipalByName("nobody");
			try (Stream<Path> paths = Files.walk(folder)) {
				for (Path path : paths.toList()) {
					Files.setOwner(path, nobody);
				}
			}
		}
	}

	// The JDK tells a user's number only through a file of his
	private static int uid() {
		try {
			Path file = Files.createTempFile("pristine", null);
			try {
				return (int) Files.getAttribute(file, "unix:uid");
			}
			finally {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
