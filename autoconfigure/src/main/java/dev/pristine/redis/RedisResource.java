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

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.Notice;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.SlotCopies;
import dev.pristine.resource.TestResource;

/**
 * The Redis of an application context.
 */
final class RedisResource implements TestResource {

	private static final Log logger = LogFactory.getLog(RedisResource.class);

	private final RedisRoutes routes;

	private final SlotCopies<RedisDatabase> databases;

	private final RedisLease home;

	RedisResource(RedisDatabase database, RedisRoutes routes, ObjectProvider<CurrentSlot> currentSlot) {
		this.routes = routes;
		this.databases = new SlotCopies<>(database, currentSlot);
		routes.to(this.databases);
		// The database ends with its application context
		this.home = new RedisLease(database, () -> {
		});
	}

	@Override
	public String name() {
		return "redis";
	}

	@Override
	public ResourceLease<?> lease(int slot) {
		if (slot == 0) {
			this.databases.start();
			return this.home;
		}
		this.routes.listeners()
			.forEach((name) -> Notice.once(logger::warn, ("The bean '%s' listens to the Redis that the application"
					+ " started with. Tests that run side by side have others: it hears nothing of what they publish"
					+ " there. Call its listeners from the test, or set pristine.isolation.slots=1.")
				.formatted(name)));
		RedisDatabase database = this.databases.home().another();
		return this.databases.lease(slot, database, this.home.start(), () -> {
			this.routes.close(database);
			database.close();
		}, (end) -> new RedisLease(database, end));
	}

	@Override
	public @Nullable String onlyCopy() {
		List<String> others = this.routes.others();
		return others.isEmpty() ? null
				: "the bean %s makes connections to Redis that cannot be led to the Redis of another test: only a LettuceConnectionFactory or JedisConnectionFactory can"
					.formatted(others.get(0));
	}

}
