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
record FactoryCopy(Object factory, Runnable end) {

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
		if (factory instanceof LettuceConnectionFactory lettuce && !lettuce.isClusterAware()
				&& !lettuce.isRedisSentinelAware() && leadsTo(lettuce.getStandaloneConfiguration(), from)) {
			LettuceConnectionFactory copy = new LettuceConnectionFactory(
					configuration(lettuce.getStandaloneConfiguration(), to), lettuce.getClientConfiguration());
			copy.setShareNativeConnection(lettuce.getShareNativeConnection());
			copy.setValidateConnection(lettuce.getValidateConnection());
			copy.setConvertPipelineAndTxResults(lettuce.getConvertPipelineAndTxResults());
			copy.start();
			return new FactoryCopy(copy, copy::destroy);
		}
		if (factory instanceof JedisConnectionFactory jedis && !jedis.isRedisClusterAware()
				&& !jedis.isRedisSentinelAware()) {
			RedisStandaloneConfiguration standalone = jedis.getStandaloneConfiguration();
			if (standalone != null && leadsTo(standalone, from)) {
				JedisConnectionFactory copy = new JedisConnectionFactory(configuration(standalone, to),
						jedis.getClientConfiguration());
				copy.setUseUnifiedJedis(jedis.isUseUnifiedJedis());
				copy.setConvertPipelineAndTxResults(jedis.getConvertPipelineAndTxResults());
				copy.afterPropertiesSet();
				return new FactoryCopy(copy, copy::destroy);
			}
		}
		return new FactoryCopy(factory, () -> {
		});
	}

	private static RedisStandaloneConfiguration configuration(RedisStandaloneConfiguration configuration,
			RedisDatabase to) {
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

}
