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
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The directory of one running server. A file lock tells that its JVM lives, so that the
 * next JVM can remove what a dead one left.
 */
final class RunDirectory {

	private static final Log logger = LogFactory.getLog(RunDirectory.class);

	private static final String PREFIX = "pristine-run-";

	private static final Duration GRACE = Duration.ofMinutes(1);

	private final Path path;

	private final FileChannel lock;

	private RunDirectory(Path path, FileChannel lock) {
		this.path = path;
		this.lock = lock;
	}

	static RunDirectory create(Path parent, String name) throws IOException {
		Path path = Files
			.createDirectory(parent.resolve(prefix() + name + "-" + UUID.randomUUID().toString().substring(0, 8)));
		// A server of root runs as another user, who has to get to his own folder
		HostUser.restrict(path, HostUser.isRoot() ? "rwx--x--x" : "rwx------");
		RunDirectory directory = new RunDirectory(path,
				FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
		directory.lock.lock();
		HostUser.restrict(Files.createFile(directory.log()), "rw-------");
		return directory;
	}

	Path path() {
		return this.path;
	}

	// What the process writes to its output
	Path log() {
		return this.path.resolve("log");
	}

	// Where the process works; made by its supervisor
	Path content() {
		return this.path.resolve("content");
	}

	// Write what is to be copied to the content
	Path write(Map<String, byte[]> files, boolean unprivileged) throws IOException {
		Path folder = Files.createDirectory(this.path.resolve("files"));
		for (Map.Entry<String, byte[]> entry : files.entrySet()) {
			Path file = folder.resolve(entry.getKey());
			Files.createDirectories(file.getParent());
			Files.write(file, entry.getValue());
		}
		if (unprivileged) {
			HostUser.handOver(folder);
		}
		else {
			HostUser.restrict(folder, "rwx------");
		}
		return folder;
	}

	void delete() {
		try {
			this.lock.close();
			// What a server still writes while it dies makes the first try fail
			for (int i = 0; Files.exists(this.path) && i < 3; i++) {
				deleteQuietly(this.path);
			}
		}
		catch (IOException ex) {
			logger.debug("Could not remove " + this.path, ex);
		}
	}

	// Remove the directories, and end the processes, that dead JVMs of this user left
	static void removeLeftovers(Path parent) {
		try (DirectoryStream<Path> candidates = Files.newDirectoryStream(parent, PREFIX + "*")) {
			for (Path candidate : candidates) {
				if (!candidate.getFileName().toString().startsWith(prefix())) {
					removeLeftover(candidate);
				}
			}
		}
		catch (IOException ex) {
			logger.debug("Could not look for leftovers in " + parent, ex);
		}
	}

	private static void removeLeftover(Path directory) {
		try {
			if (!HostUser.owns(directory) || isInUse(directory)) {
				return;
			}
			logger.debug("Removing " + directory + ", which a run that is no more has left");
			ProcessFile.in(directory).destroy();
			deleteQuietly(directory);
		}
		catch (NoSuchFileException ex) {
			// Somebody else removed it
		}
		catch (IOException | UncheckedIOException ex) {
			logger.debug("Could not remove " + directory, ex);
		}
	}

	private static boolean isInUse(Path directory) throws IOException {
		Path lock = directory.resolve("lock");
		if (!Files.exists(lock)) {
			// Just being created, or just being removed
			return Files.getLastModifiedTime(directory).toInstant().isAfter(Instant.now().minus(GRACE));
		}
		try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
			return channel.tryLock() == null;
		}
	}

	private static void deleteQuietly(Path directory) {
		try {
			FileSystemUtils.deleteRecursively(directory);
		}
		catch (IOException ex) {
			logger.debug("Could not remove " + directory, ex);
		}
	}

	// Opening the lock file of a directory of our own would give up the lock
	private static String prefix() {
		ProcessHandle self = ProcessHandle.current();
		long start = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
		return PREFIX + self.pid() + "-" + start + "-";
	}

}
