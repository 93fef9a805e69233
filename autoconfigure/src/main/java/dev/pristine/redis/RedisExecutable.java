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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

import dev.pristine.launch.LaunchProperties;
import dev.pristine.launch.SearchPath;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * Finds the program that runs Redis or Valkey natively.
 */
final class RedisExecutable {

	private static final String ACTION = "Install it (apt-get install redis-server, dnf install valkey, brew install redis), "
			+ "name it with pristine.redis.executable, add the dependency com.github.codemonstur:embedded-redis, "
			+ "or start Docker to have a container instead.";

	private static final boolean HAS_EMBEDDED_REDIS = ClassUtils.isPresent("redis.embedded.core.ExecutableProvider",
			RedisExecutable.class.getClassLoader());

	private RedisExecutable() {
	}

	/**
	 * Find the program: the configured one, or else the first on the path, or else the
	 * one that embedded-redis contains.
	 * @param configured the configured program, or {@code null}
	 * @param path the value of the environment variable {@code PATH}
	 * @param launch where programs out of a jar are kept
	 * @return the program
	 * @throws ResourceException if there is none
	 */
	static Path find(@Nullable Path configured, @Nullable String path, LaunchProperties launch) {
		if (configured != null) {
			if (Files.isExecutable(configured)) {
				return configured;
			}
			throw new ResourceException("The program " + configured
					+ ", which pristine.redis.executable names, does not exist or cannot be executed.", ACTION);
		}
		return new SearchPath(path).programs("redis-server", "valkey-server")
			.findFirst()
			.or(() -> HAS_EMBEDDED_REDIS ? EmbeddedRedis.unpack(launch.cache()) : Optional.empty())
			.orElseThrow(() -> new ResourceException(
					"Redis cannot be started: neither redis-server nor valkey-server is on the PATH, "
							+ "and embedded-redis is not on the class path or has none for this operating system.",
					ACTION));
	}

	/**
	 * Inner class because the dependency is optional.
	 */
	private static final class EmbeddedRedis {

		static Optional<Path> unpack(UserCache cache) {
			String resource = ExecutableProvider.newProvidedVersionsMap().get(OsArchitecture.detectOSandArchitecture());
			return Optional.ofNullable(resource)
				.map((path) -> path.substring(path.lastIndexOf('/') + 1))
				.map((name) -> cache
					.entry("embedded-redis-" + name,
							(directory) -> ExecutableProvider.newJarResourceProvider(directory.toFile()).get())
					.resolve(name));
		}

	}

}
