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

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.pristine.IntegrationTest;

import static org.assertj.core.api.Assertions.assertThat;

@IntegrationTest
class CacheIntegrationTests {

	@Autowired
	ServerRegistry registry;

	@Autowired
	Sessions sessions;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	StringRedisTemplate redis;

	@BeforeEach
	void addUser() {
		this.jdbc.sql("insert into app_user (name, role) values ('ada', 'operator')").update();
	}

	@Test
	void servesFromRedisWhatItReadOnce() {
		this.registry.register(server(Sensitivity.PUBLIC));
		assertThat(this.registry.find("search")).contains(server(Sensitivity.PUBLIC));
		this.jdbc.sql("update server set sensitivity = 'SECRET'").update();
		assertThat(this.registry.find("search")).contains(server(Sensitivity.PUBLIC));
		assertThat(this.redis.keys("servers::*")).containsExactly("servers::search");
	}

	@Test
	void forgetsWhatIsRemoved() {
		this.registry.register(server(Sensitivity.SECRET));
		assertThat(this.registry.find("search")).contains(server(Sensitivity.SECRET));
		this.registry.remove("search", "ada");
		assertThat(this.registry.find("search")).isEmpty();
	}

	@Test
	void startsWithNothingCached() {
		assertThat(this.redis.keys("*")).isEmpty();
		assertThat(this.registry.find("search")).isEmpty();
	}

	@Test
	void readsRowAgainWhenSessionHasExpired() {
		assertThat(this.sessions.of("ada").role()).isEqualTo("operator");
		this.jdbc.sql("update app_user set role = 'reader' where name = 'ada'").update();
		assertThat(this.sessions.of("ada").role()).isEqualTo("operator");
		this.redis.expire("session:ada", Duration.ofMillis(20));
		Awaitility.await().until(() -> !this.redis.hasKey("session:ada"));
		assertThat(this.sessions.of("ada").role()).isEqualTo("reader");
	}

	private Server server(Sensitivity sensitivity) {
		return new Server("search", Transport.HTTP, "https://example.com/search", sensitivity, "ada");
	}

}
