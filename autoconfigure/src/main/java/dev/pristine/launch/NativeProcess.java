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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A child process. It has a directory of its own and dies with this JVM, however that
 * ends.
 *
 * @param directory the directory
 * @param process the process, or its supervisor
 * @param port the port of the loopback interface that it was told to listen on
 */
record NativeProcess(RunDirectory directory, Process process, int port) implements Server {

	private static final int TAIL = 4096;

	/**
	 * Ask the process to end.
	 * @throws IOException if nobody knows its number
	 */
	void terminate() throws IOException {
		String pid = Files.readString(this.directory.pid()).strip();
		ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroy);
	}

	Path logFile() {
		return this.directory.log();
	}

	@Override
	public String logTail() {
		return "(" + this.directory.log() + ")\n" + output();
	}

	/**
	 * Return what the process said last.
	 * @return the last lines of its log
	 */
	String output() {
		try {
			byte[] bytes = Files.readAllBytes(this.directory.log());
			int start = Math.max(0, bytes.length - TAIL);
			return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8).strip();
		}
		catch (IOException ex) {
			return "(" + ex.getMessage() + ")";
		}
	}

	/**
	 * Keep the log where it outlives the directory.
	 * @return where the log is, and its last lines
	 */
	String keepLog() {
		String tail = logTail();
		Path log = this.directory.log();
		try {
			// With its permissions: it is readable by its owner only
			Path copy = Files.copy(log, Path.of(System.getProperty("java.io.tmpdir"), "pristine-" + log.getFileName()));
			return tail.replace(log.toString(), copy.toString());
		}
		catch (IOException ex) {
			return tail;
		}
	}

	@Override
	public boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void stop() {
		try {
			// To the supervisor, this is the end of the JVM
			this.process.getOutputStream().close();
			if (!HostUser.hasPosix()) {
				destroy();
			}
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				destroy();
			}
		}
		catch (IOException ex) {
			destroy();
		}
		catch (InterruptedException ex) {
			// Without its folder the supervisor would wait for ever
			destroy();
			Thread.currentThread().interrupt();
		}
		this.directory.delete();
	}

	private void destroy() {
		this.process.descendants().forEach(ProcessHandle::destroyForcibly);
		this.process.destroyForcibly();
	}

}
