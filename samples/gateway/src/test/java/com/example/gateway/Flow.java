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

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

import dev.pristine.opa.OpaClient;
import dev.pristine.security.TestTokens;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole way of a call. The same for the client of a subclass that works in process
 * and of one that really calls the server.
 */
@AutoConfigureRestTestClient
abstract class Flow {

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

	@Test
	void goesFromTheUsersRowToTheDecision() {
		this.jdbc.sql("insert into app_user (name, role) values ('ada', 'operator')").update();

		register("search", "INTERNAL").expectStatus().isCreated();

		assertThat(this.redis.opsForHash().entries("session:ada")).containsEntry("role", "operator");
		assertThat(this.redis.getExpire("session:ada")).isPositive()
			.isLessThanOrEqualTo(Duration.ofMinutes(30).toSeconds());
		Map<String, String> input = Map.of("role", "operator", "action", "register", "sensitivity", "INTERNAL");
		assertThat(this.opa.evaluate("gateway/authz/allow", input, Boolean.class)).isTrue();
		assertThat(this.jdbc.sql("select actor, action, target, outcome from audit").query().singleRow())
			.containsExactlyInAnyOrderEntriesOf(
					Map.of("actor", "ada", "action", "register", "target", "search", "outcome", "DONE"));
		assertThat(this.redis.opsForValue().get("rate:ada")).isEqualTo("1");
		assertThat(this.redis.opsForValue().get("registered:HTTP")).isEqualTo("1");
	}

	@Test
	void endsWhereThePolicyDenies() {
		this.jdbc.sql("insert into app_user (name, role) values ('ada', 'operator')").update();

		register("vault", "SECRET").expectStatus().isForbidden();

		assertThat(this.jdbc.sql("select outcome from audit").query().singleColumn()).containsExactly("DENIED");
		assertThat(this.redis.hasKey("registered:HTTP")).isFalse();
	}

	@Test
	void knowsNobodyAtFirst() {
		register("search", "PUBLIC").expectStatus().isForbidden();

		assertThat(this.redis.keys("session:*")).isEmpty();
		assertThat(this.jdbc.sql("select count(*) from audit").query(Long.class).single()).isZero();
	}

	private RestTestClient.ResponseSpec register(String name, String sensitivity) {
		return this.client.post()
			.uri("/servers")
			.headers(this.tokens.subject("ada").bearer())
			.body(Map.of("name", name, "transport", "HTTP", "endpoint", "https://search.example/api", "sensitivity",
					sensitivity))
			.exchange();
	}

}
