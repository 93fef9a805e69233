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

import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * {@link DataRedisConnectionDetails} that lead to a {@link RedisDatabase}, which ends with
 * them.
 */
final class DatabaseConnectionDetails implements DataRedisConnectionDetails, AutoCloseable {

	private final RedisDatabase database;

	DatabaseConnectionDetails(RedisDatabase database) {
		this.database = database;
	}

	RedisDatabase database() {
		return this.database;
	}

	@Override
	public @Nullable String getUsername() {
		return this.database.address().username();
	}

	@Override
	public @Nullable String getPassword() {
		return this.database.address().password();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		return this.database.address().ssl();
	}

	@Override
	public Standalone getStandalone() {
		RedisAddress address = this.database.address();
		return Standalone.of(address.host(), address.port(), this.database.number());
	}

	@Override
	public void close() {
		this.database.close();
	}

}
