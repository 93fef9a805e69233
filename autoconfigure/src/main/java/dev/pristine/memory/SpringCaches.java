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

package dev.pristine.memory;

import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * The caches of Spring's cache abstraction.
 */
final class SpringCaches {

	private static final Pattern IN_MEMORY = Pattern.compile("ConcurrentMap|Caffeine|Composite");

	private static final Pattern NATIVE = Pattern.compile(
			"java\\.util\\.|com\\.github\\.benmanes\\.caffeine\\.|com\\.google\\.common\\.cache\\.|org\\.ehcache\\.");

	private SpringCaches() {
	}

	static void empty(CacheManager manager) {
		for (String name : manager.getCacheNames()) {
			Cache cache = manager.getCache(name);
			if (cache != null && isInMemory(cache)) {
				// Unlike clear(), never put off to the end of a transaction
				cache.invalidate();
			}
		}
	}

	// One that makes its caches on demand has none yet
	static boolean areInMemory(CacheManager manager) {
		return Stream.<Class<?>>iterate(manager.getClass(), Objects::nonNull, Class::getSuperclass)
			.anyMatch((type) -> IN_MEMORY.matcher(type.getName()).find())
				|| manager.getCacheNames()
					.stream()
					.map(manager::getCache)
					.anyMatch((cache) -> cache != null && isInMemory(cache));
	}

	// What is elsewhere, in Redis or a grid, is not this JVM's alone
	private static boolean isInMemory(Cache cache) {
		String type = cache.getNativeCache().getClass().getName();
		return NATIVE.matcher(type).lookingAt();
	}

}
