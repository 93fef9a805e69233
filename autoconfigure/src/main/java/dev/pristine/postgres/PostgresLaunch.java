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

import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.Place;
import dev.pristine.launch.ServerDefinition;

/**
 * The launch of a PostgreSQL server.
 */
final class PostgresLaunch {

	// Outside of the images' volumes, which would be on a disk
	private static final String MEMORY = "/pristine";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final PostgresProperties properties;

	private final Environment environment;

	private final String password;

	private final EmbeddedPostgres embedded;

	private @Nullable ExternalPostgres external;

	private @Nullable String directory;

	PostgresLaunch(PostgresProperties properties, Environment environment) {
		this.properties = properties;
		this.environment = environment;
		this.password = StringUtils.hasText(properties.password()) ? properties.password()
				: PostgresCluster.randomPassword();
		this.embedded = new EmbeddedPostgres(properties, LaunchProperties.from(environment)::cache);
	}

	/**
	 * Return what makes two servers the same.
	 * @return the configuration
	 */
	Object configuration() {
		PostgresProperties properties = this.properties;
		return Arrays.asList(PostgresLaunch.class, LaunchProperties.from(this.environment), properties.launch(),
				properties.image(), properties.executable(), properties.port(), properties.password(),
				properties.locale(), properties.dataDirectory(), properties.settings(), properties.url(),
				properties.username());
	}

	PostgresServer start() {
		ServerDefinition definition = ServerDefinition.named("postgres")
			.scheme("postgresql")
			.image(this.properties.image(), 5432)
			.memory(MEMORY)
			.variable("POSTGRES_PASSWORD", this.password)
			.variable("PGDATA", MEMORY + "/data")
			.program(this.embedded::program)
			.process(this.embedded::customize)
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
		return (this.external != null) ? this.external
				: new StartedPostgres(server, this.password, this.embedded.keptTemplates(this::arguments));
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
		arguments.addAll(new PostgresSettings(this.properties.settings()).arguments());
		return arguments;
	}

	private @Nullable String ask(LaunchedServer server) throws SQLException {
		if (server.launch() == Launch.EXTERNAL) {
			this.external = ExternalPostgres.connect(this.properties);
			return this.external.version();
		}
		String first = (server.launch() == Launch.EMBEDDED) ? this.embedded.password() : this.password;
		try (Connection connection = connect(server, first); Statement statement = connection.createStatement()) {
			if (server.launch() == Launch.EMBEDDED && !isOurs(statement)) {
				return null;
			}
			if (!first.equals(this.password)) {
				// That of the cached cluster has been on a disk
				PostgresServer.setPassword(connection, this.password);
			}
			try (ResultSet result = statement.executeQuery("""
					SELECT 'PostgreSQL ' || current_setting('server_version') || ', locale '
						|| coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', datcollate)
					FROM pg_database d WHERE datname = current_database()""")) {
				result.next();
				return result.getString(1);
			}
		}
	}

	// Another JVM may have been given the port meanwhile: all servers start with the same
	// password
	private boolean isOurs(Statement statement) throws SQLException {
		try (ResultSet result = statement.executeQuery("SHOW data_directory")) {
			result.next();
			return Path.of(result.getString(1)).equals(Path.of(String.valueOf(this.directory)));
		}
	}

	private static Connection connect(LaunchedServer server, String password) throws SQLException {
		Properties credentials = new Properties();
		credentials.setProperty("user", StartedPostgres.USERNAME);
		credentials.setProperty("password", Objects.requireNonNull(password));
		return DriverManager.getConnection(PostgresUrl.of(server.host(), server.port(), "postgres")
			.forTests()
			.with("socketTimeout", "10")
			.toString(), credentials);
	}

}
