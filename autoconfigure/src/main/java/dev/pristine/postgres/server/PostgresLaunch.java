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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

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

	private static final long ENOUGH_MEMORY = 1L << 30;

	private static final long LEAST_SPACE = 128L << 20;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final PostgresProperties properties;

	private final Environment environment;

	private final String password;

	private final SingletonSupplier<PostgresCluster> cluster;

	private @Nullable ExternalPostgres external;

	private @Nullable String directory;

	public PostgresLaunch(PostgresProperties properties, Environment environment) {
		this.properties = properties;
		this.environment = environment;
		this.password = StringUtils.hasText(properties.password()) ? properties.password()
				: UUID.randomUUID().toString();
		this.cluster = SingletonSupplier.of(() -> {
			UserCache cache = LaunchProperties.from(environment).cache();
			return PostgresCluster.in(cache,
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
		ServerDefinition definition = ServerDefinition.named("postgres")
			.scheme("postgresql")
			.image(this.properties.image(), 5432)
			.variable("POSTGRES_PASSWORD", this.password)
			// In memory, as the definition has no files
			.variable("PGDATA", "/pristine/data")
			.program(() -> this.cluster.obtain().programs().program("postgres"))
			.process((start) -> start.in(dataDirectory())
				.withCopyOf(this.cluster.obtain().data())
				.neverAsRoot()
				.endedBy("QUIT"))
			.arguments((place) -> {
				this.directory = place.directory();
				return arguments(place);
			})
			.port(this.properties.port())
			.readyWhen(this::ask)
			.within(PATIENCE);
		if (this.properties.locale() != null) {
			definition.variable("POSTGRES_INITDB_ARGS", "--locale=" + this.properties.locale());
		}
		LaunchedServer server = definition.start(this.environment);
		// Elsewhere a server cannot be told to end in order
		boolean kept = server.launch() == Launch.EMBEDDED && File.separatorChar == '/';
		return (this.external != null) ? this.external
				: new PostgresServer(server, PostgresCluster.USERNAME, this.password, "pristine_",
						kept ? new KeptTemplates(this.cluster.obtain(), this.password, this::arguments) : null);
	}

	private Path dataDirectory() {
		Path memory = Path.of("/dev/shm");
		Path directory = this.properties.dataDirectory();
		if (directory == null) {
			directory = (Files.isWritable(memory) && memory.toFile().getUsableSpace() >= ENOUGH_MEMORY) ? memory
					: Path.of(System.getProperty("java.io.tmpdir"));
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
		settings().forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
		return arguments;
	}

	// Nothing of what they give up matters to data that nobody keeps
	private Map<String, String> settings() {
		Map<String, String> settings = new LinkedHashMap<>();
		settings.put("fsync", "off");
		settings.put("synchronous_commit", "off");
		settings.put("full_page_writes", "off");
		// Spring keeps up to 32 contexts with a pool each. More cost time whenever the
		// server looks through all of them, as it does for pg_locks
		settings.put("max_connections", "400");
		settings.put("shared_buffers", "128MB");
		settings.put("max_wal_size", "256MB");
		settings.put("checkpoint_timeout", "1h");
		settings.put("jit", "off");
		settings.putAll(this.properties.settings());
		return settings;
	}

	private @Nullable String ask(LaunchedServer server) throws SQLException {
		if (server.launch() == Launch.EXTERNAL) {
			this.external = new ExternalPostgres(server, this.properties);
			return this.external.version();
		}
		String first = (server.launch() == Launch.EMBEDDED) ? this.cluster.obtain().password() : this.password;
		PostgresUrl url = PostgresUrl.of(server.host(), server.port(), "postgres")
			.forTests()
			.with("socketTimeout", "10");
		try (Connection connection = DriverManager.getConnection(url.toString(), PostgresCluster.USERNAME, first)) {
			// Another JVM may have been given the port meanwhile: all servers start with
			// the same password
			if (server.launch() == Launch.EMBEDDED && !Path.of(Sql.strings(connection, "SHOW data_directory").get(0))
				.equals(Path.of(String.valueOf(this.directory)))) {
				return null;
			}
			if (!first.equals(this.password)) {
				// That of the cached cluster has been on a disk
				PostgresCluster.setPassword(connection, this.password);
			}
			return Sql.strings(connection, """
					SELECT 'PostgreSQL ' || current_setting('server_version') || ', locale '
						|| coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', datcollate)
					FROM pg_database d WHERE datname = current_database()""").get(0);
		}
	}

}
