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

package dev.pristine.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.launch.UnusedPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Redis process that Pristine knows only by its address, for the tests of this package.
 */
final class TestRedis implements AutoCloseable {

	private final Process process;

	private final RedisAddress address;

	private TestRedis(Process process, RedisAddress address) {
		this.process = process;
		this.address = address;
	}

	/**
	 * The program in embedded-redis, which needs nothing on the machine.
	 */
	static Path embedded() {
		return RedisExecutable.find(null, "", new LaunchProperties(Launch.EMBEDDED, null));
	}

	/**
	 * The programs to test with: {@code redis.executables}, separated by commas, or else
	 * the embedded one and those on the {@code PATH}.
	 */
	static List<Path> executables() {
		String property = System.getProperty("redis.executables");
		if (property != null) {
			return Stream.of(property.split(",")).map(Path::of).toList();
		}
		List<Path> executables = new ArrayList<>(List.of(embedded()));
		for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
			for (String name : List.of("redis-server", "valkey-server")) {
				Path program = Path.of(folder, name);
				if (Files.isExecutable(program) && executables.stream()
					.noneMatch((other) -> other.getFileName().equals(program.getFileName()))) {
					executables.add(program);
				}
			}
		}
		return executables;
	}

	static TestRedis start(String... arguments) {
		try {
			Path directory = Files.createTempDirectory("test-redis");
			int port = UnusedPort.find();
			List<String> command = new ArrayList<>(List.of(embedded().toString(), "--port", Integer.toString(port),
					"--bind", "127.0.0.1", "--save", "", "--requirepass", "secret", "--dir", directory.toString()));
			Collections.addAll(command, arguments);
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(directory.resolve("log").toFile())
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
			TestRedis redis = new TestRedis(process, address("127.0.0.1", port, null, "secret"));
			await(() -> redis.answers());
			return redis;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private boolean answers() {
		try {
			RedisConnection.open(this.address).close();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	static RedisAddress address(String host, int port, String username, String password) {
		return new RedisAddress(host, port, username, password, null, null);
	}

	RedisAddress address() {
		return this.address;
	}

	String url() {
		return "redis://:secret@127.0.0.1:" + this.address.port();
	}

	/**
	 * Send a command as anybody might.
	 */
	Object call(int number, Object... command) throws IOException {
		try (RedisConnection connection = RedisConnection.open(this.address)) {
			connection.call("SELECT", number);
			return connection.call(command);
		}
	}

	List<String> keys(int number) throws IOException {
		return RedisConnection.list(call(number, "KEYS", "*")).stream().map(RedisConnection::text).sorted().toList();
	}

	/**
	 * Read everything that a server holds, as a user sees it. An expiry is told in units
	 * of 100 s, so that it does not depend on the moment.
	 */
	static Map<String, Object> everything(RedisConnection connection) throws IOException {
		Map<String, Object> everything = new TreeMap<>();
		for (String line : RedisConnection.text(connection.call("INFO", "keyspace")).lines().toList()) {
			if (line.startsWith("db")) {
				String number = line.substring(2, line.indexOf(':'));
				connection.call("SELECT", number);
				for (Object key : RedisConnection.list(connection.call("KEYS", "*"))) {
					String name = RedisConnection.text(key);
					everything.put(number + ":" + name, value(connection, name) + " expires "
							+ Math.round((long) connection.call("PTTL", name) / 100_000.0));
				}
				connection.call("SELECT", 0);
			}
		}
		everything.put("configuration", connection.call("CONFIG", "GET", "*"));
		everything.put("users", connection.call("ACL", "LIST"));
		everything.replaceAll((name, value) -> strings(value).toString().replace(" sanitize-payload", ""));
		if (supports(connection, "FUNCTION")) {
			everything.put("functions", sorted(strings(connection.call("FUNCTION", "LIST", "WITHCODE"))));
		}
		return everything;
	}

	private static Object value(RedisConnection connection, String name) throws IOException {
		String type = RedisConnection.text(connection.call("TYPE", name));
		return type + switch (type) {
			case "string" -> strings(connection.call("GET", name));
			case "list" -> strings(connection.call("LRANGE", name, 0, -1));
			case "hash" -> sorted(connection.call("HGETALL", name));
			case "set" -> sorted(connection.call("SMEMBERS", name));
			case "zset" -> strings(connection.call("ZRANGE", name, 0, -1, "WITHSCORES"));
			case "stream" -> strings(connection.call("XRANGE", name, "-", "+")).toString()
					+ strings(connection.call("XINFO", "GROUPS", name));
			default -> throw new IllegalStateException(type);
		};
	}

	private static Object sorted(Object reply) {
		return RedisConnection.list(reply).stream().map(RedisConnection::text).sorted().toList();
	}

	static Object strings(Object reply) {
		return (reply instanceof List<?> list) ? list.stream().map(TestRedis::strings).toList()
				: RedisConnection.text(reply);
	}

	static boolean supports(RedisConnection connection, String command) throws IOException {
		return RedisConnection.list(connection.call("COMMAND", "INFO", command)).get(0) != null;
	}

	static void await(BooleanSupplier condition) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).as("the condition holds within 10 s").isLessThan(end);
			Thread.onSpinWait();
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
