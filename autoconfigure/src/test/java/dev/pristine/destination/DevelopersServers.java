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

package dev.pristine.destination;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

import dev.pristine.launch.UnusedPort;
import dev.pristine.postgres.PostgresServerAutoConfiguration;

/**
 * A PostgreSQL and a Redis that are not the tests': they see whatever reaches them.
 */
final class DevelopersServers implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final Path log;

	private final RedisServer redis;

	private final Connection connection;

	private final Jedis jedis;

	private final int redisPort;

	private int seen;

	private long accepted;

	DevelopersServers() throws IOException, SQLException {
		Path directory = Files.createTempDirectory("developer");
		// The server may run as another user
		directory.toFile().setWritable(true, false);
		directory.toFile().setReadable(true, false);
		directory.toFile().setExecutable(true, false);
		this.log = directory.resolve("statements");
		SpringApplication application = new SpringApplicationBuilder(PostgresServerAutoConfiguration.class)
			.web(WebApplicationType.NONE)
			.properties("pristine.launch=embedded", "pristine.postgres.settings.log_statement=all",
					"pristine.postgres.settings.log_connections=on",
					"pristine.postgres.settings.log_destination=stderr",
					"pristine.postgres.settings.log_file_mode=0644",
					"pristine.postgres.settings.log_min_duration_statement=-1",
					"pristine.postgres.settings.logging_collector=on",
					"pristine.postgres.settings.log_directory=" + directory,
					"pristine.postgres.settings.log_filename=statements")
			.build();
		this.context = application.run();
		JdbcConnectionDetails details = details();
		this.connection = DriverManager.getConnection(details.getJdbcUrl(), details.getUsername(),
				details.getPassword());
		this.connection.createStatement().execute("CREATE TABLE precious (id int)");
		this.redisPort = UnusedPort.find();
		this.redis = RedisServer.newRedisServer().port(this.redisPort).bind("127.0.0.1").build();
		this.redis.start();
		this.jedis = new Jedis("127.0.0.1", this.redisPort, 60_000);
		look();
	}

	private JdbcConnectionDetails details() {
		return this.context.getBean(JdbcConnectionDetails.class);
	}

	/**
	 * Return where PostgreSQL is, as {@code host:port/database}.
	 */
	String postgres() {
		String url = details().getJdbcUrl();
		return url.substring("jdbc:postgresql://".length(), url.indexOf('?'));
	}

	String username() {
		return String.valueOf(details().getUsername());
	}

	String password() {
		return String.valueOf(details().getPassword());
	}

	int redisPort() {
		return this.redisPort;
	}

	/**
	 * Return what reached the servers since the last look.
	 */
	List<String> look() {
		String mark = UUID.randomUUID().toString();
		try {
			this.connection.createStatement().execute("SELECT '" + mark + "'");
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(5))
			.until(() -> read().stream().anyMatch((line) -> line.contains(mark)));
		List<String> lines = read();
		List<String> fresh = new java.util.ArrayList<>(lines.subList(this.seen, lines.size())
			.stream()
			.filter((line) -> !line.contains(mark) && (line.contains("statement:") || line.contains("execute ")
					|| line.contains("connection authorized")))
			.toList());
		this.seen = lines.size();
		long accepted = this.jedis.info("stats")
			.lines()
			.filter((line) -> line.startsWith("total_connections_received:"))
			.mapToLong((line) -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
			.sum();
		if (accepted > this.accepted) {
			fresh.add("Redis: " + (accepted - this.accepted) + " connections");
		}
		this.accepted = accepted;
		return fresh;
	}

	private List<String> read() {
		try {
			return Files.readAllLines(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws SQLException, IOException {
		this.jedis.close();
		this.redis.stop();
		this.connection.close();
		this.context.close();
	}

}
