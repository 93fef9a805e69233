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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.client.RestTestClient;

import dev.pristine.IntegrationTest;
import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.security.BearerToken;
import dev.pristine.security.TestTokens;

import static org.assertj.core.api.Assertions.assertThat;

@IntegrationTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "pristine.postgres.lock-timeout=60s", "gateway.rate-window=10m" })
@AutoConfigureRestTestClient
class LoadIntegrationTests {

	private static final int CLIENTS = 100;

	private static final int CALLS = 10;

	@Nested
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends Load {

	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends Load {

	}

	abstract static class Load {

		@Autowired
		RestTestClient client;

		@Autowired
		TestTokens tokens;

		@Autowired
		JdbcTemplate jdbc;

		@Autowired
		StringRedisTemplate redis;

		@Test
		@Timeout(120)
		void hundredClientsRegisterTenServersEach() throws Exception {
			this.jdbc.update("""
					insert into app_user (name, role)
					select 'client-' || number, 'operator' from generate_series(0, ?) number
					""", CLIENTS - 1);
			ExecutorService executor = Executors.newFixedThreadPool(CLIENTS);
			try {
				List<Future<Integer>> clients = new ArrayList<>();
				for (int number = 0; number < CLIENTS; number++) {
					String user = "client-" + number;
					clients.add(executor.submit(() -> registerServers(user)));
				}
				for (Future<Integer> created : clients) {
					assertThat(created.get(120, TimeUnit.SECONDS)).isEqualTo(CALLS);
				}
			}
			finally {
				executor.shutdownNow();
			}
			assertThat(this.jdbc.queryForObject("select count(*) from server", Integer.class))
				.isEqualTo(CLIENTS * CALLS);
			assertThat(this.redis.opsForValue().get("registered:HTTP")).isEqualTo("" + CLIENTS * CALLS);
			assertThat(this.redis.opsForValue().get("rate:client-42")).isEqualTo("" + CALLS);
		}

		private int registerServers(String user) {
			BearerToken token = this.tokens.subject(user).bearer();
			return (int) IntStream.range(0, CALLS)
				.map((number) -> register(token, user + "-" + number))
				.filter((status) -> status == 201)
				.count();
		}

		private int register(BearerToken token, String name) {
			return this.client.post()
				.uri("/servers")
				.headers(token)
				.body(Map.of("name", name, "transport", "HTTP", "endpoint", "https://example.com/api", "sensitivity",
						"PUBLIC"))
				.exchange()
				.returnResult(Void.class)
				.getStatus()
				.value();
		}

	}

}
