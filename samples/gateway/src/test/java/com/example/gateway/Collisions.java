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

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.pristine.opa.OpaClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that fail after one another, and even after themselves, unless something puts all
 * three services right in between.
 */
@TestMethodOrder(MethodOrderer.Random.class)
abstract class Collisions {

	private static final Server SERVER = new Server("search", Transport.HTTP, "https://example.com/search",
			Sensitivity.PUBLIC, "root");

	@Autowired
	ServerRegistry registry;

	@Autowired
	Sessions sessions;

	@Autowired
	AccessPolicy policy;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	StringRedisTemplate redis;

	@Autowired
	OpaClient opa;

	@RepeatedTest(10)
	void registersServer() {
		assertThat(this.registry.register(SERVER)).isTrue();
		assertThat(this.registry.find("search")).contains(SERVER);
		assertThat(this.redis.opsForValue().get("registered:HTTP")).isEqualTo("1");
	}

	@RepeatedTest(10)
	void findsNoServer() {
		assertThat(this.registry.find("search")).isEmpty();
		assertThat(this.redis.keys("*")).containsExactly("servers::search");
	}

	@RepeatedTest(10)
	void degradesAdministrator() {
		assertThat(this.jdbc.sql("update app_user set role = 'reader' where role = 'admin'").update()).isEqualTo(1);
		assertThat(this.sessions.of("root").role()).isEqualTo("reader");
	}

	@RepeatedTest(10)
	void reliesOnAdministrator() {
		Session root = this.sessions.of("root");
		assertThat(root.role()).isEqualTo("admin");
		assertThat(this.policy.isAllowed(root, "register", Sensitivity.SECRET)).isTrue();
	}

	@RepeatedTest(10)
	void takesEverythingFromAdministrators() {
		this.opa.putData("roles/admin", Map.of("actions", List.of(), "clearance", "PUBLIC"));
		assertThat(this.policy.isAllowed(this.sessions.of("root"), "read", Sensitivity.PUBLIC)).isFalse();
	}

	@RepeatedTest(10)
	void deletesPolicy() {
		assertThat(this.opa.policies()).hasSize(1);
		this.opa.deletePolicy("authz.rego");
		this.redis.opsForValue().set("rate:root", "1000");
	}

}
