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

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.lifecycle.TestcontainersLifecycleApplicationContextInitializer;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.TestIsolation;
import dev.pristine.launch.DockerTest;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for Redis in a container.
 */
@DockerTest
class RedisContainerIntegrationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer(new TestcontainersLifecycleApplicationContextInitializer())
		.withConfiguration(AutoConfigurations.of(RedisAutoConfiguration.class, ServiceConnectionAutoConfiguration.class,
				DataRedisAutoConfiguration.class));

	@Test
	void eachContextHasAContainerThatEndsWithIt() {
		ApplicationContextRunner runner = this.runner.withPropertyValues("pristine.launch=container");
		int[] port = new int[1];
		runner.run((first) -> {
			runner.run((second) -> {
				port[0] = details(second).getStandalone().getPort();
				assertThat(port[0]).isNotEqualTo(details(first).getStandalone().getPort());
				assertThat(details(second).getPassword()).hasSizeGreaterThan(20);
				writesAndResets(second);
			});
			writesAndResets(first);
		});
		this.runner.withPropertyValues("pristine.redis.url=redis://127.0.0.1:" + port[0])
			.run((context) -> GivenRedisIntegrationTests.assertFailure(context, "cannot be reached"));
	}

	@Test
	void isolatesAContainerThatTheTestDeclares() {
		this.runner.withUserConfiguration(DeclaredContainer.class).run((context) -> {
			assertThat(context).hasSingleBean(GenericContainer.class).hasSingleBean(DataRedisConnectionDetails.class);
			assertThat(details(context).getStandalone().getDatabase()).isZero();
			assertThat(details(context).getPassword()).isNull();
			writesAndResets(context);
		});
	}

	private static DataRedisConnectionDetails details(AssertableApplicationContext context) {
		return context.getBean(DataRedisConnectionDetails.class);
	}

	private static void writesAndResets(AssertableApplicationContext context) {
		StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
		template.opsForValue().set("base", "1");
		Rehearsal.run(context.getBean(TestResource.class), new TestScope("test", TestIsolation.TRUNCATE), () -> {
			template.opsForValue().set("a", "1");
			template.delete("base");
		});
		assertThat(template.keys("*")).containsExactly("base");
	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredContainer {

		@Bean
		@ServiceConnection("redis")
		GenericContainer<?> userContainer() {
			String image = RedisProperties.from(new StandardEnvironment()).image();
			return new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(6379)
				.waitingFor(Wait.forLogMessage(".*Ready to accept connections.*", 1));
		}

	}

}
