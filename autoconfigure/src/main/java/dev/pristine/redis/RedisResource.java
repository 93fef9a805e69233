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

import org.springframework.util.Assert;

import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;

/**
 * The Redis of an application context.
 */
final class RedisResource implements TestResource {

	private final RedisDatabase database;

	RedisResource(RedisDatabase database) {
		this.database = database;
	}

	@Override
	public String name() {
		return "redis";
	}

	@Override
	public ResourceLease<?> lease(int slot) {
		Assert.isTrue(slot == 0, "An application context has one Redis");
		return new RedisLease(this.database);
	}

}
