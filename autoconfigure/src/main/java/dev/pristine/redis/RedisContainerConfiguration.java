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

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.testcontainers.containers.GenericContainer;

import dev.pristine.launch.Launch;

/**
 * Redis in a container.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ GenericContainer.class, ServiceConnection.class })
@Conditional(RedisContainerConfiguration.OnContainerLaunch.class)
class RedisContainerConfiguration {

	@Bean(destroyMethod = "")
	@ServiceConnection("redis")
	GenericContainer<?> pristineRedisContainer(RedisProperties properties, ContextDatabase database) {
		return RedisContainer.of(database.claim(() -> RedisLaunch.container(properties.image())));
	}

	// Those that Boot makes for a container know neither a password nor a database
	@Bean
	DataRedisConnectionDetails pristineRedisConnectionDetails(
			@Qualifier("pristineRedisContainer") GenericContainer<?> container, ContextDatabase database) {
		return new DatabaseConnectionDetails(database.get());
	}

	/**
	 * Whether the server is to be a container. Not asked if the test declares a server.
	 */
	static class OnContainerLaunch implements ConfigurationCondition {

		@Override
		public ConfigurationPhase getConfigurationPhase() {
			return ConfigurationPhase.REGISTER_BEAN;
		}

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return RedisLaunch.decide(context.getEnvironment()).launch() == Launch.CONTAINER;
		}

	}

}
