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

import io.lettuce.core.RedisClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisOperations;

import dev.pristine.launch.ExportedAddress;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Redis: a server, a database of
 * it for each application context, and its reset.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = DataRedisAutoConfiguration.class,
		afterName = "org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration")
@ConditionalOnClass({ RedisOperations.class, DataRedisConnectionDetails.class })
@ConditionalOnBooleanProperty(name = "pristine.redis.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RedisProperties.class)
public final class RedisAutoConfiguration {

	@Bean(ContextDatabase.BEAN_NAME)
	ContextDatabase redisContextDatabase() {
		return new ContextDatabase();
	}

	@Bean
	static DeclaredConnectionDetails declaredRedisConnectionDetails(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<ContextDatabase> database, ObjectProvider<RedisProperties> properties) {
		return new DeclaredConnectionDetails(beanFactory, database, properties);
	}

	@Bean
	static ExportedAddress<DataRedisConnectionDetails> redisExportedAddress() {
		return EnvironmentAddress.export();
	}

	@Bean
	RedisResource redisResource(DataRedisConnectionDetails connectionDetails, ContextDatabase database,
			ObjectProvider<PendingCommands> pending) {
		return new RedisResource(database.get(), pending.getIfAvailable(() -> PendingCommands.NONE));
	}

	/**
	 * What Lettuce has under way.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ LettuceConnectionFactory.class, RedisClient.class })
	static class Lettuce {

		@Bean
		static WaitingClients redisWaitingClients() {
			return new WaitingClients();
		}

		@Bean
		PendingCommands redisPendingCommands(DataRedisConnectionDetails connectionDetails, ContextDatabase database,
				ObjectProvider<LettuceConnectionFactory> connectionFactories, WaitingClients waitingClients) {
			return new PendingLettuceCommands(connectionFactories, waitingClients, database.get().server().address());
		}

	}

	/**
	 * The server, unless the test declares one.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(DataRedisConnectionDetails.class)
	@Import(RedisRegistrar.class)
	static class Launched {

	}

}
