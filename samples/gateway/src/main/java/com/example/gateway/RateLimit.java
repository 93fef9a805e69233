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

import java.security.Principal;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Counts the calls of each user in Redis, and refuses those above the limit.
 */
@Component
class RateLimit implements HandlerInterceptor {

	private final StringRedisTemplate redis;

	private final GatewayProperties properties;

	RateLimit(StringRedisTemplate redis, GatewayProperties properties) {
		this.redis = redis;
		this.properties = properties;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		Principal user = request.getUserPrincipal();
		if (user != null && count(user.getName()) > this.properties.rateLimit()) {
			response.setStatus(HttpStatus.TOO_MANY_REQUESTS.value());
			return false;
		}
		return true;
	}

	private long count(String user) {
		String key = "rate:" + user;
		this.redis.opsForValue().setIfAbsent(key, "0", this.properties.rateWindow());
		Long count = this.redis.opsForValue().increment(key);
		return (count != null) ? count : 0;
	}

}
