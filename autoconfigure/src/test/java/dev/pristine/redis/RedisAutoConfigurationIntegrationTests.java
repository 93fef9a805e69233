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

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.StringRedisTemplate;

import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisAutoConfiguration} with native processes.
 */
@ExtendWith(OutputCaptureExtension.class)
class RedisAutoConfigurationIntegrationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedisAutoConfiguration.class, DataRedisAutoConfiguration.class,
				DataRedisReactiveAutoConfiguration.class))
		.withPropertyValues("pristine.launch=embedded");

	@Test
	void connectsLettuce() {
		this.runner.run((context) -> {
			assertThat(context.getBean(RedisConnectionFactory.class)).isInstanceOf(LettuceConnectionFactory.class);
			writesAndResets(context);
		});
	}

	@Test
	void connectsJedis() {
		this.runner.withPropertyValues("spring.data.redis.client-type=jedis").run((context) -> {
			assertThat(context.getBean(RedisConnectionFactory.class)).isInstanceOf(JedisConnectionFactory.class);
			writesAndResets(context);
		});
	}

	@Test
	void connectsReactively() {
		this.runner.run((context) -> {
			ReactiveStringRedisTemplate template = context.getBean(ReactiveStringRedisTemplate.class);
			TestResource resource = context.getBean(TestResource.class);
			resource.captureBaseline();
			template.opsForValue().set("a", "1").block();
			resource.lease(0).restore();
			assertThat(template.hasKey("a").block()).isFalse();
		});
	}

	@Test
	void waitsForNothingWhereTheApplicationItselfWaits() {
		this.runner.run((context) -> {
			PendingCommands pending = context.getBean(PendingCommands.class);
			context.getBean(StringRedisTemplate.class).opsForValue().set("a", "1");
			assertThat(pending.complete()).isFalse();
			context.getBean(ReactiveStringRedisTemplate.class).hasKey("a").block();
			assertThat(pending.complete()).isTrue();
		});
	}

	@Test
	void waitsForClientsThatItHasNotSeenFromTheirStart() {
		this.runner.run((context) -> {
			LettuceConnectionFactory connectionFactory = context.getBean(LettuceConnectionFactory.class);
			connectionFactory.stop();
			connectionFactory.start();
			assertThat(context.getBean(PendingCommands.class).complete()).isTrue();
		});
	}

	@Test
	void waitsForClientsThatConnectAtOnce() {
		this.runner.withUserConfiguration(EagerLettuce.class)
			.run((context) -> assertThat(context.getBean(PendingCommands.class).complete()).isTrue());
	}

	@Test
	void listensOnTheLoopbackInterfaceWithAPasswordAndSavesNothing() {
		this.runner.run((context) -> {
			DataRedisConnectionDetails details = context.getBean(DataRedisConnectionDetails.class);
			assertThat(details.getStandalone().getHost()).isEqualTo("127.0.0.1");
			assertThat(details.getPassword()).hasSizeGreaterThan(20);
			RedisConnection connection = context.getBean(ContextDatabase.class).get().connection();
			assertThat(setting(connection, "bind")).isEqualTo("127.0.0.1");
			assertThat(setting(connection, "save")).isEmpty();
			assertThat(setting(connection, "appendonly")).isEqualTo("no");
		});
	}

	@Test
	void givesEachContextADatabaseOfTheSameServer() {
		this.runner.run((first) -> this.runner.run((second) -> {
			DataRedisConnectionDetails one = first.getBean(DataRedisConnectionDetails.class);
			DataRedisConnectionDetails other = second.getBean(DataRedisConnectionDetails.class);
			assertThat(one.getStandalone().getPort()).isEqualTo(other.getStandalone().getPort());
			assertThat(one.getStandalone().getDatabase()).isNotEqualTo(other.getStandalone().getDatabase());
			first.getBean(StringRedisTemplate.class).opsForValue().set("a", "1");
			assertThat(second.getBean(StringRedisTemplate.class).hasKey("a")).isFalse();
		}));
	}

	@Test
	void givesTheDatabaseBackEmptyWhenTheContextIsClosed() {
		List<Integer> numbers = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			this.runner.run((context) -> {
				StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
				assertThat(template.hasKey("a")).isFalse();
				template.opsForValue().set("a", "1");
				numbers.add(context.getBean(DataRedisConnectionDetails.class).getStandalone().getDatabase());
			});
		}
		assertThat(numbers.get(0)).isEqualTo(numbers.get(1));
	}

	@Test
	void startsAFurtherServerWhenAllDatabasesAreTaken() {
		RedisLaunch launch = new RedisLaunch.Started("two databases", () -> NativeRedis.start(executable(), 2));
		Set<String> places = new HashSet<>();
		List<RedisDatabase> claimed = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			RedisDatabase database = launch.claim();
			claimed.add(database);
			places.add(database.server().address() + "/" + database.number());
		}
		assertThat(places).hasSize(5);
		assertThat(claimed.stream().map((each) -> each.server().address()).distinct()).hasSize(3);
		claimed.get(0).release();
		assertThat(launch.claim().server()).isSameAs(claimed.get(0).server());
	}

	@Test
	void startsANewServerWhenTheOldOneIsDead() {
		this.runner.run((context) -> {
			RedisServer server = context.getBean(ContextDatabase.class).get().server();
			kill(server);
			this.runner.run(this::writesAndResets);
		});
	}

	@Test
	void usesAnExternalServer() {
		try (TestRedis redis = TestRedis.start("redis-server")) {
			this.runner.withPropertyValues("pristine.launch=auto", "pristine.redis.url=" + redis.url() + "/3")
				.run((context) -> {
					assertThat(context.getBean(DataRedisConnectionDetails.class).getStandalone().getDatabase())
						.isEqualTo(3);
					writesAndResets(context);
				});
			assertThat(redis.keys(3)).isEmpty();
		}
	}

	@Test
	void leavesKeysOfAnExternalServerAlone() {
		try (TestRedis redis = TestRedis.start("redis-server")) {
			redis.connect(0).call("SET", "theirs", "1");
			this.runner.withPropertyValues("pristine.launch=auto", "pristine.redis.url=" + redis.url())
				.run((context) -> {
					assertThat(context.getBean(DataRedisConnectionDetails.class).getStandalone().getDatabase())
						.isEqualTo(15);
					writesAndResets(context);
				});
			assertThat(redis.keys(0)).containsOnlyKeys("theirs");
		}
	}

	@Test
	void emptiesADisposableServer() {
		try (TestRedis redis = TestRedis.start("redis-server")) {
			redis.connect(0).call("SET", "theirs", "1");
			this.runner
				.withPropertyValues("pristine.launch=auto", "pristine.redis.url=" + redis.url(),
						"pristine.redis.disposable=true")
				.run((context) -> {
					assertThat(context.getBean(DataRedisConnectionDetails.class).getStandalone().getDatabase())
						.isZero();
					assertThat(context.getBean(StringRedisTemplate.class).hasKey("theirs")).isFalse();
				});
		}
	}

	@Test
	void sharesAnExternalServerWithOtherRuns() {
		try (TestRedis redis = TestRedis.start("redis-server")) {
			RedisDatabase elsewhere = redis.server(RedisServer.Origin.FOREIGN).claim(0);
			assertThat(elsewhere.number()).isZero();
			this.runner.withPropertyValues("pristine.launch=auto", "pristine.redis.url=" + redis.url())
				.run((context) -> assertThat(
						context.getBean(DataRedisConnectionDetails.class).getStandalone().getDatabase())
					.isEqualTo(15));
		}
	}

	@Test
	void saysWhenNoDatabaseIsFree() {
		try (TestRedis redis = TestRedis.start("redis-server", "--databases", "1")) {
			redis.connect(0).call("SET", "theirs", "1");
			this.runner.withPropertyValues("pristine.launch=auto", "pristine.redis.url=" + redis.url())
				.run((context) -> assertFailure(context, "has no database for this application context",
						"pristine.redis.disposable"));
		}
	}

	@Test
	void refusesAnAddressThatLooksLikeProduction() {
		this.runner.withPropertyValues("pristine.launch=auto", "pristine.redis.url=redis://redis.prod.example.com")
			.run((context) -> assertFailure(context, "looks like production", "pristine.redis.disposable"));
	}

	@Test
	void saysThatTheServerCannotBeReached() {
		this.runner.withPropertyValues("pristine.launch=auto", "pristine.redis.url=redis://localhost:1")
			.run((context) -> assertFailure(context, "Redis at localhost:1 cannot be reached", "pristine.redis.url"));
	}

	@Test
	void saysThatThePasswordIsWrong() {
		try (TestRedis redis = TestRedis.start("redis-server")) {
			this.runner
				.withPropertyValues("pristine.launch=auto",
						"pristine.redis.url=" + redis.url().replace("secret", "wrong"))
				.run((context) -> assertFailure(context, "WRONGPASS", "redis://user:password@host"));
			this.runner
				.withPropertyValues("pristine.launch=auto", "pristine.redis.url=" + redis.url().replace(":secret@", ""))
				.run((context) -> assertFailure(context, "NOAUTH", "redis://user:password@host"));
		}
	}

	@Test
	void saysThatTheExecutableIsMissing() {
		this.runner.withPropertyValues("pristine.redis.executable=/no/such/redis")
			.run((context) -> assertFailure(context, "/no/such/redis", "apt-get install redis-server", "brew",
					"Docker"));
	}

	@Test
	void showsTheLogOfAServerThatDoesNotStart() {
		this.runner.withPropertyValues("pristine.redis.executable=/bin/false")
			.run((context) -> assertFailure(context, "redis", "exit code 1"));
	}

	@Test
	void isolatesConnectionDetailsThatTheUserDeclares() {
		try (TestRedis redis = TestRedis.start("redis-server")) {
			ApplicationContextRunner runner = this.runner.withUserConfiguration(DeclaredDetails.class)
				.withPropertyValues("test.port=" + redis.address().port());
			runner.run((first) -> runner.run((second) -> {
				DataRedisConnectionDetails one = first.getBean(DataRedisConnectionDetails.class);
				DataRedisConnectionDetails other = second.getBean(DataRedisConnectionDetails.class);
				assertThat(one.getStandalone().getPort()).isEqualTo(redis.address().port());
				assertThat(other.getStandalone().getPort()).isEqualTo(redis.address().port());
				assertThat(one.getStandalone().getDatabase()).isNotEqualTo(other.getStandalone().getDatabase());
				writesAndResets(first);
				writesAndResets(second);
			}));
		}
	}

	@Test
	void backsOffWhenDisabled() {
		this.runner.withPropertyValues("pristine.redis.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TestResource.class)
				.doesNotHaveBean(DatabaseConnectionDetails.class));
	}

	@Test
	void backsOffWithoutSpringDataRedis() {
		this.runner.withClassLoader(new FilteredClassLoader(RedisOperations.class))
			.run((context) -> assertThat(context).doesNotHaveBean(TestResource.class));
	}

	private void writesAndResets(AssertableApplicationContext context) {
		StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
		TestResource resource = context.getBean(TestResource.class);
		assertThat(resource.name()).isEqualTo("redis");
		template.opsForValue().set("base", "1");
		resource.captureBaseline();
		template.opsForValue().set("a", "1");
		template.delete("base");
		resource.lease(0).restore();
		assertThat(template.keys("*")).containsExactly("base");
	}

	private static void assertFailure(AssertableApplicationContext context, String... parts) {
		assertThat(context).hasFailed();
		Throwable failure = context.getStartupFailure();
		while (!(failure instanceof ResourceException) && failure.getCause() != null) {
			failure = failure.getCause();
		}
		assertThat(failure).isInstanceOf(ResourceException.class).hasMessageContainingAll(parts);
	}

	static void kill(RedisServer server) {
		try (RedisConnection connection = server.connect()) {
			String info = RedisConnection.text(connection.call("INFO", "server"));
			long pid = info.lines()
				.filter((line) -> line.startsWith("process_id:"))
				.mapToLong((line) -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
				.findFirst()
				.orElseThrow();
			ProcessHandle.of(pid).orElseThrow().destroyForcibly();
			ProcessHandle.of(pid).ifPresent((process) -> process.onExit().join());
		}
	}

	private static String setting(RedisConnection connection, String name) {
		return RedisConnection.text(RedisConnection.list(connection.call("CONFIG", "GET", name)).get(1));
	}

	private static java.nio.file.Path executable() {
		return RedisExecutable.find(null, System.getenv("PATH"),
				new dev.pristine.launch.LaunchProperties(dev.pristine.launch.Launch.EMBEDDED, null));
	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredDetails {

		@Bean
		DataRedisConnectionDetails declared(org.springframework.core.env.Environment environment,
				ConfigurableApplicationContext context) {
			int port = environment.getRequiredProperty("test.port", Integer.class);
			return new DataRedisConnectionDetails() {

				@Override
				public String getPassword() {
					return "secret";
				}

				@Override
				public Standalone getStandalone() {
					return Standalone.of("127.0.0.1", port);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EagerLettuce {

		@Bean
		static BeanPostProcessor eagerLettuce() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessBeforeInitialization(Object bean, String beanName) {
					if (bean instanceof LettuceConnectionFactory connectionFactory) {
						connectionFactory.setEagerInitialization(true);
					}
					return bean;
				}

			};
		}

	}

}
