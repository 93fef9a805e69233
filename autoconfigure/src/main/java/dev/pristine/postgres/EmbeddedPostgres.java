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

package dev.pristine.postgres;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.pristine.launch.NativeProcess;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * A {@link PostgresServer} that is a child process of this JVM.
 */
final class EmbeddedPostgres implements PostgresServer {

	private static final String USERNAME = "postgres";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final long ENOUGH_MEMORY = 1L << 30;

	private final NativeProcess process;

	private final AtomicInteger counter = new AtomicInteger();

	private volatile String password;

	private EmbeddedPostgres(NativeProcess process, String password) {
		this.process = process;
		this.password = password;
	}

	// Start a server
	static EmbeddedPostgres start(UserCache cache, @Nullable Path parent, Map<String, String> settings) {
		PostgresBinaries binaries = PostgresBinaries.find(null);
		String id = binaries.id();
		Path home = binaries.unpack(cache, id);
		Path cluster = cache.entry("postgres-cluster-" + id, (draft) -> initialise(home, draft));
		try {
			NativeProcess process = NativeProcess.of("postgres", (place) -> command(home, settings, place))
				.in((parent != null) ? parent : memory())
				.withCopyOf(cluster.resolve("data"))
				.neverAsRoot()
				.endedBy("QUIT")
				.readyWhen((place) -> isReady(place.directory()))
				.within(PATIENCE)
				.start();
			EmbeddedPostgres server = new EmbeddedPostgres(process, Files.readString(cluster.resolve("password")));
			server.changePassword();
			return server;
		}
		catch (IOException ex) {
			throw new ResourceException("The cached cluster in '%s' is damaged.".formatted(cluster),
					"Remove that folder.", ex);
		}
	}

	private static void initialise(Path home, Path draft) throws IOException {
		// The JDK's word for a user that the system does not know
		if ("?".equals(System.getProperty("user.name"))) {
			throw new ResourceException(
					"The embedded PostgreSQL cannot be initialised: this process runs as a user without a name, as in a container that was started with a user number of its own, and PostgreSQL refuses such users.",
					"Give the user a line in /etc/passwd, run as one that has it, start a Docker engine, or give the address of a server with 'pristine.postgres.url'.");
		}
		String password = randomPassword();
		Path file = Files.createTempFile(draft, "password", null);
		Files.writeString(file, password);
		NativeProcess.handOver(file);
		NativeProcess
			.of("initdb",
					(place) -> List.of(program(home, "initdb"), "-D", place.directory().toString(), "--username",
							USERNAME, "--pwfile", file.toString(), "--auth", "scram-sha-256", "--encoding", "UTF8",
							"--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
							"--wal-segsize", "1", "--no-data-checksums", "--no-sync", "--no-instructions"))
			.in(draft)
			.neverAsRoot()
			.within(PATIENCE)
			.run(draft.resolve("data"));
		Files.move(file, draft.resolve("password"));
	}

	private static List<String> command(Path home, Map<String, String> settings, NativeProcess.Place place) {
		List<String> command = new ArrayList<>(List.of(program(home, "postgres"), "-D", place.directory().toString(),
				"-p", Integer.toString(place.port()), "-c", "listen_addresses=127.0.0.1", "-c",
				"unix_socket_directories="));
		// Passwords are random: many rounds would only slow each connection down
		command.addAll(List.of("-c", "scram_iterations=1"));
		if (!isWindows()) {
			// Goes with the data directory, unlike shared memory, when the server is
			// killed
			command.addAll(List.of("-c", "dynamic_shared_memory_type=mmap"));
		}
		command.addAll(new PostgresSettings(settings).arguments());
		return command;
	}

	private static boolean isWindows() {
		return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
	}

	static String program(Path home, String name) {
		return home.resolve("bin").resolve(isWindows() ? name + ".exe" : name).toString();
	}

	// The server writes its state in the eighth line; faster than trying to connect
	private static boolean isReady(Path data) {
		try {
			List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
			return lines.size() >= 8 && lines.get(7).strip().equals("ready");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Path memory() {
		Path memory = Path.of("/dev/shm");
		try {
			if (Files.isDirectory(memory) && Files.isWritable(memory)) {
				FileStore store = Files.getFileStore(memory);
				if (store.getUsableSpace() >= ENOUGH_MEMORY) {
					return memory;
				}
			}
		}
		catch (IOException ex) {
			// Not there, then
		}
		return Path.of(System.getProperty("java.io.tmpdir"));
	}

	private static String randomPassword() {
		return new BigInteger(128, new SecureRandom()).toString(36);
	}

	// That of the cached cluster has been on a disk
	private void changePassword() {
		String password = randomPassword();
		try (Connection connection = connect(url("postgres")); Statement statement = connection.createStatement()) {
			statement.execute("ALTER ROLE " + USERNAME + " PASSWORD '" + password + "'");
			this.password = password;
		}
		catch (SQLException ex) {
			String tail = logTail();
			stop();
			throw new ResourceException(
					"The embedded PostgreSQL refused the first connection: %s. The end of its log:%n%s".formatted(
							ex.getMessage(), tail),
					"Remove the folder of the cached cluster, or report this.", ex);
		}
	}

	@Override
	public PostgresUrl url(String database) {
		return PostgresUrl.of("127.0.0.1", this.process.port(), database).forTests();
	}

	@Override
	public String nextName() {
		return "pristine_" + this.counter.incrementAndGet();
	}

	@Override
	public String username() {
		return USERNAME;
	}

	@Override
	public String password() {
		return this.password;
	}

	@Override
	public boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void stop() {
		this.process.stop();
	}

	@Override
	public String logTail() {
		return this.process.logTail();
	}

	@Override
	public String toString() {
		return "embedded PostgreSQL, " + this.process;
	}

}
