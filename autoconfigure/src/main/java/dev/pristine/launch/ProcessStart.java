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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

import dev.pristine.resource.ResourceException;

/**
 * The start of a native process: of a server, or of a program that comes to its end.
 *
 * @since 0.1.0
 */
public final class ProcessStart {

	private static final int ATTEMPTS = 3;

	private final String name;

	private final Function<Place, List<String>> command;

	private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

	private Map<String, byte[]> files = Map.of();

	private @Nullable Path template;

	private boolean unprivileged;

	private String signal = "KILL";

	private ProcessStart(String name, Function<Place, List<String>> command) {
		this.name = name;
		this.command = command;
	}

	/**
	 * Describe a process to start.
	 * @param name the name for messages and for the name of its directory
	 * @param command makes the command line for a place
	 * @return the description
	 */
	public static ProcessStart of(String name, Function<Place, List<String>> command) {
		return new ProcessStart(name, command);
	}

	/**
	 * Set where the directory of the process is made.
	 * @param parent the folder; by default the one for temporary files
	 * @return this description
	 */
	public ProcessStart in(Path parent) {
		this.parent = parent;
		return this;
	}

	/**
	 * Start with a copy of a folder as the working directory.
	 * @param template the folder to copy
	 * @return this description
	 */
	public ProcessStart withCopyOf(Path template) {
		this.template = template;
		return this;
	}

	/**
	 * Start with files in the working directory.
	 * @param files their content by relative path
	 * @return this description
	 */
	public ProcessStart files(Map<String, byte[]> files) {
		this.files = files;
		return this;
	}

	/**
	 * Run as the user {@code nobody} if this JVM runs as root.
	 * @return this description
	 */
	public ProcessStart neverAsRoot() {
		this.unprivileged = true;
		return this;
	}

	/**
	 * Set the signal that makes the process end at once.
	 * @param signal the name; {@code KILL} by default
	 * @return this description
	 */
	public ProcessStart endedBy(String signal) {
		this.signal = signal;
		return this;
	}

	/**
	 * Run the process to its end and keep its working directory.
	 * @param target where the directory is moved to: in the folder that it was made in
	 * @param patience how long it may take
	 * @throws ResourceException if it fails or does not end in time
	 */
	public void run(Path target, Duration patience) {
		run(target, patience, null);
	}

	/**
	 * Run a server as long as there is work for it, have it end in order, and keep its
	 * working directory.
	 * @param target where the directory is moved to: in the folder that it was made in
	 * @param patience how long it may take to end
	 * @param work waits until the server is ready, and uses it at the given port; or
	 * {@code null} if the process comes to its end by itself
	 * @throws ResourceException if it fails or does not end in time
	 */
	public void run(Path target, Duration patience, @Nullable IntConsumer work) {
		NativeProcess process = launch(0);
		try {
			if (work != null) {
				work.accept(process.port());
				process.terminate();
			}
			if (!process.process().waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
				throw failure("did not end within " + patience.toSeconds() + " s", process.output());
			}
			if (process.process().exitValue() != 0) {
				throw failure("failed with exit code " + process.process().exitValue(), process.output());
			}
			Files.move(process.directory().content(), target);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not keep what " + this.name + " has made", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while " + this.name + " ran", ex);
		}
		finally {
			process.stop();
		}
	}

	LaunchedServer start(String scheme, int port, Readiness readiness) {
		RunDirectory.removeLeftovers(this.parent);
		for (int attempt = 1;; attempt++) {
			NativeProcess process = launch(port);
			LaunchedServer server = new LaunchedServer(Launch.EMBEDDED, scheme + "://127.0.0.1:" + process.port(),
					process);
			boolean ready = false;
			try {
				String problem = readiness.await(server);
				ready = problem == null;
				if (problem == null) {
					return server;
				}
				// Somebody may have been given the port meanwhile
				if (attempt == ATTEMPTS || !process.logTail().contains("in use")) {
					throw failure(problem, process.keepLog());
				}
			}
			finally {
				if (!ready) {
					process.stop();
				}
			}
		}
	}

	private ResourceException failure(String problem, String log) {
		return new ResourceException("%s %s. The end of its log:%n%s".formatted(this.name, problem, log.indent(2)),
				"Mend what the log names.");
	}

	private NativeProcess launch(int port) {
		RunDirectory directory = null;
		try {
			directory = RunDirectory.create(this.parent, this.name);
			Place place = new Place(Launch.EMBEDDED, directory.content().toString(), "127.0.0.1",
					FreePort.find(port, this.name));
			Path template = this.files.isEmpty() ? this.template : directory.write(this.files);
			List<String> command = this.command.apply(place);
			NativeProcess process = new NativeProcess(directory, HostUser.hasPosix()
					? supervised(directory, template, command) : alone(directory, template, command), place.port());
			if (!HostUser.hasPosix()) {
				Runtime.getRuntime().addShutdownHook(new Thread(process::stop, "pristine-" + this.name + "-end"));
			}
			return process;
		}
		catch (IOException ex) {
			if (directory != null) {
				directory.delete();
			}
			throw new ResourceException("%s could not be started: %s".formatted(this.name, ex.getMessage()),
					"See that its program can be executed and that '%s' can be written.".formatted(this.parent), ex);
		}
	}

	private Process supervised(RunDirectory directory, @Nullable Path template, List<String> command)
			throws IOException {
		Stream<String> supervisor = Stream.of("/bin/sh", "-c", Supervisor.SCRIPT, "pristine",
				directory.path().toString(), this.signal, Boolean.toString(this.unprivileged && HostUser.isRoot()),
				(template != null) ? template.toString() : "");
		return start(new ProcessBuilder(Stream.concat(supervisor, command.stream()).toList()), directory);
	}

	// Windows has no shell
	private static Process alone(RunDirectory directory, @Nullable Path template, List<String> command)
			throws IOException {
		Files.createDirectory(directory.content());
		if (template != null) {
			FileSystemUtils.copyRecursively(template, directory.content());
		}
		Process process = start(new ProcessBuilder(command).directory(directory.content().toFile()), directory);
		Files.writeString(directory.pid(), Long.toString(process.pid()));
		return process;
	}

	private static Process start(ProcessBuilder builder, RunDirectory directory) throws IOException {
		return builder.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.log().toFile()))
			.start();
	}

}
