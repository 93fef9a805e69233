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

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.pristine.IntegrationTest;
import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@IntegrationTest
@IsolationMode(TestIsolation.TRUNCATE)
class CommitIntegrationTests {

	@Autowired
	ServerRegistry registry;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	StringRedisTemplate redis;

	@BeforeEach
	void addUserWithRoomForOneServer() {
		this.jdbc.sql("insert into app_user (name, role, quota) values ('ada', 'operator', 1)").update();
	}

	@Test
	void countsWhatIsCommitted() {
		assertThat(this.registry.register(server("search"))).isTrue();
		assertThat(this.redis.opsForValue().get("registered:HTTP")).isEqualTo("1");
		assertThat(outcomes()).containsExactly("DONE");
	}

	@Test
	void keepsOnlyTheRefusalOfWhatIsRolledBack() {
		this.registry.register(server("search"));
		assertThatExceptionOfType(QuotaExceededException.class)
			.isThrownBy(() -> this.registry.register(server("mail")));
		assertThat(this.registry.all()).extracting(Server::name).containsExactly("search");
		assertThat(this.redis.opsForValue().get("registered:HTTP")).isEqualTo("1");
		assertThat(outcomes()).containsExactly("DONE", "OVER QUOTA");
	}

	@Test
	void insertsOnce() {
		assertThat(this.registry.register(server("search"))).isTrue();
		assertThat(this.registry.register(server("search"))).isFalse();
		assertThat(outcomes()).containsExactly("DONE");
	}

	@Test
	void deletesServersWithTheirOwner() {
		this.registry.register(server("search"));
		this.jdbc.sql("delete from app_user where name = 'ada'").update();
		assertThat(this.registry.all()).isEmpty();
		assertThat(outcomes()).containsExactly("DONE");
	}

	private Server server(String name) {
		return new Server(name, Transport.HTTP, "https://example.com/" + name, Sensitivity.PUBLIC, "ada");
	}

	private Iterable<String> outcomes() {
		return this.jdbc.sql("select outcome from audit order by id").query(String.class).list();
	}

}
