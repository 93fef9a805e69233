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

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchProperties;

/**
 * Redis as a native process, or one that is already there.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(DataRedisConnectionDetails.class)
class RedisAddressConfiguration {

	@Bean
	DataRedisConnectionDetails pristineRedisConnectionDetails(RedisProperties properties, ContextDatabase database,
			Environment environment) {
		return new DatabaseConnectionDetails(database.claim(() -> claim(properties, environment)));
	}

	private static RedisDatabase claim(RedisProperties properties, Environment environment) {
		String url = properties.url();
		boolean external = RedisLaunch.decide(environment).launch() == Launch.EXTERNAL;
		return (external && url != null) ? RedisLaunch.external(url, properties.disposable())
				: RedisLaunch.embedded(properties.executable(), LaunchProperties.from(environment));
	}

}
