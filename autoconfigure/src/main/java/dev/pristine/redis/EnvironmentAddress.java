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

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;

import dev.pristine.launch.ExportedAddress;

/**
 * The address of Redis in the environment, for connection factories that the application
 * builds from it.
 */
final class EnvironmentAddress {

	private EnvironmentAddress() {
	}

	static ExportedAddress<DataRedisConnectionDetails> export() {
		return new ExportedAddress<>("pristine.redis.export-to", DataRedisConnectionDetails.class, RedisAddress::url)
			.to("spring.data.redis.url", RedisAddress::url)
			.to("spring.data.redis.host", server(Standalone::getHost))
			.to("spring.data.redis.port", server(Standalone::getPort))
			.to("spring.data.redis.database", server(Standalone::getDatabase))
			.to("spring.data.redis.username", DataRedisConnectionDetails::getUsername)
			.to("spring.data.redis.password", DataRedisConnectionDetails::getPassword)
			.to("spring.data.redis.ssl.enabled", (details) -> details.getSslBundle() != null);
	}

	private static Function<DataRedisConnectionDetails, @Nullable Object> server(
			Function<Standalone, @Nullable Object> detail) {
		return (details) -> {
			Standalone server = details.getStandalone();
			return (server != null) ? detail.apply(server) : null;
		};
	}

}
