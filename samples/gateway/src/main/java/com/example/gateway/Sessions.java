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

package com.example.gateway;

import java.util.Map;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Component;

/**
 * The sessions in Redis. The first call of a user opens one from the user's row; until it
 * expires, the row is not read again.
 */
@Component
class Sessions {

	private final StringRedisTemplate redis;

	private final JdbcClient jdbc;

	private final GatewayProperties properties;

	Sessions(StringRedisTemplate redis, JdbcClient jdbc, GatewayProperties properties) {
		this.redis = redis;
		this.jdbc = jdbc;
		this.properties = properties;
	}

	Session of(String user) {
		Object role = this.redis.opsForHash().get(key(user), "role");
		return (role != null) ? new Session(user, role.toString()) : open(user);
	}

	private Session open(String user) {
		String role = this.jdbc.sql("select role from app_user where name = ?")
			.param(user)
			.query(String.class)
			.optional()
			.orElseThrow(() -> new AccessDeniedException("Unknown user " + user));
		this.redis.opsForHash().putAll(key(user), Map.of("role", role));
		this.redis.expire(key(user), this.properties.sessionTtl());
		return new Session(user, role);
	}

	private static String key(String user) {
		return "session:" + user;
	}

}
