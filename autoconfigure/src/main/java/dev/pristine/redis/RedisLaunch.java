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
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.launch.ProductionAddress;
import dev.pristine.launch.Servers;
import dev.pristine.redis.RedisServer.Origin;
import dev.pristine.resource.ResourceException;

/**
 * The way to a database: of a server that Pristine starts, or of one that is there.
 */
interface RedisLaunch {

	/**
	 * Start what can be started before the database is needed.
	 */
	default void prepare() {
	}

	/**
	 * Claim a database.
	 * @return the database
	 * @throws ResourceException if there is none
	 */
	RedisDatabase claim();

	/**
	 * Return the way to a database.
	 * @param launch how the server comes to exist
	 * @param properties the properties
	 * @param environment the environment
	 * @return the way
	 */
	static RedisLaunch of(Launch launch, RedisProperties properties, Environment environment) {
		String url = properties.url();
		if (launch == Launch.EXTERNAL && url != null) {
			RedisUrl target = RedisUrl.of(url);
			if (!properties.disposable() && ProductionAddress.matches(target.address().host())) {
				throw new ResourceException(
						"'pristine.redis.url' leads to '%s', which looks like production: tests do not go there."
							.formatted(target.address()),
						"Give the address of a server for tests or, if this is one, set 'pristine.redis.disposable' to 'true'.");
			}
			return existing(target.address(), target.database(),
					properties.disposable() ? Origin.DISPOSABLE : Origin.FOREIGN);
		}
		if (launch == Launch.CONTAINER) {
			String image = properties.image();
			return new Started(List.<Object>of(launch, image),
					() -> RedisContainer.start(image, RedisServer.DATABASES));
		}
		Path executable = RedisExecutable.find(properties.executable(), System.getenv("PATH"),
				LaunchProperties.from(environment));
		return new Started(List.<Object>of(launch, executable),
				() -> NativeRedis.start(executable, RedisServer.DATABASES));
	}

	/**
	 * Return the way to a database of a server that is there.
	 * @param address where it is
	 * @param number the number of the database to take if possible
	 * @param origin where it comes from
	 * @return the way
	 */
	static RedisLaunch existing(RedisAddress address, int number, Origin origin) {
		return () -> {
			RedisDatabase database = RedisServer.at(address, origin).claim(number);
			if (database == null) {
				throw new ResourceException(
						"Redis at %s has no database for this application context: each one is taken by another context or run, or holds keys that Pristine did not put there."
							.formatted(address),
						(origin == Origin.FOREIGN)
								? "If the server exists for tests alone, set 'pristine.redis.disposable' to 'true'. Otherwise empty one of its databases, or start it with more of them ('--databases')."
								: "Start the server with more databases ('--databases').");
			}
			return database;
		};
	}

	/**
	 * Servers that Pristine starts: one, and more when all of its databases are taken.
	 *
	 * @param configuration what makes two servers the same
	 * @param starter starts a server
	 */
	record Started(Object configuration, Supplier<RedisServer> starter) implements RedisLaunch {

		@Override
		public void prepare() {
			Servers.prepare(place(0), this.starter);
		}

		@Override
		public RedisDatabase claim() {
			for (int index = 0;; index++) {
				@Nullable RedisDatabase database = Servers.get(place(index), this.starter).claim(0);
				if (database != null) {
					return database;
				}
			}
		}

		private Object place(int index) {
			return List.<Object>of(RedisLaunch.class, this.configuration, index);
		}

	}

}
