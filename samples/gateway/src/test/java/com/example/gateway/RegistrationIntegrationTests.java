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
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import dev.pristine.IntegrationTest;
import dev.pristine.security.TestTokens;

import static org.assertj.core.api.Assertions.assertThat;

@IntegrationTest
@AutoConfigureMockMvc
class RegistrationIntegrationTests {

	@Autowired
	MockMvcTester mvc;

	@Autowired
	TestTokens tokens;

	@Autowired
	JdbcClient jdbc;

	@BeforeEach
	void addUsers() {
		this.jdbc.sql("insert into app_user (name, role) values ('ada', 'operator'), ('rob', 'reader')").update();
	}

	@Test
	void registersServer() {
		assertThat(register("ada", "search", "INTERNAL")).hasStatus(HttpStatus.CREATED)
			.hasHeader("Location", "/servers/search")
			.bodyJson()
			.isStrictlyEqualTo("""
					{
						"name": "search",
						"transport": "HTTP",
						"endpoint": "https://search.example/api",
						"sensitivity": "INTERNAL",
						"owner": "ada"
					}
					""");
	}

	@Test
	void registersSameServerOnce() {
		assertThat(register("ada", "search", "INTERNAL")).hasStatus(HttpStatus.CREATED);
		assertThat(register("ada", "search", "INTERNAL")).hasStatus(HttpStatus.OK);
		assertThat(servers()).isEqualTo(1);
	}

	@Test
	void refusesOtherServerOfTheSameName() {
		assertThat(register("ada", "search", "INTERNAL")).hasStatus(HttpStatus.CREATED);
		assertThat(register("ada", "search", "PUBLIC")).hasStatus(HttpStatus.CONFLICT);
	}

	@Test
	void asksForToken() {
		assertThat(this.mvc.post()
			.uri("/servers")
			.contentType(MediaType.APPLICATION_JSON)
			.content(server("search", "PUBLIC"))).hasStatus(HttpStatus.UNAUTHORIZED);
	}

	@Test
	void rejectsInvalidServer() {
		assertThat(register("ada", "No such name", "PUBLIC")).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT)
			.bodyJson()
			.extractingPath("$.errors.name")
			.asString()
			.startsWith("must match");
		assertThat(servers()).isZero();
	}

	@Test
	void forbidsWhatThePolicyDenies() {
		assertThat(register("ada", "vault", "SECRET")).hasStatus(HttpStatus.FORBIDDEN);
		assertThat(register("rob", "search", "PUBLIC")).hasStatus(HttpStatus.FORBIDDEN);
		assertThat(servers()).isZero();
		assertThat(this.jdbc.sql("select actor from audit where outcome = 'DENIED' order by id").query().singleColumn())
			.containsExactly("ada", "rob");
	}

	@Test
	void forbidsUnknownUser() {
		assertThat(register("eve", "search", "PUBLIC")).hasStatus(HttpStatus.FORBIDDEN);
	}

	private MvcTestResult register(String user, String name, String sensitivity) {
		return this.mvc.post()
			.uri("/servers")
			.with(this.tokens.subject(user).bearer())
			.contentType(MediaType.APPLICATION_JSON)
			.content(server(name, sensitivity))
			.exchange();
	}

	private String server(String name, String sensitivity) {
		return """
				{
					"name": "%s",
					"transport": "HTTP",
					"endpoint": "https://search.example/api",
					"sensitivity": "%s"
				}
				""".formatted(name, sensitivity);
	}

	private long servers() {
		return this.jdbc.sql("select count(*) from server").query(Long.class).single();
	}

}
