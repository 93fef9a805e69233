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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for several slots in one application context. A thread works on the slot that
 * {@link #slot} says.
 */
@Timeout(60)
class RedisSlotsIntegrationTests {

	private static final ThreadLocal<Integer> slot = ThreadLocal.withInitial(() -> 0);

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedisAutoConfiguration.class, DataRedisAutoConfiguration.class,
				DataRedisReactiveAutoConfiguration.class))
		.withPropertyValues("pristine.launch=embedded")
		.withBean(CurrentSlot.class, () -> slot::get);

	@ParameterizedTest
	@ValueSource(strings = { "spring.data.redis.client-type=lettuce", "spring.data.redis.lettuce.pool.enabled=true",
			"spring.data.redis.client-type=jedis", "pristine.redis.launch=external" })
	void testsOnTwoSlotsDoNotSeeEachOther(String property) {
		try (TestRedis given = TestRedis.start()) {
			List<ResourceLease<?>> leases = new ArrayList<>();
			ApplicationContextRunner contexts = property.endsWith("external")
					? this.contexts.withPropertyValues("pristine.redis.url=" + given.url()) : this.contexts;
			contexts.withPropertyValues(property).run((context) -> {
				StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
				template.opsForValue().set("base", "1", Duration.ofDays(1));
				RedisResource resource = context.getBean(RedisResource.class);
				RedisLease home = lease(resource, 0, leases);
				RedisState baseline = home.capture();
				template.opsForValue().set("later", "at home");
				assertThat(resource.onlyCopy()).isNull();
				RedisLease first = lease(resource, 1, leases);
				RedisLease second = lease(resource, 2, leases);
				CyclicBarrier barrier = new CyclicBarrier(2);
				ExecutorService threads = Executors.newFixedThreadPool(2);
				try {
					List<Future<?>> tests = List.of(threads.submit(() -> work(context, 1, first, barrier)),
							threads.submit(() -> work(context, 2, second, barrier)));
					for (Future<?> test : tests) {
						test.get(30, TimeUnit.SECONDS);
					}
				}
				finally {
					threads.shutdownNow();
				}
				assertThat(template.keys("*")).containsExactlyInAnyOrder("base", "later");
				home.restore(baseline, "test");
				assertThat(template.keys("*")).containsExactly("base");
				first.close();
				if (!property.endsWith("external")) {
					assertThat(first.isUsable()).isFalse();
					assertThat(second.isUsable()).isTrue();
				}
				slot.set(1);
				assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> template.hasKey("base"))
					.withMessageContaining("slot 1");
				slot.set(2);
				assertThat(template.hasKey("base")).isTrue();
				assertThat(lease(resource, 1, leases).isUsable()).isTrue();
			});
			slot.remove();
			leases.subList(1, leases.size()).forEach(ResourceLease::close);
			if (!property.endsWith("external")) {
				assertThat(leases).noneMatch(ResourceLease::isUsable);
			}
			assertThat(given.keys(14)).isEmpty();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Void work(ApplicationContext context, int number, RedisLease lease, CyclicBarrier barrier)
			throws Exception {
		slot.set(number);
		StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
		RedisState baseline = lease.capture();
		for (int i = 0; i < 3; i++) {
			assertThat(template.keys("*")).containsExactly("base");
			assertThat(template.getExpire("base")).isPositive();
			template.opsForValue().set("a", "of " + number);
			template.delete("base");
			barrier.await(10, TimeUnit.SECONDS);
			assertThat(template.opsForValue().get("a")).isEqualTo("of " + number);
			context.getBeanProvider(ReactiveStringRedisTemplate.class)
				.ifAvailable(
						(reactive) -> assertThat(reactive.opsForValue().get("a").block()).isEqualTo("of " + number));
			barrier.await(10, TimeUnit.SECONDS);
			// The other's keys are there while this one is reset
			if (number == 1) {
				lease.restore(baseline, "test");
			}
			barrier.await(10, TimeUnit.SECONDS);
			assertThat(template.hasKey("a")).isEqualTo(number == 2);
			barrier.await(10, TimeUnit.SECONDS);
			lease.restore(baseline, "test");
			barrier.await(10, TimeUnit.SECONDS);
		}
		return null;
	}

	@Test
	void serverOfSlotStartsAsTheApplicationLeftTheFirst() {
		this.contexts.run((context) -> {
			RedisConnection home = context.getBean(RedisDatabase.class).connection();
			home.ask("CONFIG", "SET", "notify-keyspace-events", "KEA")
				.ask("ACL", "SETUSER", "ann", "on", ">secret", "+get", "~*")
				.ask("SELECT", 3)
				.ask("SET", "there", 1)
				.ask("SELECT", 0)
				.replies();
			RedisResource resource = context.getBean(RedisResource.class);
			resource.lease(0).capture();
			try (RedisLease copy = (RedisLease) resource.lease(1)) {
				RedisState start = copy.capture();
				assertThat(everything(copy.connection())).isEqualTo(everything(home));
				copy.connection().call("CONFIG", "SET", "notify-keyspace-events", "");
				copy.restore(start, "test");
				assertThat(everything(copy.connection())).isEqualTo(everything(home));
			}
		});
	}

	private static List<Object> everything(RedisConnection connection) throws IOException {
		ServerState server = ServerState.capture(connection);
		Map<String, String> settings = new TreeMap<>(server.settings());
		settings.keySet().removeAll(List.of("port", "dir"));
		String keyspace = RedisConnection.text(connection.call("INFO", "keyspace"));
		return List.of(settings, server.users(), keyspace);
	}

	@Test
	void factoryForAnotherNumberLeadsToThatNumberInEachSlot() {
		this.contexts.withUserConfiguration(ThirdNumber.class).run((context) -> {
			RedisResource resource = context.getBean(RedisResource.class);
			resource.lease(0).capture();
			try (RedisLease copy = (RedisLease) resource.lease(1)) {
				slot.set(1);
				new StringRedisTemplate(context.getBean(LettuceConnectionFactory.class)).opsForValue().set("a", "1");
				assertThat(RedisConnection.text(copy.connection().call("INFO", "keyspace"))).contains("db3:keys=1");
			}
			finally {
				slot.remove();
			}
			assertThat(RedisConnection.text(context.getBean(RedisDatabase.class).connection().call("INFO", "keyspace")))
				.doesNotContain("db");
		});
	}

	@Test
	void clientsBesideSpringDataAllowOneCopyOnly() {
		this.contexts.withBean("own", OwnFactory.class)
			.run((context) -> assertThat(context.getBean(RedisResource.class).onlyCopy()).contains("'own'"));
		this.contexts.withBean("client", RedisClient.class, RedisClient::create)
			.run((context) -> assertThat(context.getBean(RedisResource.class).onlyCopy()).contains("'client'"));
	}

	private static RedisLease lease(RedisResource resource, int number, List<ResourceLease<?>> leases) {
		RedisLease lease = (RedisLease) resource.lease(number);
		leases.add(lease);
		return lease;
	}

	static class OwnFactory extends LettuceConnectionFactory {

		OwnFactory() {
			super(new RedisStandaloneConfiguration());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ThirdNumber {

		@Bean
		LettuceConnectionFactory third(DataRedisConnectionDetails details) {
			Standalone server = details.getStandalone();
			RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration("localhost",
					server.getPort());
			configuration.setPassword(details.getPassword());
			configuration.setDatabase(3);
			return new LettuceConnectionFactory(configuration);
		}

	}

}
