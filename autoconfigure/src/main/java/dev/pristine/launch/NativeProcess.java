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
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.ResourceException;

/**
 * A server as a child process. It listens on a port of the loopback interface, has a
 * directory of its own and dies with this JVM, however that ends.
 *
 * @since 0.1.0
 */
public final class NativeProcess implements Server {

	private static final int TAIL = 4096;

	private static final int ATTEMPTS = 3;

	private final String name;

	private final RunDirectory directory;

	private final Process process;

	private final int port;

	private final @Nullable Thread hook;

	private NativeProcess(String name, RunDirectory directory, Process process, int port) {
		this.name = name;
		this.directory = directory;
		this.process = process;
		this.port = port;
		this.hook = HostUser.hasPosix() ? null : new Thread(this::end, "pristine-" + name + "-end");
		if (this.hook != null) {
			Runtime.getRuntime().addShutdownHook(this.hook);
		}
	}

	/**
	 * Describe a process to start.
	 * @param name the name of the server, such as {@code postgres}: for messages and for
	 * the name of its directory
	 * @param command makes the command line for a directory and a port
	 * @return the description
	 */
	public static Start of(String name, Function<Place, List<String>> command) {
		return new Start(name, command);
	}

	/**
	 * Return the port that the server listens on.
	 * @return the port of the loopback interface
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Return the directory that belongs to the process.
	 * @return the directory
	 */
	public Path directory() {
		return content(this.directory.path());
	}

	/**
	 * Return the end of what the process has written to its output.
	 * @return at most 4 kB
	 */
	public String logTail() {
		try (RandomAccessFile file = new RandomAccessFile(log(this.directory.path()).toFile(), "r")) {
			long start = Math.max(0, file.length() - TAIL);
			file.seek(start);
			byte[] bytes = new byte[(int) (file.length() - start)];
			file.readFully(bytes);
			return new String(bytes, StandardCharsets.UTF_8).strip();
		}
		catch (IOException ex) {
			return "(no log: " + ex.getMessage() + ")";
		}
	}

	@Override
	public boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void stop() {
		Thread hook = this.hook;
		if (hook != null) {
			try {
				Runtime.getRuntime().removeShutdownHook(hook);
			}
			catch (IllegalStateException ex) {
				// The JVM is ending; the hook does the same
			}
		}
		end();
	}

	private void end() {
		try {
			// To the supervisor, this is the end of the JVM
			this.process.getOutputStream().close();
			if (!HostUser.hasPosix()) {
				this.process.descendants().forEach(ProcessHandle::destroyForcibly);
				this.process.destroyForcibly();
			}
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				ProcessFile.in(this.directory.path()).destroy();
				this.process.destroyForcibly();
			}
		}
		catch (IOException ex) {
			this.process.destroyForcibly();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.directory.delete();
	}

	@Override
	public String toString() {
		return this.name + " on port " + this.port + " (process " + this.process.pid() + ")";
	}

	/**
	 * Give a file to the user that processes of root run as.
	 * @param file the file
	 * @throws IOException if that fails
	 * @see Start#neverAsRoot()
	 */
	public static void handOver(Path file) throws IOException {
		if (HostUser.isRoot()) {
			Files.setOwner(file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
		}
	}

	private static Path log(Path directory) {
		return directory.resolve("log");
	}

	private static Path content(Path directory) {
		return directory.resolve("content");
	}

	/**
	 * Where a process works.
	 *
	 * @param directory its directory
	 * @param port its port
	 */
	public record Place(Path directory, int port) {

	}

	/**
	 * The description of a process to start.
	 */
	public static final class Start {

		private final String name;

		private final Function<Place, List<String>> command;

		private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

		private Duration patience = Duration.ofSeconds(30);

		private Predicate<Place> ready = (place) -> true;

		private @Nullable Path template;

		private boolean unprivileged;

		private String signal = "KILL";

		private Start(String name, Function<Place, List<String>> command) {
			this.name = name;
			this.command = command;
		}

		/**
		 * Set where the directory of the process is made.
		 * @param parent the folder; by default the one for temporary files
		 * @return this description
		 */
		public Start in(Path parent) {
			this.parent = parent;
			return this;
		}

		/**
		 * Start with a copy of a folder as the content of the directory.
		 * @param template the folder to copy
		 * @return this description
		 */
		public Start withCopyOf(Path template) {
			this.template = template;
			return this;
		}

		/**
		 * Run as the user {@code nobody} if this JVM runs as root.
		 * @return this description
		 */
		public Start neverAsRoot() {
			this.unprivileged = true;
			return this;
		}

		/**
		 * Set the signal that makes the process end at once.
		 * @param signal the name; {@code KILL} by default
		 * @return this description
		 */
		public Start endedBy(String signal) {
			this.signal = signal;
			return this;
		}

		/**
		 * Wait at the start until a condition holds.
		 * @param ready the condition: asked every millisecond
		 * @return this description
		 */
		public Start readyWhen(Predicate<Place> ready) {
			this.ready = ready;
			return this;
		}

		/**
		 * Start the process.
		 * @return the process
		 * @throws ResourceException if it does not become ready
		 */
		public NativeProcess start() {
			RunDirectory.removeLeftovers(this.parent);
			for (int attempt = 1;; attempt++) {
				NativeProcess process = launch();
				String problem = awaitReady(process);
				if (problem == null) {
					return process;
				}
				String tail = process.logTail();
				process.stop();
				if (attempt == ATTEMPTS || !tail.contains("in use")) {
					throw new ResourceException(
							"%s %s. The end of its log:%n%s".formatted(this.name, problem, tail.indent(2)),
							"Mend what the log names, or choose another way with 'pristine.launch'.");
				}
			}
		}

		/**
		 * Set how long the process may take.
		 * @param patience how long
		 * @return this description
		 */
		public Start within(Duration patience) {
			this.patience = patience;
			return this;
		}

		/**
		 * Run the process to its end and keep its directory.
		 * @param target where the directory is moved to: in the folder that it was made
		 * in
		 * @throws ResourceException if it fails or does not end in time
		 */
		public void run(Path target) {
			NativeProcess process = launch();
			try {
				boolean ended = process.process.waitFor(this.patience.toMillis(), TimeUnit.MILLISECONDS);
				if (!ended || process.process.exitValue() != 0) {
					throw new ResourceException(
							"%s %s. The end of its log:%n%s".formatted(this.name,
									ended ? "failed with exit code " + process.process.exitValue()
											: "did not end within " + this.patience.toSeconds() + " s",
									process.logTail().indent(2)),
							"Mend what the log names, or choose another way with 'pristine.launch'.");
				}
				Files.move(process.directory(), target);
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

		private NativeProcess launch() {
			RunDirectory directory = null;
			try {
				directory = RunDirectory.create(this.parent, this.name);
				Path path = directory.path();
				Place place = new Place(content(path), freePort());
				if (HostUser.hasPosix()) {
					return new NativeProcess(this.name, directory, supervised(path, place), place.port());
				}
				copyTemplate(place.directory());
				Process process = new ProcessBuilder(this.command.apply(place)).directory(place.directory().toFile())
					.redirectErrorStream(true)
					.redirectOutput(log(path).toFile())
					.start();
				ProcessFile.in(path).write(process.pid());
				return new NativeProcess(this.name, directory, process, place.port());
			}
			catch (IOException ex) {
				if (directory != null) {
					directory.delete();
				}
				throw new ResourceException("%s could not be started: %s".formatted(this.name, ex.getMessage()),
						"See that its program can be executed and that '%s' can be written.".formatted(this.parent),
						ex);
			}
		}

		private Process supervised(Path path, Place place) throws IOException {
			List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", Supervisor.SCRIPT, "pristine",
					path.toString(), this.signal, Boolean.toString(this.unprivileged && HostUser.isRoot()),
					(this.template != null) ? this.template.toString() : ""));
			command.addAll(this.command.apply(place));
			return new ProcessBuilder(command).directory(path.toFile())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log(path).toFile()))
				.start();
		}

		private void copyTemplate(Path target) throws IOException {
			Path template = this.template;
			if (template == null) {
				Files.createDirectory(target);
				return;
			}
			Files.walkFileTree(template, new SimpleFileVisitor<>() {

				@Override
				public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
						throws IOException {
					Files.createDirectory(target.resolve(template.relativize(directory)));
					return FileVisitResult.CONTINUE;
				}

				@Override
				public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
					Files.copy(file, target.resolve(template.relativize(file)));
					return FileVisitResult.CONTINUE;
				}

			});
		}

		private @Nullable String awaitReady(NativeProcess process) {
			Place place = new Place(process.directory(), process.port());
			long end = System.nanoTime() + this.patience.toNanos();
			while (!this.ready.test(place)) {
				if (!process.isAlive()) {
					return "ended while it started, with exit code " + process.process.exitValue();
				}
				if (System.nanoTime() > end) {
					return "was not ready within " + this.patience.toSeconds() + " s";
				}
				try {
					Thread.sleep(1);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					return "was interrupted while it started";
				}
			}
			return null;
		}

		private static int freePort() {
			try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (IOException ex) {
				throw new UncheckedIOException("No free port on the loopback interface", ex);
			}
		}

	}

}
