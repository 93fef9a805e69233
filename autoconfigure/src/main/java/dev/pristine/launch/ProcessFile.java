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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The file in which a server's process number is written at its start. A number is given
 * to other processes later, so it counts only together with the time of the start.
 */
final class ProcessFile {

	static final String NAME = "pid";

	private static final Duration TOLERANCE = Duration.ofSeconds(3);

	private final Path path;

	private ProcessFile(Path path) {
		this.path = path;
	}

	static ProcessFile in(Path directory) {
		return new ProcessFile(directory.resolve(NAME));
	}

	void write(long pid) throws IOException {
		Files.writeString(this.path, Long.toString(pid));
	}

	void destroy() throws IOException {
		if (!Files.exists(this.path)) {
			return;
		}
		Instant written = Files.getLastModifiedTime(this.path).toInstant();
		String content = Files.readString(this.path).strip();
		if (content.isEmpty()) {
			return;
		}
		ProcessHandle.of(Long.parseLong(content))
			.filter((process) -> process.info()
				.startInstant()
				.filter((start) -> Duration.between(start, written).abs().compareTo(TOLERANCE) < 0)
				.isPresent())
			.ifPresent((process) -> {
				process.descendants().forEach(ProcessHandle::destroyForcibly);
				process.destroyForcibly();
			});
	}

}
