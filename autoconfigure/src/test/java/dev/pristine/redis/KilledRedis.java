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

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

import dev.pristine.isolation.IsolationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test class that kills Redis, run by {@link RedisAutoConfigurationIntegrationTests}.
 */
@SpringBootTest(classes = KilledRedis.Application.class, properties = "pristine.launch=embedded")
@ImportAutoConfiguration({ RedisAutoConfiguration.class, DataRedisAutoConfiguration.class,
		IsolationAutoConfiguration.class })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledRedis {

	static int passed;

	@Autowired
	private StringRedisTemplate template;

	@Autowired
	private RedisDatabase database;

	@Test
	@Order(1)
	void kills() throws IOException {
		this.template.opsForValue().set("a", "1");
		long process = Long.parseLong(RedisConnection.text(this.database.connection().call("INFO", "server"))
			.replaceAll("(?s).*process_id:(\\d+).*", "$1"));
		ProcessHandle.of(process).ifPresent((redis) -> {
			redis.destroyForcibly();
			redis.onExit().join();
		});
	}

	@Test
	@Order(2)
	void worksAgain() {
		assertThat(this.template.keys("*")).isEmpty();
		this.template.opsForValue().set("a", "1");
		passed++;
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

}
