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

import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.lifecycle.TestcontainersLifecycleApplicationContextInitializer;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.launch.DockerTest;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisContainer}.
 */
@DockerTest
class RedisContainerIntegrationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer(new TestcontainersLifecycleApplicationContextInitializer())
		.withConfiguration(AutoConfigurations.of(RedisAutoConfiguration.class, ServiceConnectionAutoConfiguration.class,
				DataRedisAutoConfiguration.class))
		.withPropertyValues("pristine.launch=container");

	@Test
	void leadsToADatabaseInTheContainer() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(DataRedisConnectionDetails.class).hasSingleBean(GenericContainer.class);
			GenericContainer<?> container = context.getBean(GenericContainer.class);
			DataRedisConnectionDetails details = context.getBean(DataRedisConnectionDetails.class);
			assertThat(details.getStandalone().getPort()).isEqualTo(container.getMappedPort(6379));
			assertThat(details.getPassword()).hasSizeGreaterThan(20);
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			TestResource resource = context.getBean(TestResource.class);
			resource.captureBaseline();
			template.opsForValue().set("a", "1");
			resource.lease(0).restore();
			assertThat(template.keys("*")).isEmpty();
		});
	}

	@Test
	void listensOnLoopbackOnly() {
		this.runner.run((context) -> {
			int port = context.getBean(DataRedisConnectionDetails.class).getStandalone().getPort();
			assertThat(DockerClientFactory.instance().client().listContainersCmd().exec())
				.flatExtracting((container) -> List.of(container.getPorts()))
				.filteredOn((published) -> published.getPublicPort() != null && published.getPublicPort() == port)
				.isNotEmpty()
				.allSatisfy((published) -> assertThat(published.getIp()).isEqualTo("127.0.0.1"));
		});
	}

	@Test
	void isAServiceConnection() {
		this.runner.run((context) -> {
			String name = context.getBeanNamesForType(GenericContainer.class)[0];
			RedisContainerDefinition definition = (RedisContainerDefinition) context.getBeanFactory()
				.getBeanDefinition(name);
			ServiceConnection annotation = definition.getAnnotations().get(ServiceConnection.class).synthesize();
			assertThat(annotation.name()).isEqualTo("redis");
			assertThat(annotation.value()).isEqualTo("redis");
		});
	}

	@Test
	void contextsShareTheContainerButNoDatabase() {
		this.runner.run((first) -> this.runner.run((second) -> {
			assertThat(first.getBean(GenericContainer.class)).isSameAs(second.getBean(GenericContainer.class));
			assertThat(database(first.getBean(DataRedisConnectionDetails.class)))
				.isNotEqualTo(database(second.getBean(DataRedisConnectionDetails.class)));
		}));
	}

	@Test
	void theContainerOutlivesTheContext() {
		GenericContainer<?>[] container = new GenericContainer<?>[1];
		this.runner.run((context) -> container[0] = context.getBean(GenericContainer.class));
		assertThat(container[0].isRunning()).isTrue();
		this.runner.run((context) -> assertThat(context.getBean(GenericContainer.class)).isSameAs(container[0]));
	}

	@Test
	void isolatesAContainerThatTheUserDeclares() {
		this.runner.withUserConfiguration(DeclaredContainer.class).run((context) -> {
			assertThat(context).hasSingleBean(GenericContainer.class).hasSingleBean(DataRedisConnectionDetails.class);
			assertThat(context.getBean(GenericContainer.class)).isNotInstanceOf(RedisContainer.class);
			DataRedisConnectionDetails details = context.getBean(DataRedisConnectionDetails.class);
			assertThat(details.getPassword()).isNull();
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			TestResource resource = context.getBean(TestResource.class);
			template.opsForValue().set("base", "1");
			resource.captureBaseline();
			ResourceLease lease = resource.lease(0);
			template.opsForValue().set("a", "1");
			lease.restore();
			assertThat(template.keys("*")).containsExactly("base");
		});
	}

	private static int database(DataRedisConnectionDetails details) {
		return details.getStandalone().getDatabase();
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
