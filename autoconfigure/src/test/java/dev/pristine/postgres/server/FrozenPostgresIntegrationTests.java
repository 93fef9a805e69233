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

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.pristine.TestIsolation;
import dev.pristine.launch.FrozenServer;
import dev.pristine.postgres.PostgresIsolationAutoConfiguration;
import dev.pristine.postgres.PostgresServerAutoConfiguration;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the resets of a PostgreSQL that stands still.
 */
@EnabledOnOs(OS.LINUX)
@EnabledIfSystemProperty(named = "random.programs", matches = "\\d{4,}", disabledReason = "takes 30 s")
class FrozenPostgresIntegrationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(PostgresIsolationAutoConfiguration.class, PostgresServerAutoConfiguration.class,
						DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class))
		// The server is none that other tests use
		.withPropertyValues("pristine.launch=embedded", "pristine.postgres.settings.max_connections=40",
				"pristine.postgres.reset-timeout=5s", "pristine.postgres.lock-timeout=5s");

	@ParameterizedTest
	@EnumSource(value = TestIsolation.class, names = { "TRUNCATE", "TRANSACTION" })
	void isNotWaitedForWithoutBound(TestIsolation isolation) {
		this.runner.run((context) -> {
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			jdbc.execute("CREATE TABLE book (id serial)");
			int port = jdbc.queryForObject("SELECT inet_server_port()", Integer.class);
			FrozenServer[] frozen = new FrozenServer[1];
			try {
				assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> Rehearsal
					.run(context.getBean(TestResource.class), new TestScope("test", isolation), () -> {
						jdbc.execute("INSERT INTO book DEFAULT VALUES");
						frozen[0] = FrozenServer.on(port);
					})).withMessageContaining("The reset of the database failed");
			}
			finally {
				if (frozen[0] != null) {
					frozen[0].close();
				}
			}
		});
	}

}
