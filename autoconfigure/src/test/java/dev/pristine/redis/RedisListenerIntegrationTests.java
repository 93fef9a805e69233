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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.StreamMessageListenerContainerOptions;
import org.springframework.test.context.TestPropertySource;

import dev.pristine.isolation.IsolationAutoConfiguration;
import dev.pristine.isolation.ParallelRun;
import dev.pristine.ownership.OwnershipAutoConfiguration;
import dev.pristine.resource.CurrentSlot;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a message listener of the application while tests run side by side.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class RedisListenerIntegrationTests {

	@Test
	void listenerWorksForTheApplication(CapturedOutput output) {
		for (Class<?> tests : List.of(WithLettuce.class, WithJedis.class)) {
			new ParallelRun(2, Map.of(), tests).succeeds(2);
		}
		assertThat(output).containsOnlyOnce("The bean 'container' listens to the Redis")
			.containsOnlyOnce("The bean 'streams' listens to the Redis");
	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	abstract static class Listening {

		@Autowired
		private Listener listener;

		@Autowired
		private StringRedisTemplate template;

		@Autowired
		private RedisDatabase home;

		@Test
		void first() throws Exception {
			this.listener.both.await(20, TimeUnit.SECONDS);
			RedisConnection connection = this.home.connection();
			connection.call("PUBLISH", "news", "published");
			connection.call("XADD", "stream", "*", "message", "added");
			assertThat(this.listener.slots.get("published")).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(0);
			assertThat(this.listener.slots.get("added")).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(0);
			assertThat(RedisConnection.text(connection.call("GET", "published"))).isEqualTo("heard");
			assertThat(RedisConnection.text(connection.call("GET", "added"))).isEqualTo("heard");
			meetAgain();
		}

		@Test
		void second() throws Exception {
			this.listener.both.await(20, TimeUnit.SECONDS);
			meetAgain();
		}

		private void meetAgain() throws Exception {
			this.listener.both.await(20, TimeUnit.SECONDS);
			assertThat(this.template.hasKey("published")).isFalse();
		}

	}

	@TestPropertySource(properties = "spring.data.redis.client-type=lettuce")
	static class WithLettuce extends Listening {

	}

	@TestPropertySource(properties = "spring.data.redis.client-type=jedis")
	static class WithJedis extends Listening {

	}

	static class Listener {

		private final CyclicBarrier both = new CyclicBarrier(2);

		private final Map<String, CompletableFuture<Integer>> slots = Map.of("published", new CompletableFuture<>(),
				"added", new CompletableFuture<>());

		private final StringRedisTemplate template;

		private final CurrentSlot slot;

		Listener(StringRedisTemplate template, CurrentSlot slot) {
			this.template = template;
			this.slot = slot;
		}

		void hear(String message) {
			try {
				this.template.opsForValue().set(message, "heard");
				this.slots.get(message).complete(this.slot.number());
			}
			catch (RuntimeException ex) {
				this.slots.get(message).completeExceptionally(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IsolationAutoConfiguration.class, OwnershipAutoConfiguration.class,
			RedisAutoConfiguration.class, DataRedisAutoConfiguration.class })
	static class Application {

		@Bean
		Listener listener(StringRedisTemplate template, CurrentSlot slot) {
			return new Listener(template, slot);
		}

		@Bean
		RedisMessageListenerContainer container(RedisConnectionFactory connectionFactory, Listener listener) {
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(connectionFactory);
			container.setMaxSubscriptionRegistrationWaitingTime(20_000);
			container.addMessageListener((message, pattern) -> listener.hear(message.toString()),
					ChannelTopic.of("news"));
			return container;
		}

		@Bean
		StreamMessageListenerContainer<String, MapRecord<String, String, String>> streams(
				RedisConnectionFactory connectionFactory, Listener listener) {
			StreamMessageListenerContainer<String, MapRecord<String, String, String>> container = StreamMessageListenerContainer
				.create(connectionFactory,
						StreamMessageListenerContainerOptions.builder().pollTimeout(Duration.ofMillis(20)).build());
			container.receive(StreamOffset.fromStart("stream"),
					(message) -> listener.hear(message.getValue().get("message")));
			container.start();
			return container;
		}

	}

}
