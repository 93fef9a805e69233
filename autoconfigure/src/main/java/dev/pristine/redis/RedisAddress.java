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
import org.springframework.boot.ssl.SslBundle;

/**
 * Where a Redis server listens and how to log in.
 *
 * @param host the host
 * @param port the port
 * @param username the user, or {@code null} for the default one
 * @param password the password, or {@code null} if there is none
 * @param ssl the SSL bundle, or {@code null} for a plain connection
 */
record RedisAddress(String host, int port, @Nullable String username, @Nullable String password,
		@Nullable SslBundle ssl) {

	@Override
	public String toString() {
		return this.host + ":" + this.port;
	}

}
