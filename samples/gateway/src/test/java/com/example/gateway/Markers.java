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

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

import dev.pristine.opa.OpaClient;
import dev.pristine.security.TestTokens;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each leave a marker of their own in all three services, and look for those
 * of others.
 */
@AutoConfigureRestTestClient
abstract class Markers {

	static final int TESTS = 64;

	private static final AtomicInteger counter = new AtomicInteger();

	@Autowired
	RestTestClient client;

	@Autowired
	TestTokens tokens;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	StringRedisTemplate redis;

	@Autowired
	OpaClient opa;

	@RepeatedTest(TESTS)
	void findsItsOwnMarkerOnly() {
		String marker = "marker-" + counter.incrementAndGet();
		assertThat(users()).isEmpty();
		assertThat(this.redis.keys("*")).isEmpty();
		assertThat(this.opa.find("markers", null, Map.class)).isEmpty();

		this.jdbc.sql("insert into app_user (name, role) values (?, 'operator')").param(marker).update();
		this.redis.opsForValue().set("marker", marker);
		this.opa.putData("markers", Map.of(marker, true));
		this.client.post()
			.uri("/servers")
			.headers(this.tokens.subject(marker).bearer())
			.body(Map.of("name", marker, "transport", "HTTP", "endpoint", "https://example.com/api", "sensitivity",
					"PUBLIC"))
			.exchange()
			.expectStatus()
			.isCreated();

		assertThat(users()).containsExactly(marker);
		assertThat(servers(marker)).singleElement()
			.satisfies((server) -> assertThat(server).containsEntry("name", marker));
		assertThat(this.jdbc.sql("select distinct actor from audit").query(String.class).list())
			.containsExactly(marker);
		assertThat(this.redis.keys("*marker*")).contains("marker", "session:" + marker, "rate:" + marker)
			.allMatch((key) -> key.equals("marker") || key.endsWith(marker));
		assertThat(this.redis.opsForValue().get("registered:HTTP")).isEqualTo("1");
		assertThat(this.opa.evaluate("markers", null, Map.class)).isEqualTo(Map.of(marker, true));
	}

	private List<String> users() {
		return this.jdbc.sql("select name from app_user where name like 'marker%'").query(String.class).list();
	}

	private List<Map<String, Object>> servers(String user) {
		return this.client.get()
			.uri("/servers")
			.headers(this.tokens.subject(user).bearer())
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(new ParameterizedTypeReference<List<Map<String, Object>>>() {
			})
			.getResponseBody();
	}

}
