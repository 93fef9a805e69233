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
 * {@link DataRedisConnectionDetails} that lead to the database of one application
 * context.
 */
final class DatabaseConnectionDetails implements DataRedisConnectionDetails {

	private final RedisDatabase database;

	DatabaseConnectionDetails(RedisDatabase database) {
		this.database = database;
	}

	RedisDatabase database() {
		return this.database;
	}

	@Override
	public @Nullable String getUsername() {
		return address().username();
	}

	@Override
	public @Nullable String getPassword() {
		return address().password();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		return address().ssl();
	}

	@Override
	public Standalone getStandalone() {
		return Standalone.of(address().host(), address().port(), this.database.number());
	}

	private RedisAddress address() {
		return this.database.server().address();
	}

}
