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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

import dev.pristine.launch.ContextServer;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link RedisLease} on a server of its own, with each program that can be had.
 */
@ParameterizedClass
@MethodSource("dev.pristine.redis.TestRedis#executables")
class RedisLeaseIntegrationTests {

	private static final String FUNCTION = "#!lua name=%1$s%nredis.register_function('%1$s', function() return 1 end)";

	@Parameter
	Path executable;

	private ContextServer server;

	private RedisDatabase database;

	private RedisLease lease;

	private RedisConnection application;

	private final List<RedisConnection> connections = new ArrayList<>();

	@BeforeEach
	void start() throws IOException {
		RedisLaunch launch = new RedisLaunch(new MockEnvironment().withProperty("pristine.redis.launch", "embedded")
			.withProperty("pristine.redis.executable", this.executable.toString()));
		this.server = launch.server();
		this.database = launch.database(this.server.get());
		this.lease = new RedisLease(this.database, () -> {
		});
		this.application = connect();
	}

	@AfterEach
	void stop() throws Exception {
		for (RedisConnection connection : this.connections) {
			connection.close();
		}
		this.database.close();
		this.server.destroy();
	}

	@Test
	void bringsBackKeysOfEveryTypeWithTheirExpiry() throws IOException {
		fill();
		Map<String, Object> before = everything();
		RedisState state = this.lease.capture();
		run("DEL string", "HSET hash field changed", "EXPIRE list 7000", "PERSIST expiring", "XACK stream group 1-1",
				"ZADD sorted 9 b", "SET added 1", "SELECT 3", "SET there 2", "SELECT 0");
		assertThat(everything()).isNotEqualTo(before);
		this.lease.restore(state, "test");
		assertThat(everything()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "FLUSHDB", "FLUSHALL", "SWAPDB 0 3", "CONFIG SET maxmemory 100mb",
			"CONFIG SET notify-keyspace-events KEA", "ACL SETUSER base off +@all", "ACL DELUSER base",
			"ACL SETUSER added on", "SET a 1;SAVE", "CONFIG SET maxmemory 100mb;CONFIG RESETSTAT",
			"CONFIG SET maxmemory 1", "CONFIG RESETSTAT;ACL SETUSER added", "EXPIRE string 1000",
			"MULTI;SET a 1;CONFIG SET maxmemory 100mb;EXEC", "FUNCTION FLUSH", "FUNCTION LOAD added",
			"EVAL redis.call('set','a','1') 0" })
	void bringsBackWhatCanBeChanged(String change) throws IOException {
		assumeThat(!change.startsWith("FUNCTION") || TestRedis.supports(this.application, "FUNCTION"))
			.as("functions, since Redis 7")
			.isTrue();
		fill();
		run("ACL SETUSER base on >secret ~a:* +get");
		if (TestRedis.supports(this.application, "FUNCTION")) {
			run("FUNCTION LOAD base");
		}
		Map<String, Object> before = everything();
		RedisState state = this.lease.capture();
		// Twice, because what is counted may have been set back by the first time
		for (int i = 0; i < 2; i++) {
			run(change.split(";"));
			assertThat(everything()).isNotEqualTo(before);
			this.lease.restore(state, "test");
			assertThat(everything()).isEqualTo(before);
		}
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void bringsBackAnyStateAfterAnyProgram(long seed) throws IOException {
		Random random = new Random(seed);
		List<RedisState> states = new ArrayList<>();
		List<Map<String, Object>> observed = new ArrayList<>();
		boolean functions = TestRedis.supports(this.application, "FUNCTION");
		for (int step = 0; step < 60; step++) {
			if (states.isEmpty() || random.nextInt(12) == 0) {
				this.lease.announce(null);
				states.add(this.lease.capture());
				observed.add(everything());
			}
			else if (random.nextInt(6) == 0) {
				int chosen = random.nextInt(states.size());
				this.lease.announce(null);
				this.lease.restore(states.get(chosen), "test");
				assertThat(everything()).isEqualTo(observed.get(chosen));
			}
			else {
				run(command(random, functions));
			}
		}
	}

	static IntStream seeds() {
		return IntStream.range(0, Integer.getInteger("random.programs", 100) / 10);
	}

	private static String command(Random random, boolean functions) {
		String key = "k" + random.nextInt(5);
		int n = random.nextInt(4);
		List<String> commands = List.of("SET " + key + " " + n, "DEL " + key, "EXPIRE " + key + " " + (n + 1) + "000",
				"HSET h" + key + " f" + n + " " + n, "RPUSH l" + key + " " + n, "SADD s" + key + " " + n,
				"ZADD z" + key + " " + n + " m", "XADD x" + key + " * f " + n, "FLUSHDB", "FLUSHALL", "SWAPDB 0 " + n,
				"SELECT " + n, "CONFIG SET maxmemory " + (n + 1) + "000mb", "ACL SETUSER u" + n + " on ~" + key,
				"ACL DELUSER u" + n, "SCRIPT LOAD return{" + n + "}", "EVAL redis.call('set','" + key + "','lua') 0",
				"SAVE", "CONFIG RESETSTAT", "PERSIST " + key, "GET h" + n, functions ? "FUNCTION LOAD f" + n : "PING",
				functions ? "FUNCTION FLUSH" : "PING");
		return commands.get(random.nextInt(commands.size()));
	}

	@Test
	void asksOnceWhenNothingWasWritten() throws IOException {
		fill();
		RedisState state = this.lease.capture();
		this.lease.restore(state, "test");
		long flushed = calls("flushall");
		long asked = calls("info");
		run("GET string");
		this.lease.announce(null);
		this.lease.restore(state, "test");
		assertThat(this.lease.capture()).isSameAs(state);
		// Two sections each, and the question of the test itself
		assertThat(calls("info")).isEqualTo(asked + 2 + 2 + 1);
		assertThat(calls("flushall")).isEqualTo(flushed);
	}

	@Test
	void noticesAsManyChangesAsBeforeASave() throws IOException {
		RedisState state = this.lease.capture();
		this.lease.restore(state, "test");
		run("SAVE");
		this.lease.restore(state, "test");
		long changes = Long.parseLong(RedisConnection.text(reply("INFO", "persistence"))
			.replaceAll("(?s).*changes_since_last_save:(\\d+).*", "$1"));
		run("SAVE");
		for (long i = 0; i < changes; i++) {
			run("SET a " + i);
		}
		this.lease.restore(state, "test");
		assertThat(this.application.call("DBSIZE")).isEqualTo(0L);
	}

	@Test
	void doesNotBringBackWhatHasExpired() throws IOException {
		this.application.call("SET", "short", "1", "PX", "30");
		RedisState state = this.lease.capture();
		run("SET a 1");
		TestRedis.await(() -> reply("EXISTS", "short").equals(0L));
		this.lease.restore(state, "test");
		assertThat(this.application.call("DBSIZE")).isEqualTo(0L);
	}

	@Test
	void bringsBackExpiryOfHashFields() throws IOException {
		assumeThat(TestRedis.supports(this.application, "HPEXPIRE")).as("HPEXPIRE, since Redis 7.4").isTrue();
		run("HSET hash a 1 b 2", "HPEXPIRE hash 100000 FIELDS 1 a");
		RedisState state = this.lease.capture();
		run("DEL hash");
		this.lease.restore(state, "test");
		assertThat(RedisConnection.list(this.application.call("HTTL", "hash", "FIELDS", "2", "a", "b"))).last()
			.isEqualTo(-1L);
	}

	@Test
	void survivesTheLossOfItsConnection() throws IOException {
		fill();
		Map<String, Object> before = everything();
		RedisState state = this.lease.capture();
		run("FLUSHALL", "CLIENT KILL TYPE normal SKIPME yes");
		this.lease.restore(state, "test");
		assertThat(everything()).isEqualTo(before);
		assertThat(this.lease.isUsable()).isTrue();
	}

	@Test
	void saysThatTheServerIsGone() throws IOException {
		RedisState state = this.lease.capture();
		this.application.ask("SHUTDOWN", "NOSAVE").send();
		TestRedis.await(() -> !this.database.isAlive());
		assertThat(this.lease.isUsable()).isFalse();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.lease.restore(state, "test"))
			.withMessageContainingAll("Redis at 127.0.0.1", "cannot be used any more", "new application context",
					"end of its log");
	}

	@Test
	void keepsItsPasswordFromTheCommandLine() throws IOException {
		assertThat(this.database.getPassword()).hasSizeGreaterThan(20);
		assertThat(this.database.getStandalone().getHost()).isEqualTo("127.0.0.1");
		assertThat(TestRedis.strings(this.application.call("CONFIG", "GET", "bind")).toString()).contains("127.0.0.1");
		long process = Long.parseLong(RedisConnection.text(this.application.call("INFO", "server"))
			.replaceAll("(?s).*process_id:(\\d+).*", "$1"));
		assertThat(ProcessHandle.of(process).orElseThrow().info().commandLine().orElse(""))
			.doesNotContain(this.database.getPassword());
	}

	private void fill() throws IOException {
		run("SET string value", "SET expiring value EX 100000", "HSET hash field value", "RPUSH list 1 2 3",
				"SADD set a b", "ZADD sorted 1.5 a", "XADD stream 1-1 field value", "XGROUP CREATE stream group 0",
				"XREADGROUP GROUP group consumer STREAMS stream >", "SELECT 3", "SET there 1", "SELECT 0");
	}

	private void run(String... commands) throws IOException {
		for (String command : commands) {
			Object[] parts = command.split(" ");
			if (command.startsWith("FUNCTION LOAD ")) {
				parts = new Object[] { "FUNCTION", "LOAD", "REPLACE", FUNCTION.formatted(parts[2]) };
			}
			this.application.call(parts);
		}
	}

	private Object reply(Object... command) {
		try {
			return this.application.call(command);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private RedisConnection connect() throws IOException {
		RedisConnection connection = RedisConnection.open(TestRedis.address("127.0.0.1",
				this.database.getStandalone().getPort(), null, this.database.getPassword()));
		this.connections.add(connection);
		return connection;
	}

	private Map<String, Object> everything() throws IOException {
		try (RedisConnection connection = connect()) {
			return TestRedis.everything(connection);
		}
	}

	private long calls(String command) throws IOException {
		return RedisConnection.text(this.application.call("INFO", "commandstats"))
			.lines()
			.filter((line) -> line.startsWith("cmdstat_" + command + ":"))
			.mapToLong((line) -> Long.parseLong(line.substring(line.indexOf("calls=") + 6, line.indexOf(','))))
			.sum();
	}

}
