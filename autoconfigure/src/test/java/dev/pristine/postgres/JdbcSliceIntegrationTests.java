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

package dev.pristine.postgres;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.ContextConfiguration;

import dev.pristine.postgres.server.PostgresDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostgresServerAutoConfiguration} in a test slice.
 */
@JdbcTest(properties = { "pristine.launch=embedded", "spring.liquibase.enabled=false" })
@ContextConfiguration(classes = JdbcSliceIntegrationTests.Application.class)
class JdbcSliceIntegrationTests {

	@Autowired
	private JdbcTemplate jdbc;

	@Autowired
	private PostgresDatabase database;

	@Test
	void sliceKeepsDataSourceAndUsesServer() {
		assertThat(this.jdbc.queryForObject("SELECT current_database()", String.class)).isEqualTo(this.database.name());
	}

	@SpringBootApplication
	static class Application {

	}

}
