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

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.pristine.IntegrationTest;

import static org.assertj.core.api.Assertions.assertThat;

@IntegrationTest
class BulkIntegrationTests {

	@Autowired
	JdbcTemplate jdbc;

	@Autowired
	StringRedisTemplate redis;

	@Test
	void insertsThousandRows() {
		insertRows("server-");
		assertThat(this.jdbc.queryForObject("select count(*) from server", Long.class)).isEqualTo(1000);
	}

	@Test
	void writesThousandKeys() {
		writeKeys("bulk:");
		assertThat(this.redis.keys("bulk:*")).hasSize(1000);
	}

	@Test
	void leavesNothingOfEither() {
		assertThat(this.jdbc.queryForObject("select count(*) from server", Long.class)).isZero();
		assertThat(this.redis.keys("*")).isEmpty();
	}

	private void insertRows(String prefix) {
		List<Object[]> rows = IntStream.range(0, 1000).mapToObj((number) -> new Object[] { prefix + number }).toList();
		this.jdbc.batchUpdate("""
				insert into server (name, transport, endpoint, sensitivity, owner)
				values (?, 'HTTP', 'https://example.com', 'PUBLIC', 'root')
				""", rows);
	}

	private void writeKeys(String prefix) {
		this.redis.executePipelined((RedisCallback<?>) (connection) -> {
			IntStream.range(0, 1000)
				.forEach((number) -> connection.stringCommands().set(bytes(prefix + number), bytes("value")));
			return null;
		});
	}

	private byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
