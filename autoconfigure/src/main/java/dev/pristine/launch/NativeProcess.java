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
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A child process, which has a directory of its own and dies with this JVM, however that
 * ends.
 */
final class NativeProcess extends LaunchedServer {

	private static final int TAIL = 4096;

	private final RunDirectory directory;

	private final Process process;

	/**
	 * Create a process that has started.
	 * @param url where it was told to listen
	 * @param directory the directory
	 * @param process the process, or its supervisor
	 */
	NativeProcess(String url, RunDirectory directory, Process process) {
		super(Launch.EMBEDDED, url);
		this.directory = directory;
		this.process = process;
	}

	/**
	 * Ask the process to end.
	 * @throws IOException if nobody knows its number
	 */
	void terminate() throws IOException {
		String pid = Files.readString(this.directory.pid()).strip();
		ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroy);
	}

	/**
	 * Wait for the end of the process.
	 * @param patience how long
	 * @return what was wrong with it, or {@code null} if it has succeeded
	 * @throws InterruptedException if somebody interrupts the wait
	 */
	@Nullable String awaitEnd(Duration patience) throws InterruptedException {
		if (!this.process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
			return "did not end within " + patience.toSeconds() + " s";
		}
		int code = this.process.exitValue();
		return (code != 0) ? "failed with exit code " + code : null;
	}

	void moveContent(Path target) throws IOException {
		Files.move(this.directory.content(), target);
	}

	/**
	 * Return what the process said last.
	 * @return the last lines of its log
	 */
	String output() {
		try {
			byte[] bytes = Files.readAllBytes(logFile());
			int start = Math.max(0, bytes.length - TAIL);
			return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8).strip();
		}
		catch (IOException ex) {
			return "(" + ex.getMessage() + ")";
		}
	}

	@Override
	public Path logFile() {
		return this.directory.log();
	}

	@Override
	public String logTail() {
		return "(" + logFile() + ")\n" + output();
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
			Thread.currentThread().interrupt();
		}
		this.directory.delete();
	}

	private void destroy() {
		this.process.descendants().forEach(ProcessHandle::destroyForcibly);
		this.process.destroyForcibly();
	}

}
