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

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

import dev.pristine.isolation.IsolationAutoConfiguration;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what happens when Redis is killed during a run.
 */
class RedisLossIntegrationTests {

	private static final AtomicInteger passed = new AtomicInteger();

	@Test
	@Timeout(120)
	void laterTestsGetANewServer() {
		passed.set(0);
		EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(KillsRedis.class))
			.execute();
		results.testEvents().assertStatistics((statistics) -> statistics.succeeded(1).failed(1));
		assertThat(results.testEvents().failed().stream().map((event) -> event.getPayload(TestExecutionResult.class)))
			.singleElement()
			.satisfies((result) -> assertThat(result.orElseThrow().getThrowable().orElseThrow())
				.isInstanceOf(ResourceException.class)
				.hasMessageContainingAll("Redis at 127.0.0.1", "cannot be reached"));
		assertThat(passed).hasValue(1);
	}

	@SpringBootTest(classes = Application.class, properties = "pristine.launch=embedded")
	@ImportAutoConfiguration({ RedisAutoConfiguration.class, DataRedisAutoConfiguration.class,
			IsolationAutoConfiguration.class })
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	static class KillsRedis {

		@Autowired
		private StringRedisTemplate template;

		@Autowired
		private ContextDatabase database;

		@Test
		@Order(1)
		void kills() {
			this.template.opsForValue().set("a", "1");
			RedisAutoConfigurationIntegrationTests.kill(this.database.get().server());
		}

		@Test
		@Order(2)
		void worksAgain() {
			assertThat(this.template.keys("*")).isEmpty();
			this.template.opsForValue().set("a", "1");
			passed.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

}
