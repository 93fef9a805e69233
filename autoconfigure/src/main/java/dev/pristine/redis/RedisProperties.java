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
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

import dev.pristine.launch.Launch;

/**
 * Properties of Redis.
 *
 * @param enabled Whether to provide and reset Redis.
 * @param launch How Pristine gets the server. By default as 'pristine.launch' says.
 * @param image Image of the container: of Redis, Valkey, or one compatible with them.
 * @param executable Path of the redis-server or valkey-server to run natively. By default
 * the one on the PATH, else that of embedded-redis.
 * @param url Address of an existing server, as in redis://user:password@host:6379/1; with
 * it, no server is started.
 * @param disposable Whether the server at that address, or the one that the test
 * declares, exists for tests alone: any database number of it may then be emptied.
 * @param port Port of a server that Pristine starts. If 0 or in use, a free one.
 * @param password Password of a server that Pristine starts. By default a random one.
 * @param exportTo Properties of the application that get the address of the database, as
 * a URL with its password.
 */
@ConfigurationProperties("pristine.redis")
record RedisProperties(@DefaultValue("true") boolean enabled, @Nullable Launch launch,
		@DefaultValue("redis:8.4.0") String image, @Nullable Path executable, @Nullable String url,
		@DefaultValue("false") boolean disposable, @DefaultValue("0") int port, @Nullable String password,
		@DefaultValue List<String> exportTo) {

	static RedisProperties from(Environment environment) {
		return Binder.get(environment).bindOrCreate("pristine.redis", RedisProperties.class);
	}

}
