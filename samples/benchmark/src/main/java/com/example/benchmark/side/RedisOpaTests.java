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

package com.example.benchmark.side;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.TimedTests;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.json.JsonMapper;

import dev.pristine.opa.OpaClient;
import dev.pristine.postgres.PostgresServerAutoConfiguration;

/**
 * Works on Redis and OPA alone. A test that writes sets ten keys and changes one datum of
 * OPA.
 */
@SpringBootTest(classes = RedisOpaTests.Application.class, webEnvironment = WebEnvironment.NONE,
		properties = "pristine.opa.policies=" + RedisOpaTests.POLICIES)
abstract class RedisOpaTests extends TimedTests {

	/**
	 * Not where Pristine looks by itself: the other sides have no OPA.
	 */
	static final String POLICIES = "classpath:policies/";

	private static final int KEYS = 10;

	private static final String POLICY = read("authz.rego");

	private static final Map<?, ?> DATA = JsonMapper.shared().readValue(read("data.json"), Map.class);

	@Autowired
	private StringRedisTemplate redis;

	@Autowired
	private OpaClient opa;

	@Override
	protected void body(Workload workload) {
		boolean allowed = this.opa.evaluate("authz/allow", Map.of("user", "eve", "action", "write"), Boolean.class);
		if (isolated() && (allowed || this.redis.hasKey("key:0"))) {
			throw new AssertionError("The tests before left something");
		}
		if (workload == Workload.WRITE) {
			IntStream.range(0, KEYS).forEach((i) -> this.redis.opsForValue().set("key:" + i, "a"));
			this.opa.putData("users/eve", Map.of("roles", List.of("admin")));
		}
	}

	boolean isolated() {
		return true;
	}

	StringRedisTemplate redis() {
		return this.redis;
	}

	OpaClient opa() {
		return this.opa;
	}

	/**
	 * Have Redis flushed, and give OPA all policies and data again.
	 */
	static void reload(StringRedisTemplate redis, OpaClient opa) {
		redis.execute((RedisConnection connection) -> {
			connection.serverCommands().flushAll();
			return null;
		});
		opa.putPolicy("authz.rego", POLICY);
		opa.putData("", DATA);
	}

	private static String read(String name) {
		try {
			return new ClassPathResource("policies/" + name).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { DataSourceAutoConfiguration.class, PostgresServerAutoConfiguration.class })
	static class Application {

	}

}
