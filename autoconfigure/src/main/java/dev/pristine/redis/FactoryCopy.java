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

import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import dev.pristine.launch.HostName;

/**
 * The copy of a connection factory of the application that leads to another database.
 *
 * @param factory the copy, or the factory itself if it leads elsewhere anyway
 * @param end ends the copy
 */
record FactoryCopy(Object factory, Runnable end) implements AutoCloseable {

	/**
	 * Return whether it is known how to copy a factory. A subclass may do anything.
	 * @param factory the factory
	 * @return whether {@link #of} takes it
	 */
	static boolean isPossible(Object factory) {
		return factory.getClass() == LettuceConnectionFactory.class
				|| factory.getClass() == JedisConnectionFactory.class;
	}

	/**
	 * Copy a factory.
	 * @param factory the factory
	 * @param from the database that the application started with
	 * @param to the database to lead to
	 * @return the copy
	 */
	static FactoryCopy of(Object factory, RedisDatabase from, RedisDatabase to) {
		return (factory instanceof LettuceConnectionFactory lettuce) ? of(lettuce, from, to)
				: of((JedisConnectionFactory) factory, from, to);
	}

	private static FactoryCopy of(LettuceConnectionFactory factory, RedisDatabase from, RedisDatabase to) {
		RedisStandaloneConfiguration configuration = of(factory.getStandaloneConfiguration(), from, to);
		if (configuration == null || factory.isClusterAware() || factory.isRedisSentinelAware()) {
			return new FactoryCopy(factory, () -> {
			});
		}
		LettuceConnectionFactory copy = new LettuceConnectionFactory(configuration, factory.getClientConfiguration());
		copy.setShareNativeConnection(factory.getShareNativeConnection());
		copy.setValidateConnection(factory.getValidateConnection());
		copy.setConvertPipelineAndTxResults(factory.getConvertPipelineAndTxResults());
		copy.start();
		return new FactoryCopy(copy, copy::destroy);
	}

	private static FactoryCopy of(JedisConnectionFactory factory, RedisDatabase from, RedisDatabase to) {
		RedisStandaloneConfiguration configuration = of(factory.getStandaloneConfiguration(), from, to);
		if (configuration == null || factory.isRedisClusterAware() || factory.isRedisSentinelAware()) {
			return new FactoryCopy(factory, () -> {
			});
		}
		JedisConnectionFactory copy = new JedisConnectionFactory(configuration, factory.getClientConfiguration());
		copy.setUseUnifiedJedis(factory.isUseUnifiedJedis());
		copy.setConvertPipelineAndTxResults(factory.getConvertPipelineAndTxResults());
		copy.afterPropertiesSet();
		return new FactoryCopy(copy, copy::destroy);
	}

	private static @Nullable RedisStandaloneConfiguration of(@Nullable RedisStandaloneConfiguration configuration,
			RedisDatabase from, RedisDatabase to) {
		if (configuration == null || !leadsTo(configuration, from)) {
			return null;
		}
		RedisStandaloneConfiguration copy = new RedisStandaloneConfiguration(to.getStandalone().getHost(),
				to.getStandalone().getPort());
		copy.setDatabase(to.isOwn() ? configuration.getDatabase() : to.number());
		copy.setUsername(configuration.getUsername());
		copy.setPassword(configuration.getPassword());
		return copy;
	}

	private static boolean leadsTo(RedisStandaloneConfiguration configuration, RedisDatabase database) {
		return configuration.getPort() == database.getStandalone().getPort()
				&& (database.isOwn() || configuration.getDatabase() == database.number())
				&& HostName.isSame(configuration.getHostName(), database.getStandalone().getHost());
	}

	@Override
	public void close() {
		this.end.run();
	}

}
