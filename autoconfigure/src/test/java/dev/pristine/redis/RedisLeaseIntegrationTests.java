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

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.pristine.TestIsolation;
import dev.pristine.redis.RedisServer.Origin;
import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestScope;
import dev.pristine.resource.TestScope.Level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link RedisLease}.
 */
@ParameterizedClass
@MethodSource("dev.pristine.redis.TestRedis#executables")
@ExtendWith(OutputCaptureExtension.class)
class RedisLeaseIntegrationTests {

	@Parameter
	String executable;

	private TestRedis redis;

	private RedisServer server;

	private RedisDatabase database;

	private RedisConnection application;

	private ResourceLease lease;

	private final TestScope testClass = new TestScope(Level.CLASS, TestIsolation.TRUNCATE, "ExampleTests", null);

	private final List<AutoCloseable> closeables = new ArrayList<>();

	@BeforeEach
	void start() {
		this.redis = TestRedis.start(this.executable, "--databases", "16");
		this.server = this.redis.server(Origin.PRISTINE);
		this.database = this.server.claim(0);
		this.application = connect(0);
	}

	@AfterEach
	void stop() throws Exception {
		for (AutoCloseable closeable : this.closeables) {
			closeable.close();
		}
		this.redis.close();
	}

	@Test
	void removesKeysOfTheTest() {
		captureBaseline();
		run(() -> {
			set("a");
			this.application.call("RPUSH", "list", "1", "2");
		});
		assertThat(keys()).isEmpty();
	}

	@Test
	void sendsOneRoundTripWhenNothingWasWritten() {
		captureBaseline();
		run(() -> {
		});
		long before = infoCalls();
		run(() -> this.application.call("GET", "a"));
		// Four sections for each prepare and reset of class and test, and the question
		// itself
		assertThat(infoCalls() - before).isEqualTo(17);
		assertThat(calls("flushdb")).isEqualTo(1);
	}

	@Test
	void whatComesBetweenTestsDoesNotReachTheNext() {
		captureBaseline();
		this.lease.prepare(this.testClass);
		set("class");
		runTest(() -> {
		});
		set("late");
		runTest(() -> assertThat(keys()).containsOnlyKeys("class"));
		assertThat(keys()).containsOnlyKeys("class");
		this.lease.reset(this.testClass);
		assertThat(keys()).isEmpty();
	}

	@Test
	void unisolatedTestsLeaveTheClassItsKeys() {
		captureBaseline();
		this.lease.prepare(this.testClass);
		set("class");
		runTest(() -> {
		});
		set("left");
		this.lease.restore();
		assertThat(keys()).containsOnlyKeys("class");
	}

	@Test
	void bringsBackKeysOfTheBaselineWithTypeAndExpiry() {
		fill();
		captureBaseline();
		Map<String, String> before = keys();
		Object expiry = this.application.call("PTTL", "expiring");
		run(() -> this.application.call("FLUSHDB"));
		assertThat(keys()).isEqualTo(before).hasSize(7);
		assertThat((Long) this.application.call("PTTL", "expiring")).isBetween((Long) expiry - 2000, (Long) expiry);
		assertThat(this.application.call("PTTL", "string")).isEqualTo(-1L);
		assertThat(RedisConnection.list(this.application.call("XPENDING", "stream", "group"))).first().isEqualTo(1L);
	}

	@Test
	void bringsBackChangedValuesAndExpiryOfTheBaseline() {
		fill();
		captureBaseline();
		run(() -> {
			set("string");
			this.application.call("HSET", "hash", "field", "changed");
			this.application.call("EXPIRE", "list", "100");
			this.application.call("XACK", "stream", "group", "1-1");
		});
		assertThat(get("string")).isEqualTo("value");
		assertThat(RedisConnection.text(this.application.call("HGET", "hash", "field"))).isEqualTo("value");
		assertThat(this.application.call("TTL", "list")).isEqualTo(-1L);
		assertThat(RedisConnection.list(this.application.call("XPENDING", "stream", "group"))).first().isEqualTo(1L);
	}

	@Test
	void bringsBackExpiryOfHashFields() {
		assumeThat(supports("HPEXPIRE")).isTrue();
		this.application.call("HSET", "hash", "a", "1", "b", "2");
		this.application.call("HPEXPIRE", "hash", "100000", "FIELDS", "1", "a");
		captureBaseline();
		run(() -> this.application.call("DEL", "hash"));
		List<Object> expiry = RedisConnection.list(this.application.call("HTTL", "hash", "FIELDS", "2", "a", "b"));
		assertThat((Long) expiry.get(0)).isBetween(90L, 100L);
		assertThat(expiry.get(1)).isEqualTo(-1L);
	}

	@Test
	void doesNotBringBackWhatHasExpired() {
		this.application.call("SET", "short", "1", "PX", "30");
		captureBaseline();
		run(() -> {
			set("a");
			await(() -> this.application.call("GET", "short") == null);
		});
		assertThat(keys()).isEmpty();
	}

	@Test
	void noticesWritesThatASaveHides() {
		captureBaseline();
		run(() -> {
			set("a");
			this.application.call("SAVE");
		});
		assertThat(keys()).isEmpty();
	}

	@Test
	void noticesWritesAfterTheStatisticsWereReset() {
		captureBaseline();
		run(() -> {
			this.application.call("CONFIG", "SET", "maxmemory", "100mb");
			this.application.call("CONFIG", "RESETSTAT");
		});
		run(() -> {
			this.application.call("CONFIG", "SET", "maxmemory", "100mb");
			this.application.call("CONFIG", "RESETSTAT");
		});
		assertThat(setting("maxmemory")).isEqualTo("0");
	}

	@Test
	void noticesAsManyCallsAsBeforeTheStatisticsWereReset() {
		this.application.call("ACL", "SETUSER", "base");
		captureBaseline();
		run(() -> {
			this.application.call("CONFIG", "RESETSTAT");
			this.application.call("ACL", "SETUSER", "stray");
		});
		assertThat(RedisConnection.list(this.application.call("ACL", "USERS"))).hasSize(2);
	}

	@Test
	void keepsWhatTheClassWroteUntilItEnds() {
		captureBaseline();
		this.lease.prepare(this.testClass);
		set("before-all");
		TestScope nested = new TestScope(Level.CLASS, TestIsolation.TRUNCATE, "ExampleTests.Nested", this.testClass);
		runTest(() -> set("a"));
		assertThat(keys()).containsOnlyKeys("before-all");
		this.lease.prepare(nested);
		set("nested-before-all");
		runTest(() -> this.application.call("FLUSHDB"));
		assertThat(keys()).containsOnlyKeys("before-all", "nested-before-all");
		this.lease.reset(nested);
		assertThat(keys()).containsOnlyKeys("before-all");
		runTest(() -> this.application.call("FLUSHALL"));
		assertThat(keys()).containsOnlyKeys("before-all");
		this.lease.reset(this.testClass);
		assertThat(keys()).isEmpty();
	}

	@Test
	void removesWhatWasWrittenBeforeTheClassStarted() {
		captureBaseline();
		set("constructor");
		run(() -> assertThat(keys()).containsOnlyKeys("constructor"));
		assertThat(keys()).isEmpty();
	}

	@Test
	void restoresWhatTestsWithoutIsolationLeft() {
		fill();
		captureBaseline();
		Map<String, String> before = keys();
		this.application.call("DEL", "hash");
		set("a");
		this.lease.restore();
		assertThat(keys()).isEqualTo(before);
	}

	@Test
	void restoresToTheInnermostScope() {
		captureBaseline();
		this.lease.prepare(this.testClass);
		TestScope nested = new TestScope(Level.CLASS, TestIsolation.TRUNCATE, "ExampleTests.Nested", this.testClass);
		set("before-all");
		this.lease.prepare(nested);
		set("a");
		this.lease.restore();
		assertThat(keys()).containsOnlyKeys("before-all");
	}

	@Test
	void putsBackAndReportsKeysInOtherNumbers(CapturedOutput output) {
		RedisConnection other = connect(7);
		other.call("SET", "mine", "1");
		captureBaseline();
		run(() -> {
			other.call("SET", "mine", "2");
			other.call("SET", "stray", "1");
			connect(8).call("SET", "stray", "1");
		});
		assertThat(this.redis.keys(7)).containsOnlyKeys("mine");
		assertThat(RedisConnection.text(other.call("GET", "mine"))).isEqualTo("1");
		assertThat(this.redis.keys(8)).isEmpty();
		assertThat(output).contains("ExampleTests.test", "database 7", "database 8");
	}

	@Test
	void putsBackConfigurationAndReportsIt(CapturedOutput output) {
		captureBaseline();
		run(() -> this.application.call("CONFIG", "SET", "notify-keyspace-events", "KEA"));
		assertThat(setting("notify-keyspace-events")).isEmpty();
		assertThat(output).contains("ExampleTests.test left its mark on Redis")
			.contains("notify-keyspace-events has been put back");
	}

	@Test
	void keepsConfigurationOfTheBaseline() {
		this.application.call("CONFIG", "SET", "notify-keyspace-events", "Ex");
		captureBaseline();
		String before = setting("notify-keyspace-events");
		run(() -> this.application.call("CONFIG", "SET", "notify-keyspace-events", "KEA"));
		assertThat(setting("notify-keyspace-events")).isEqualTo(before).isNotEmpty();
	}

	@Test
	void putsBackFunctions() {
		assumeThat(supports("FUNCTION")).isTrue();
		load("base");
		captureBaseline();
		run(() -> load("test"));
		assertThat(functions()).containsExactly("base");
		run(() -> this.application.call("FUNCTION", "FLUSH"));
		assertThat(functions()).containsExactly("base");
	}

	@Test
	void flushesScripts() {
		captureBaseline();
		run(() -> this.application.call("EVAL", "return 1", "0"));
		assertThatExceptionOfType(RedisErrorException.class)
			.isThrownBy(() -> this.application.call("EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0"))
			.withMessageStartingWith("NOSCRIPT");
	}

	@Test
	void keepsScriptsOfTheBaseline() {
		Object sha = this.application.call("SCRIPT", "LOAD", "return 1");
		captureBaseline();
		run(() -> this.application.call("EVAL", "return 2", "0"));
		assertThat(this.application.call("EVALSHA", sha, "0")).isEqualTo(1L);
	}

	@Test
	void putsBackUsers(CapturedOutput output) {
		this.application.call("ACL", "SETUSER", "base", "on", ">secret", "~a:*", "+get");
		captureBaseline();
		List<String> before = users();
		run(() -> {
			this.application.call("ACL", "SETUSER", "base", "off", "+@all");
			this.application.call("ACL", "SETUSER", "added", "on");
		});
		run(() -> this.application.call("ACL", "DELUSER", "base"));
		assertThat(users()).isEqualTo(before);
		assertThat(output).contains("the user added", "the user base");
	}

	@Test
	void releasesBlockedClients(CapturedOutput output) throws Exception {
		captureBaseline();
		RedisConnection worker = connect(0);
		CompletableFuture<Object> answer = new CompletableFuture<>();
		run(() -> {
			answer.completeAsync(() -> worker.call("BLPOP", "queue", "0"));
			await(() -> info("clients").contains("blocked_clients:1"));
		});
		assertThat(answer.handle((value, failure) -> String.valueOf(failure)).get(5, TimeUnit.SECONDS))
			.contains("UNBLOCKED");
		assertThat(output).contains("blocked in blpop");
	}

	@Test
	void leavesTheWorkerOfTheApplicationBlocked(CapturedOutput output) {
		RedisConnection worker = connect(0);
		CompletableFuture<Object> answer = CompletableFuture.supplyAsync(() -> worker.call("BLPOP", "queue", "0"));
		await(() -> info("clients").contains("blocked_clients:1"));
		captureBaseline();
		run(() -> set("a"));
		assertThat(answer).isNotDone();
		assertThat(output).doesNotContain("blocked");
	}

	@Test
	void leavesTheWorkerBlockedOnAnotherConnection(CapturedOutput output) {
		RedisConnection worker = connect(0);
		CompletableFuture<Object> answer = CompletableFuture.supplyAsync(() -> worker.call("BLPOP", "queue", "0"));
		await(() -> info("clients").contains("blocked_clients:1"));
		captureBaseline();
		RedisConnection next = connect(0);
		CompletableFuture<Object> nextAnswer = new CompletableFuture<>();
		run(() -> {
			this.application.call("RPUSH", "queue", "job");
			answer.join();
			nextAnswer.completeAsync(() -> next.call("BLPOP", "queue", "0"));
			await(() -> info("clients").contains("blocked_clients:1"));
		});
		assertThat(nextAnswer).isNotDone();
		assertThat(output).doesNotContain("blocked");
	}

	@Test
	void takesNoDatabaseOfAForeignServerThatHoldsKeys() {
		connect(15).call("SET", "theirs", "1");
		assertThat(this.redis.server(Origin.FOREIGN).claim(0).number()).isEqualTo(14);
		assertThat(this.redis.keys(15)).containsOnlyKeys("theirs");
	}

	@Test
	void disconnectsClientsInsideATransactionAndAsksForReplacement(CapturedOutput output) {
		captureBaseline();
		RedisConnection left = connect(0);
		run(() -> left.call("MULTI"));
		assertThat(output).contains("inside MULTI");
		assertThat(this.lease.isUsable()).isFalse();
		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> left.call("EXEC"));
	}

	@Test
	void isNotDisturbedByFinishedTransactions() {
		captureBaseline();
		run(() -> {
			this.application.call("WATCH", "a");
			this.application.call("MULTI");
			set("a");
			this.application.call("EXEC");
		});
		assertThat(keys()).isEmpty();
		assertThat(this.lease.isUsable()).isTrue();
	}

	@Test
	void reportsSubscriptions(CapturedOutput output) {
		captureBaseline();
		run(() -> connect(0).call("SUBSCRIBE", "channel"));
		assertThat(output).contains("still subscribed");
		assertThat(this.lease.isUsable()).isTrue();
		run(() -> set("a"));
		assertThat(output.getOut().split("still subscribed")).hasSize(2);
	}

	@Test
	void leavesOtherContextsAlone() {
		captureBaseline();
		RedisDatabase other = this.server.claim(0);
		assertThat(other.number()).isEqualTo(15);
		connect(15).call("SET", "theirs", "1");
		run(() -> set("a"));
		assertThat(this.redis.keys(15)).containsOnlyKeys("theirs");
	}

	@Test
	void restoresAnotherContextBeforeItsNextClassAfterAFlushOfEverything() {
		captureBaseline();
		RedisDatabase other = this.server.claim(0);
		connect(15).call("SET", "theirs", "1");
		RedisResource resource = new RedisResource(other, PendingCommands.NONE);
		resource.captureBaseline();
		ResourceLease otherLease = resource.lease(0);
		run(() -> this.application.call("FLUSHALL"));
		otherLease.prepare(this.testClass);
		assertThat(this.redis.keys(15)).containsOnlyKeys("theirs");
	}

	@Test
	void restoresAnotherContextThatHasAsManyKeysAsBeforeAFlushOfEverything() {
		captureBaseline();
		RedisDatabase other = this.server.claim(0);
		connect(15).call("SET", "theirs", "1");
		RedisResource resource = new RedisResource(other, PendingCommands.NONE);
		resource.captureBaseline();
		ResourceLease otherLease = resource.lease(0);
		run(() -> {
			this.application.call("FLUSHALL");
			connect(15).call("SET", "stray", "1");
		});
		otherLease.prepare(this.testClass);
		assertThat(this.redis.keys(15)).containsOnlyKeys("theirs");
	}

	@Test
	void announcementWithoutWhatItAnnouncesDoesNoHarm() {
		RedisResource resource = new RedisResource(this.database, PendingCommands.NONE);
		resource.captureBaseline();
		this.lease = resource.lease(0);
		this.lease.prepare(this.testClass);
		runTest(() -> set("a"));
		this.lease.announcePrepare(this.testClass);
		set("late");
		this.lease.announcePrepare(this.testClass);
		runTest(() -> assertThat(keys()).isEmpty());
	}

	@Test
	void reportsKeysInTheDatabaseOfAnotherContext(CapturedOutput output) {
		captureBaseline();
		RedisDatabase other = this.server.claim(0);
		RedisResource resource = new RedisResource(other, PendingCommands.NONE);
		resource.captureBaseline();
		ResourceLease otherLease = resource.lease(0);
		run(() -> connect(15).call("SET", "stray", "1"));
		assertThat(output).contains("keys in database 15, which belongs to another application context");
		otherLease.prepare(this.testClass);
		assertThat(this.redis.keys(15)).isEmpty();
	}

	@Test
	void keepsWhatALaterContextSharesWithEveryDatabase() {
		captureBaseline();
		RedisDatabase other = this.server.claim(0);
		this.application.call("CONFIG", "SET", "notify-keyspace-events", "Ex");
		new RedisResource(other, PendingCommands.NONE).captureBaseline();
		run(() -> set("a"));
		assertThat(setting("notify-keyspace-events")).isNotEmpty();
	}

	@Test
	void survivesTheLossOfItsConnection() {
		captureBaseline();
		this.lease.prepare(this.testClass);
		set("before-all");
		runTest(() -> {
			set("a");
			this.application.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
		});
		assertThat(keys()).containsOnlyKeys("before-all");
	}

	@Test
	void saysThatTheServerIsGone() {
		captureBaseline();
		this.lease.prepare(this.testClass);
		this.redis.kill();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> runTest(() -> {
		})).withMessageContainingAll("Redis at " + this.redis.address(), "cannot be reached any more");
		assertThat(this.lease.isUsable()).isFalse();
	}

	@Test
	void leavesAForeignServerAlone(CapturedOutput output) {
		connect(7).call("SET", "theirs", "1");
		this.server = this.redis.server(Origin.FOREIGN);
		this.database = this.server.claim(0);
		assertThat(this.database.number()).isEqualTo(15);
		this.application = connect(15);
		captureBaseline();
		run(() -> {
			set("a");
			connect(7).call("SET", "theirs", "2");
			connect(8).call("SET", "theirs", "2");
			this.application.call("CONFIG", "SET", "maxmemory", "100mb");
		});
		assertThat(this.redis.keys(15)).isEmpty();
		assertThat(this.redis.keys(7)).hasSize(1);
		assertThat(this.redis.keys(8)).hasSize(1);
		assertThat(setting("maxmemory")).isEqualTo("104857600");
		assertThat(output).contains("keys in database 8 changed").contains("maxmemory changed");
	}

	private void fill() {
		this.application.call("SET", "string", "value");
		this.application.call("SET", "expiring", "value", "PX", "100000");
		this.application.call("HSET", "hash", "field", "value");
		this.application.call("RPUSH", "list", "1", "2", "3");
		this.application.call("SADD", "set", "1", "2");
		this.application.call("ZADD", "sorted", "1.5", "a");
		this.application.call("XADD", "stream", "1-1", "field", "value");
		this.application.call("XGROUP", "CREATE", "stream", "group", "0");
		this.application.call("XREADGROUP", "GROUP", "group", "consumer", "STREAMS", "stream", ">");
	}

	private void captureBaseline() {
		RedisResource resource = new RedisResource(this.database, PendingCommands.NONE);
		resource.captureBaseline();
		this.lease = new CompositeResourceLease(List.of(resource.lease(0)));
	}

	private void run(Runnable test) {
		this.lease.prepare(this.testClass);
		runTest(test);
		this.lease.reset(this.testClass);
	}

	private void runTest(Runnable test) {
		TestScope scope = new TestScope(Level.TEST, TestIsolation.TRUNCATE, "ExampleTests.test", this.testClass);
		this.lease.prepare(scope);
		test.run();
		this.lease.reset(scope);
	}

	private void set(String key) {
		this.application.call("SET", key, "changed");
	}

	private String get(String key) {
		return RedisConnection.text(this.application.call("GET", key));
	}

	private Map<String, String> keys() {
		return this.redis.keys(this.database.number());
	}

	private RedisConnection connect(int number) {
		RedisConnection connection = this.redis.connect(number);
		this.closeables.add(connection);
		return connection;
	}

	private String setting(String name) {
		return RedisConnection.text(RedisConnection.list(this.application.call("CONFIG", "GET", name)).get(1));
	}

	private void load(String name) {
		this.application.call("FUNCTION", "LOAD",
				"#!lua name=" + name + "\nredis.register_function('" + name + "', function() return 1 end)");
	}

	private List<String> functions() {
		return RedisConnection.list(this.application.call("FUNCTION", "LIST"))
			.stream()
			.map((function) -> RedisConnection.text(RedisConnection.list(function).get(1)))
			.toList();
	}

	private List<String> users() {
		return RedisConnection.list(this.application.call("ACL", "LIST"))
			.stream()
			.map((user) -> RedisConnection.text(user).replace(" sanitize-payload", ""))
			.toList();
	}

	private boolean supports(String command) {
		return RedisConnection.list(this.application.call("COMMAND", "INFO", command)).get(0) != null;
	}

	private String info(String section) {
		return RedisConnection.text(this.application.call("INFO", section));
	}

	private long infoCalls() {
		return calls("info");
	}

	private long calls(String command) {
		return info("commandstats").lines()
			.filter((line) -> line.startsWith("cmdstat_" + command + ":"))
			.mapToLong((line) -> Long.parseLong(line.substring(line.indexOf("calls=") + 6, line.indexOf(','))))
			.sum();
	}

	private static void await(BooleanSupplier condition) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.onSpinWait();
		}
	}

}
