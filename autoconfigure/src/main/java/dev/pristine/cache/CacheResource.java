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

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;

/**
 * The application's caches in memory. They are emptied when a scope ends, including what
 * was cached before it started: an application has to get along with an empty cache, and
 * the rows behind the entries have been reset as well.
 */
final class CacheResource implements TestResource, ResourceLease<Boolean> {

	private final ObjectProvider<CacheManager> beans;

	/**
	 * The beans, which take longer to look up than to empty.
	 */
	private List<CacheManager> cacheManagers = List.of();

	CacheResource(ObjectProvider<CacheManager> beans) {
		this.beans = beans;
	}

	@Override
	public String name() {
		return "caches";
	}

	@Override
	public ResourceLease<?> lease(int slot) {
		this.cacheManagers = this.beans.stream().toList();
		return this;
	}

	@Override
	public Boolean capture() {
		// Whatever has been cached so far may be used
		return true;
	}

	@Override
	public void restore(Boolean state, String culprit) {
		for (CacheManager manager : this.cacheManagers) {
			for (String name : manager.getCacheNames()) {
				Cache cache = manager.getCache(name);
				if (cache != null && isInMemory(cache)) {
					// Unlike clear(), never put off to the end of a transaction
					cache.invalidate();
				}
			}
		}
	}

	// What is elsewhere, in Redis or a grid, is not this JVM's alone
	private static boolean isInMemory(Cache cache) {
		String type = cache.getNativeCache().getClass().getName();
		return type.startsWith("java.util.") || type.startsWith("com.github.benmanes.caffeine.");
	}

	@Override
	public void close() {
		// The application closes its caches
	}

}
