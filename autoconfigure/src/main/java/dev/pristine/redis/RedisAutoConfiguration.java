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

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.cache.autoconfigure.RedisCacheManagerBuilderCustomizer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.cache.RedisCacheWriter.RedisCacheWriterConfigurer;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisOperations;

import dev.pristine.launch.ContextServer;
import dev.pristine.launch.ExportedAddress;
import dev.pristine.resource.CurrentSlot;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Redis: a server of its own for
 * each application context, and its reset.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = DataRedisAutoConfiguration.class,
		afterName = "org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration")
@ConditionalOnClass({ RedisOperations.class, DataRedisConnectionDetails.class })
@ConditionalOnBooleanProperty(name = "pristine.redis.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RedisProperties.class)
public final class RedisAutoConfiguration {

	@Bean
	static DeclaredConnectionDetails declaredRedisConnectionDetails(ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		return new DeclaredConnectionDetails(beanFactory, environment);
	}

	@Bean
	static ExportedAddress<DataRedisConnectionDetails> redisExportedAddress() {
		return new ExportedAddress<>("pristine.redis.export-to", DataRedisConnectionDetails.class, RedisAddress::url)
			.to("spring.data.redis.url", RedisAddress::url)
			.to("spring.data.redis.host", (details) -> RedisAddress.server(details).getHost())
			.to("spring.data.redis.port", (details) -> RedisAddress.server(details).getPort())
			.to("spring.data.redis.database", (details) -> RedisAddress.server(details).getDatabase())
			.to("spring.data.redis.username", DataRedisConnectionDetails::getUsername)
			.to("spring.data.redis.password", DataRedisConnectionDetails::getPassword)
			.to("spring.data.redis.ssl.enabled", (details) -> details.getSslBundle() != null);
	}

	@Bean
	static RedisRoutes redisRoutes(ObjectProvider<DataRedisConnectionDetails> connectionDetails,
			Environment environment) {
		return new RedisRoutes(new UntoldAddress(connectionDetails, environment));
	}

	@Bean
	RedisResource redisResource(DataRedisConnectionDetails connectionDetails, RedisRoutes routes,
			ObjectProvider<CurrentSlot> currentSlot) {
		return new RedisResource((RedisDatabase) connectionDetails, routes, currentSlot);
	}

	/**
	 * The server, unless the test declares one.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(DataRedisConnectionDetails.class)
	static class Launched {

		@Bean
		static RedisLaunch redisLaunch(Environment environment) {
			return new RedisLaunch(environment);
		}

		@Bean
		static ContextServer redisServer(RedisLaunch redisLaunch) {
			return redisLaunch.server();
		}

		@Bean
		@Lazy
		RedisDatabase pristineRedisConnectionDetails(RedisLaunch redisLaunch,
				@Qualifier("redisServer") ContextServer redisServer) {
			return redisLaunch.database(redisServer.get());
		}

	}

	/**
	 * The cache, which otherwise sends what it writes without waiting for the answer, so
	 * that it could arrive in the next test.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RedisCacheManagerBuilderCustomizer.class, RedisCacheWriterConfigurer.class })
	static class Cache {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		RedisCacheManagerBuilderCustomizer redisImmediateCacheWrites(
				ObjectProvider<RedisConnectionFactory> redisConnectionFactory) {
			// Of several, Spring Boot takes the one of that name
			return (builder) -> builder.cacheWriter(RedisCacheWriter.create(redisConnectionFactory.getObject(),
					RedisCacheWriterConfigurer::immediateWrites));
		}

	}

}
