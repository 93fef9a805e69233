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
import java.lang.reflect.Proxy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisOperations;

import dev.pristine.TestIsolation;
import dev.pristine.launch.FrozenServer;
import dev.pristine.launch.UnusedPort;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RedisAutoConfiguration} with native processes.
 */
class RedisAutoConfigurationIntegrationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedisAutoConfiguration.class, DataRedisAutoConfiguration.class))
		.withPropertyValues("pristine.launch=embedded", "pristine.redis.executable=" + TestRedis.embedded());

	@Test
	void contextsThatRunAtTheSameTimeShareNothing() {
		String[] changes = { "SET a 1", "EXPIRE base 1000", "FLUSHALL", "SWAPDB 0 3", "SELECT 3", "SET b 1", "SELECT 0",
				"CONFIG SET notify-keyspace-events KEA", "CONFIG SET maxmemory 100mb", "ACL SETUSER added on",
				"SCRIPT LOAD return", "SAVE", "CONFIG RESETSTAT", "CLIENT KILL TYPE normal SKIPME yes" };
		this.runner.run((first) -> this.runner.run((second) -> {
			try (RedisConnection one = connect(first); RedisConnection other = connect(second)) {
				one.call("SET", "base", "1");
				other.call("SET", "base", "2");
				Object scripts = other.call("SCRIPT", "LOAD", "return 2");
				Object before = TestRedis.everything(other);
				Rehearsal.run(first.getBean(TestResource.class), new TestScope("first", TestIsolation.TRUNCATE), () -> {
					Rehearsal.run(second.getBean(TestResource.class), new TestScope("second", TestIsolation.TRUNCATE),
							() -> {
								for (String change : changes) {
									call(one, change);
								}
								assertThat(everything(other)).isEqualTo(before);
								assertThat(call(other, "EVALSHA " + RedisConnection.text(scripts) + " 0"))
									.isEqualTo(2L);
							});
					assertThat(call(one, "EXISTS b base")).isEqualTo(0L);
					assertThat(everything(other)).isEqualTo(before);
				});
				assertThat(RedisConnection.text(call(one, "GET base"))).isEqualTo("1");
			}
		}));
	}

	@Test
	void factoryOfAnotherLibraryThatLeadsElsewhereIsRefused() {
		try (TestRedis developer = TestRedis.start()) {
			ApplicationContextRunner runner = this.runner.withBean("untold", RedisConnectionFactory.class,
					() -> untold(new RedisStandaloneConfiguration("127.0.0.1", developer.address().port()), "secret"));
			runner.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContainingAll("'untold' leads to a Redis with the port " + developer.address().port(),
						"'pristine.foreign=untold'"));
			runner.withPropertyValues("pristine.foreign=other,untold")
				.run((context) -> assertThat(context).hasNotFailed());
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void factoryOfAnotherLibraryThatLeadsToTheTestsRedisIsLetThrough(CapturedOutput output) {
		this.runner.withUserConfiguration(Untold.class).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("does not tell where it leads");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void factoryOfAnotherLibraryIsToldWhichNumberIsTheTests(CapturedOutput output) {
		try (TestRedis given = TestRedis.start()) {
			this.runner.withUserConfiguration(Untold.class)
				.withPropertyValues("pristine.redis.url=redis://:secret@127.0.0.1:" + given.address().port())
				.run((context) -> assertThat(context).hasNotFailed());
		}
		assertThat(output).contains("'untold' leads to the Redis of the tests", "only number 15 is reset");
	}

	@Test
	void factoryThatExtendsThatOfLettuceTellsItsAddress() {
		try (TestRedis container = TestRedis.start()) {
			RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration("127.0.0.1",
					container.address().port());
			configuration.setPassword("secret");
			this.runner
				.withBean("own", RedisConnectionFactory.class, () -> new LettuceConnectionFactory(configuration) {

				})
				.run((context) -> assertThat(context).hasNotFailed());
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void factoryWithoutServerIsNamed(CapturedOutput output) {
		this.runner
			.withBean("nowhere", RedisConnectionFactory.class,
					() -> untold(new RedisStandaloneConfiguration("127.0.0.1", 1), "secret"))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("The RedisConnectionFactory 'nowhere' does not tell where it leads");
	}

	private static RedisConnectionFactory untold(RedisStandaloneConfiguration configuration, String password) {
		configuration.setPassword(password);
		LettuceConnectionFactory factory = new LettuceConnectionFactory(configuration);
		factory.start();
		return (RedisConnectionFactory) Proxy.newProxyInstance(RedisConnectionFactory.class.getClassLoader(),
				new Class<?>[] { RedisConnectionFactory.class, DisposableBean.class },
				(proxy, method, arguments) -> method.invoke(factory, arguments));
	}

	private static Object everything(RedisConnection connection) {
		try {
			return TestRedis.everything(connection);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Object call(RedisConnection connection, String command) {
		try {
			return connection.call((Object[]) command.split(" "));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static RedisConnection connect(AssertableApplicationContext context) throws IOException {
		DataRedisConnectionDetails details = context.getBean(DataRedisConnectionDetails.class);
		return RedisConnection.open(TestRedis.address(details.getStandalone().getHost(),
				details.getStandalone().getPort(), null, details.getPassword()));
	}

	@Test
	void theServerEndsWithItsContext() {
		RedisAddress[] address = new RedisAddress[1];
		this.runner.run((context) -> {
			DataRedisConnectionDetails details = context.getBean(DataRedisConnectionDetails.class);
			assertThat(details.getStandalone().getDatabase()).isZero();
			address[0] = TestRedis.address("127.0.0.1", details.getStandalone().getPort(), null, details.getPassword());
			RedisConnection.open(address[0]).close();
		});
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> RedisConnection.open(address[0]));
	}

	@Test
	void fixesPortAndPasswordForToolsThatRememberThem() throws IOException {
		int port = UnusedPort.find();
		ApplicationContextRunner runner = this.runner.withPropertyValues("pristine.redis.port=" + port,
				"pristine.redis.password=known");
		runner.run((first) -> {
			DataRedisConnectionDetails details = first.getBean(DataRedisConnectionDetails.class);
			assertThat(details.getStandalone().getPort()).isEqualTo(port);
			assertThat(details.getPassword()).isEqualTo("known");
			try (RedisConnection connection = RedisConnection
				.open(TestRedis.address("127.0.0.1", port, null, "known"))) {
				connection.call("SET", "first", "1");
				// The port is taken by a server with the same password, which is not ours
				runner.run((second) -> {
					assertThat(second.getBean(DataRedisConnectionDetails.class).getStandalone().getPort())
						.isNotEqualTo(port);
					try (RedisConnection other = connect(second)) {
						assertThat(other.call("DBSIZE")).isEqualTo(0L);
					}
				});
			}
		});
	}

	@Test
	void exportsItsAddress() {
		this.runner.withPropertyValues("pristine.redis.export-to=app.redis")
			.run((context) -> assertThat(context.getEnvironment().getProperty("app.redis")).startsWith("redis://:")
				.contains("@127.0.0.1:")
				.endsWith("/0"));
	}

	@Test
	void saysWhyNoServerStarts() {
		this.runner.withPropertyValues("pristine.redis.executable=/no/such/redis")
			.run((context) -> GivenRedisIntegrationTests.assertFailure(context, "/no/such/redis",
					"apt-get install redis-server", "brew", "Docker"));
		this.runner.withPropertyValues("pristine.redis.executable=/bin/false")
			.run((context) -> GivenRedisIntegrationTests.assertFailure(context, "redis ended while it started"));
	}

	@Test
	void backsOff() {
		this.runner.withPropertyValues("pristine.redis.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TestResource.class)
				.doesNotHaveBean(RedisDatabase.class));
		this.runner.withClassLoader(new FilteredClassLoader(RedisOperations.class))
			.run((context) -> assertThat(context).doesNotHaveBean(TestResource.class));
	}

	@Test
	@EnabledIfSystemProperty(named = "random.programs", matches = "\\d{4,}", disabledReason = "takes 10 s")
	@EnabledOnOs(OS.LINUX)
	void doesNotWaitForeverForAServerThatStandsStill() {
		this.runner.run((context) -> {
			FrozenServer[] frozen = new FrozenServer[1];
			try {
				assertThatExceptionOfType(ResourceException.class)
					.isThrownBy(() -> Rehearsal.run(context.getBean(TestResource.class),
							new TestScope("test", TestIsolation.TRUNCATE),
							() -> frozen[0] = FrozenServer
								.on(context.getBean(DataRedisConnectionDetails.class).getStandalone().getPort())))
					.withMessageContaining("cannot be used any more");
			}
			finally {
				frozen[0].close();
			}
		});
	}

	@Test
	void laterTestsGetANewServerWhenOneIsKilled() {
		KilledRedis.passed = 0;
		EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(KilledRedis.class))
			.execute();
		results.testEvents().assertStatistics((statistics) -> statistics.succeeded(1).failed(1));
		assertThat(results.testEvents().failed().stream().map((event) -> event.getPayload(TestExecutionResult.class)))
			.singleElement()
			.satisfies((result) -> assertThat(result.orElseThrow().getThrowable().orElseThrow())
				.isInstanceOf(ResourceException.class)
				.hasMessageContainingAll("Redis at 127.0.0.1", "cannot be used any more", "new application context"));
		assertThat(KilledRedis.passed).isEqualTo(1);
	}

	@Configuration(proxyBeanMethods = false)
	static class Untold {

		@Bean
		RedisConnectionFactory untold(@Value("${spring.data.redis.host}") String host,
				@Value("${spring.data.redis.port}") int port, @Value("${spring.data.redis.password}") String password) {
			return RedisAutoConfigurationIntegrationTests.untold(new RedisStandaloneConfiguration(host, port),
					password);
		}

	}

}
