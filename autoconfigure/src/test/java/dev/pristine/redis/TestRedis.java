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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import dev.pristine.redis.RedisServer.Origin;

/**
 * A Redis process for the tests of this package.
 */
final class TestRedis implements AutoCloseable {

	private final Process process;

	private final RedisAddress address;

	private TestRedis(Process process, RedisAddress address) {
		this.process = process;
		this.address = address;
	}

	/**
	 * The executables to test with: {@code redis.executables}, separated by commas.
	 */
	static List<String> executables() {
		return List.of(System.getProperty("redis.executables", "redis-server").split(","));
	}

	static TestRedis start(String executable, String... arguments) {
		try {
			Path directory = Files.createTempDirectory("test-redis");
			int port = freePort();
			List<String> command = new ArrayList<>(List.of(executable, "--port", Integer.toString(port), "--bind",
					"127.0.0.1", "--save", "", "--requirepass", "secret", "--dir", directory.toString()));
			Collections.addAll(command, arguments);
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(directory.resolve("log").toFile())
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
			TestRedis redis = new TestRedis(process, new RedisAddress("127.0.0.1", port, null, "secret", null));
			redis.await();
			return redis;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void await() {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
		while (true) {
			try {
				RedisConnection.open(this.address).close();
				return;
			}
			catch (UncheckedIOException ex) {
				if (System.nanoTime() > end || !this.process.isAlive()) {
					throw ex;
				}
				Thread.onSpinWait();
			}
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	RedisServer server(Origin origin) {
		return new RedisServer(this.address, origin, null);
	}

	RedisAddress address() {
		return this.address;
	}

	String url() {
		return "redis://:secret@127.0.0.1:" + this.address.port();
	}

	/**
	 * Connect as the application would.
	 */
	RedisConnection connect(int database) {
		RedisConnection connection = RedisConnection.open(this.address);
		connection.call("SELECT", database);
		return connection;
	}

	Map<String, String> keys(int database) {
		try (RedisConnection connection = connect(database)) {
			Map<String, String> keys = new TreeMap<>();
			for (Object key : RedisConnection.list(connection.call("KEYS", "*"))) {
				String name = RedisConnection.text(key);
				keys.put(name, RedisConnection.text(connection.call("TYPE", name)));
			}
			return keys;
		}
	}

	void kill() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor(5, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		kill();
	}

}
