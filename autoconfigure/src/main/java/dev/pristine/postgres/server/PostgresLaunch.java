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

package dev.pristine.postgres.server;

import java.io.File;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.util.function.SingletonSupplier;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.Place;
import dev.pristine.launch.ServerDefinition;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * The launch of a PostgreSQL server.
 */
public final class PostgresLaunch {

	/**
	 * Nothing of what they give up matters to data that nobody keeps. Spring keeps up to
	 * 32 contexts with a pool each. More connections cost time whenever the server looks
	 * through all of them, as it does for pg_locks.
	 */
	private static final Map<String, String> SETTINGS = Map.of("fsync", "off", "synchronous_commit", "off",
			"full_page_writes", "off", "max_connections", "400", "shared_buffers", "128MB", "max_wal_size", "256MB",
			"checkpoint_timeout", "1h", "jit", "off");

	private static final Path MEMORY_FOLDER = Path.of("/dev/shm");

	private static final long ENOUGH_MEMORY = 1L << 30;

	private static final long LEAST_SPACE = 128L << 20;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final PostgresProperties properties;

	private final Environment environment;

	private final String password;

	// Tells the server from another one that was given its port meanwhile
	private final String id = randomPassword();

	private final SingletonSupplier<PostgresCluster> cluster;

	private @Nullable ExternalPostgres external;

	public PostgresLaunch(PostgresProperties properties, Environment environment) {
		this.properties = properties;
		this.environment = environment;
		this.password = StringUtils.hasText(properties.password()) ? properties.password() : randomPassword();
		this.cluster = SingletonSupplier.of(() -> {
			UserCache cache = LaunchProperties.from(environment).cache();
			return new PostgresCluster(cache,
					PostgresPrograms.find(properties.executable(), System.getenv("PATH"), cache), properties.locale());
		});
	}

	/**
	 * Return what makes two servers the same.
	 * @return the configuration
	 */
	public Object configuration() {
		PostgresProperties properties = this.properties;
		return Arrays.asList(PostgresLaunch.class, LaunchProperties.from(this.environment), properties.launch(),
				properties.image(), properties.executable(), properties.port(), properties.password(),
				properties.locale(), properties.dataDirectory(), properties.settings(), properties.url(),
				properties.username());
	}

	public PostgresServer start() {
		String locale = this.properties.locale();
		LaunchedServer server = ServerDefinition.named("postgres")
			.scheme("postgresql")
			.image(this.properties.image(), 5432)
			.variable("POSTGRES_PASSWORD", this.password)
			.variable("PGDATA", "/pristine/data")
			.variable("POSTGRES_INITDB_ARGS", (locale != null) ? "--locale=" + locale : "")
			.program(() -> this.cluster.obtain().programs().program("postgres"))
			.process((start) -> start.in(dataDirectory())
				.withCopyOf(this.cluster.obtain().data())
				.neverAsRoot()
				.endedBy("QUIT"))
			.arguments(this::arguments)
			.port(this.properties.port())
			.readyWhen(this::ask)
			.within(PATIENCE)
			.start(this.environment);
		if (this.external != null) {
			return this.external;
		}
		// Elsewhere than on POSIX, a server cannot be told to end in order
		boolean kept = server.launch() == Launch.EMBEDDED && File.separatorChar == '/';
		return new PostgresServer(server, PostgresCluster.SUPERUSER, this.password, "pristine_",
				kept ? new KeptTemplates(this.cluster.obtain(), this::arguments) : null);
	}

	// A full folder would not even hold the log that says so
	private Path dataDirectory() {
		Path directory = this.properties.dataDirectory();
		if (directory == null) {
			directory = (Files.isWritable(MEMORY_FOLDER) && MEMORY_FOLDER.toFile().getUsableSpace() >= ENOUGH_MEMORY)
					? MEMORY_FOLDER : Path.of(System.getProperty("java.io.tmpdir"));
		}
		long space = directory.toFile().getUsableSpace();
		if (Files.isDirectory(directory) && space < LEAST_SPACE) {
			throw new ResourceException(
					"The data of the embedded PostgreSQL does not fit into '%s', which has %d MB left; it takes %d MB to start."
						.formatted(directory, space >> 20, LEAST_SPACE >> 20),
					"Make room, or set 'pristine.postgres.data-directory' to a folder with more.");
		}
		return directory;
	}

	private List<String> arguments(Place place) {
		List<String> arguments = new ArrayList<>();
		if (place.launch() == Launch.CONTAINER) {
			arguments.add("postgres");
		}
		else {
			arguments.addAll(List.of("-D", place.directory(), "-p", Integer.toString(place.port()), "-c",
					"listen_addresses=" + place.host(), "-c", "unix_socket_directories="));
		}
		if (place.launch() == Launch.CONTAINER || File.separatorChar == '/') {
			// Goes with the data directory, unlike shared memory, when the server is
			// killed
			arguments.addAll(List.of("-c", "dynamic_shared_memory_type=mmap"));
		}
		Map<String, String> settings = new LinkedHashMap<>(SETTINGS);
		settings.putAll(this.properties.settings());
		settings.put("cluster_name", this.id);
		settings.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
		return arguments;
	}

	private @Nullable String ask(LaunchedServer server) throws SQLException {
		if (server.launch() == Launch.EXTERNAL) {
			this.external = new ExternalPostgres(server, this.properties);
			return this.external.version();
		}
		String first = (server.launch() == Launch.EMBEDDED) ? PostgresCluster.PASSWORD : this.password;
		PostgresUrl url = PostgresUrl.of(server, "postgres").with("socketTimeout", "10");
		try (Connection connection = DriverManager.getConnection(url.toString(), PostgresCluster.SUPERUSER, first)) {
			if (!Sql.holds(connection, "SELECT current_setting('cluster_name') = ?", this.id)) {
				return null;
			}
			PostgresCluster.setPassword(connection, this.password);
			return Sql.strings(connection, """
					SELECT 'PostgreSQL ' || current_setting('server_version') || ', locale '
						|| coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', datcollate)
					FROM pg_database d WHERE datname = current_database()""").get(0);
		}
	}

	private static String randomPassword() {
		return new BigInteger(128, new SecureRandom()).toString(36);
	}

}
