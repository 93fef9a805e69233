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

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchDecision;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.redis.RedisServer.Origin;
import dev.pristine.resource.ResourceException;

/**
 * Makes a server for an application context and claims a database of it.
 */
final class RedisLaunch {

	private RedisLaunch() {
	}

	static LaunchDecision decide(Environment environment) {
		return LaunchDecision.of("redis", environment, "pristine.redis.url", null);
	}

	static RedisDatabase container(String image) {
		return RedisServer.claim(List.of(Launch.CONTAINER, image),
				() -> RedisContainer.start(image, RedisServer.DATABASES));
	}

	static RedisDatabase embedded(@Nullable Path executable, LaunchProperties launch) {
		Path program = RedisExecutable.find(executable, System.getenv("PATH"), launch);
		return RedisServer.claim(List.of(Launch.EMBEDDED, program),
				() -> NativeRedis.start(program, RedisServer.DATABASES));
	}

	static RedisDatabase external(String url, boolean disposable) {
		RedisUrl target = RedisUrl.of(url);
		return existing(target.address(), target.database(), disposable ? Origin.DISPOSABLE : Origin.FOREIGN);
	}

	/**
	 * Claim a database of a server that is already there.
	 * @param address where it is
	 * @param number the number of the database to take if possible
	 * @param origin where it comes from
	 * @return the database
	 */
	static RedisDatabase existing(RedisAddress address, int number, Origin origin) {
		RedisDatabase database = RedisServer.at(address, origin).claim(number);
		if (database == null) {
			throw new ResourceException("Redis at " + address
					+ " has no database for this application context: each one is taken by "
					+ "another context or run, or holds keys that Pristine did not put there and will not remove.",
					(origin == Origin.FOREIGN)
							? "If the server exists for tests alone, set pristine.redis.disposable=true. Otherwise empty "
									+ "one of its databases, or start it with more of them (--databases)."
							: "Start the server with more databases (--databases).");
		}
		return database;
	}

}
