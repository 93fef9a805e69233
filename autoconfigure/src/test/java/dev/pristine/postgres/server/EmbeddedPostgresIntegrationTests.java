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

package dev.pristine.postgres.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostgresLaunch}.
 */
class EmbeddedPostgresIntegrationTests {

	@Test
	void createsDatabases() throws Exception {
		for (int i = 0; i < 3; i++) {
			try (TestDatabase database = TestDatabase.create();
					Connection connection = database.connect();
					Statement statement = connection.createStatement();
					ResultSet result = statement.executeQuery("SELECT version()")) {
				result.next();
				assertThat(result.getString(1)).contains("PostgreSQL");
			}
		}
	}

}
