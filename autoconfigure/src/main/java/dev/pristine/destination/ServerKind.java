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

package dev.pristine.destination;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The kinds of server that tests get from Pristine.
 */
enum ServerKind {

	/**
	 * PostgreSQL.
	 */
	POSTGRES(5432, "Build it from 'spring.datasource.url', or 'spring.r2dbc.url' for R2DBC",
			"Put 'org.postgresql:postgresql' and 'org.springframework.boot:spring-boot-jdbc' on the class path of the tests"),

	/**
	 * Redis.
	 */
	REDIS(6379, "Build it from 'spring.data.redis.url'",
			"Add '@ImportAutoConfiguration(dev.pristine.redis.RedisAutoConfiguration.class)' to the test"),

	/**
	 * Open Policy Agent.
	 */
	OPA(8181, "Name it in 'pristine.opa.export-to'", "Set 'pristine.opa.enabled' to 'true'");

	private final int port;

	private final String use;

	private final String need;

	ServerKind(int port, String use, String need) {
		this.port = port;
		this.use = use;
		this.need = need;
	}

	/**
	 * Return the kind that a part of a URL's scheme stands for.
	 * @param scheme the part
	 * @return the kind, or {@code null} if it is another
	 */
	static @Nullable ServerKind of(String scheme) {
		return switch (scheme) {
			case "postgresql", "postgres" -> POSTGRES;
			case "redis", "rediss", "redis-socket", "redis-several" -> REDIS;
			case "opa" -> OPA;
			default -> null;
		};
	}

	/**
	 * Return the name of the resource, as in {@code pristine.postgres.enabled}.
	 * @return the name
	 */
	String resource() {
		return name().toLowerCase(Locale.ROOT);
	}

	int port() {
		return this.port;
	}

	/**
	 * Return how to get to the server that Pristine provides.
	 * @param provided whether there is one in this application context
	 * @return what to do
	 */
	String remedy(boolean provided) {
		return provided ? this.use + ": that leads to the tests' server."
				: "Pristine provides none in this application context. " + this.need + ".";
	}

}
