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
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import com.sun.security.auth.module.UnixSystem;

/**
 * The operating system's user that this JVM runs as.
 */
final class HostUser {

	// A constant of the process. Windows has no number
	private static final int UID = hasPosix() ? (int) new UnixSystem().getUid() : -1;

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
			Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		}
	}

}
