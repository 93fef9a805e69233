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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server of this JVM that stands still until this is closed: it accepts connections, as
 * the system does that for it, and answers nothing.
 */
public final class FrozenServer implements AutoCloseable {

	private final List<String> processes;

	private boolean frozen = true;

	private FrozenServer(List<String> processes) {
		this.processes = processes;
	}

	/**
	 * Stop the processes of a server, on Linux.
	 * @param port the port of the server
	 */
	public static FrozenServer on(int port) {
		List<String> processes = ProcessHandle.current()
			.descendants()
			.filter((process) -> PortOwner.is(process, port))
			// Not the supervisor's shell, which may have to end it
			.filter((process) -> !process.info().command().orElse("").endsWith("sh"))
			.flatMap((process) -> Stream.concat(Stream.of(process), process.descendants()))
			.map((process) -> Long.toString(process.pid()))
			.distinct()
			.toList();
		assertThat(processes).isNotEmpty();
		FrozenServer server = new FrozenServer(processes);
		// Whoever waits without a bound goes on then
		CompletableFuture.delayedExecutor(40, TimeUnit.SECONDS).execute(server::close);
		assertThat(server.signal("STOP")).isZero();
		return server;
	}

	// Processes may be gone
	private int signal(String signal) {
		try {
			String command = "kill -s " + signal + " " + String.join(" ", this.processes);
			return new ProcessBuilder("sh", "-c", command).start().onExit().join().exitValue();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public synchronized void close() {
		if (this.frozen) {
			this.frozen = false;
			signal("CONT");
		}
	}

}
