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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The directory of one running server. It tells which JVM it belongs to, so that another
 * one can remove what a dead one left. Like all temporary files of the JDK, it is closed
 * to other users.
 *
 * @param path the directory
 * @param log what the process writes to its output
 */
record RunDirectory(Path path, Path log) {

	private static final Log logger = LogFactory.getLog(RunDirectory.class);

	private static final String PREFIX = "pristine-server-";

	static RunDirectory create(Path parent, String name) throws IOException {
		Path path = Files.createTempDirectory(parent, PREFIX + name + "-");
		Files.writeString(path.resolve("owner"), RunTag.current().toString());
		return new RunDirectory(path, Files.createTempFile(path, name, ".log"));
	}

	// Where the process works; made by its supervisor
	Path content() {
		return this.path.resolve("content");
	}

	// The number of the server's process; written by its supervisor
	Path pid() {
		return this.path.resolve("pid");
	}

	// Write what is to be copied to the content
	Path write(Map<String, byte[]> files) throws IOException {
		Path folder = Files.createTempDirectory(this.path, "files");
		for (Map.Entry<String, byte[]> entry : files.entrySet()) {
			Path file = folder.resolve(entry.getKey());
			Files.createDirectories(file.getParent());
			Files.write(file, entry.getValue());
		}
		return folder;
	}

	void delete() {
		// What a server still writes while it dies makes the first try fail
		for (int i = 0; Files.exists(this.path) && i < 3; i++) {
			try {
				FileSystemUtils.deleteRecursively(this.path);
			}
			catch (IOException ex) {
				logger.debug("Could not remove " + this.path, ex);
			}
		}
	}

	// Remove the directories, and end the processes, that dead JVMs of this user left
	static void removeLeftovers(Path parent) {
		try (DirectoryStream<Path> candidates = Files.newDirectoryStream(parent, PREFIX + "*")) {
			for (Path candidate : candidates) {
				if (isLeftover(candidate)) {
					logger.debug("Removing " + candidate + ", which a run that is no more has left");
					RunDirectory leftover = new RunDirectory(candidate, candidate);
					leftover.destroyProcess();
					leftover.delete();
				}
			}
		}
		catch (IOException ex) {
			logger.debug("Could not remove leftovers in " + parent, ex);
		}
	}

	private static boolean isLeftover(Path directory) {
		try {
			RunTag owner = RunTag.parse(Files.readString(directory.resolve("owner")));
			return HostUser.owns(directory) && owner != null && owner.isDead();
		}
		catch (IOException ex) {
			// Of another user, or just being made or removed
			return false;
		}
	}

	// A process that started later has been given the number of the server
	private void destroyProcess() throws IOException {
		if (Files.exists(pid()) && Files.size(pid()) > 0) {
			Instant latest = Files.getLastModifiedTime(pid()).toInstant().plusSeconds(1);
			ProcessHandle.of(Long.parseLong(Files.readString(pid()).strip()))
				.filter((process) -> process.info().startInstant().filter(latest::isAfter).isPresent())
				.ifPresent((process) -> {
					process.descendants().forEach(ProcessHandle::destroyForcibly);
					process.destroyForcibly();
				});
		}
	}

}
