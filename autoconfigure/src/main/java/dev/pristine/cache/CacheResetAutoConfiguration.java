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

package dev.pristine.cache;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that empties the application's
 * caches in memory after each test.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnClass(CacheManager.class)
@ConditionalOnBooleanProperty(name = "pristine.cache.clear", matchIfMissing = true)
@EnableConfigurationProperties(CacheProperties.class)
public final class CacheResetAutoConfiguration {

	@Bean
	CacheResource cacheResource(ObjectProvider<CacheManager> cacheManagers) {
		return new CacheResource(cacheManagers);
	}

}
