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

import java.io.IOException;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.testcontainers.DockerClientFactory;

import dev.pristine.destination.DestinationAutoConfiguration;
import dev.pristine.launch.DockerTest;
import dev.pristine.launch.UnusedPort;
import dev.pristine.postgres.PostgresServerAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link PostgresServer} in a container.
 */
@DockerTest
class PostgresContainerIntegrationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withPropertyValues("pristine.launch=container")
		.withConfiguration(
				AutoConfigurations.of(PostgresServerAutoConfiguration.class, DataSourceAutoConfiguration.class));

	@Test
	void dataSourceConnectsToOwnDatabaseInContainer() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(JdbcConnectionDetails.class);
			JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
			assertThat(jdbc.queryForObject("SELECT current_database()", String.class))
				.isEqualTo(context.getBean(PostgresDatabase.class).name());
			assertThat(jdbc.queryForObject("SHOW fsync", String.class)).isEqualTo("off");
			assertThat(jdbc.queryForObject("SHOW data_directory", String.class)).startsWith("/pristine");
			assertThat(context.getBean(JdbcConnectionDetails.class).getJdbcUrl()).contains("loginTimeout=20");
		});
	}

	@Test
	void portAndPasswordAreThoseOfProperties() throws IOException {
		int port = UnusedPort.find();
		this.contextRunner
			.withPropertyValues("pristine.postgres.port=" + port, "pristine.postgres.password=o'clock",
					"pristine.postgres.locale=C.UTF-8")
			.run((context) -> {
				PostgresServer server = context.getBean(PostgresDatabase.class).server();
				assertThat(server.url("a").authority()).endsWith(":" + port);
				assertThat(server.password()).isEqualTo("o'clock");
				assertThat(new JdbcTemplate(context.getBean(DataSource.class))
					.queryForObject("SELECT datcollate FROM pg_database WHERE datname = 'postgres'", String.class))
					.isEqualTo("C.UTF-8");
				server.stop();
			});
	}

	@Test
	void connectionToContainerOfTestCountsAsDeclared() {
		this.contextRunner.run((other) -> {
			String url = other.getBean(JdbcConnectionDetails.class).getJdbcUrl();
			this.contextRunner.withConfiguration(AutoConfigurations.of(DestinationAutoConfiguration.class))
				.withPropertyValues("pristine.launch=embedded")
				.withBean(DataSource.class, () -> new DriverManagerDataSource(url))
				.run((context) -> assertThat(context).hasNotFailed());
		});
	}

	@Test
	void testSlicesKeepDataSource() {
		this.contextRunner.run((context) -> {
			String name = context.getBeanNamesForType(JdbcConnectionDetails.class)[0];
			assertThat(ContainerImageMetadata.isPresent(context.getBeanFactory().getBeanDefinition(name))).isTrue();
		});
	}

	@Test
	void flywayUsesDataSource() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
			.run((context) -> assertThat(context.getBean(Flyway.class).getConfiguration().getDataSource())
				.isSameAs(context.getBean(DataSource.class)));
	}

	@Test
	void contextsShareContainerButNoDatabase() {
		this.contextRunner.run((first) -> this.contextRunner.run((second) -> {
			PostgresDatabase one = first.getBean(PostgresDatabase.class);
			PostgresDatabase two = second.getBean(PostgresDatabase.class);
			assertThat(one.server()).isSameAs(two.server());
			assertThat(one.name()).isNotEqualTo(two.name());
		}));
	}

	@Test
	void databaseIsDroppedWithContextAndContainerStays() {
		this.contextRunner.run((context) -> {
			PostgresDatabase database = context.getBean(PostgresDatabase.class);
			context.getSourceApplicationContext().close();
			assertThat(database.server().isAlive()).isTrue();
			assertThatNoException().isThrownBy(() -> database.server().createDatabase(database.name(), null));
			database.server().dropDatabase(database.name());
		});
	}

	@Test
	void killedContainerIsReplaced() {
		this.contextRunner.run((context) -> {
			String log = context.getBean(PostgresDatabase.class).server().logTail();
			String container = log.substring("(docker logs ".length(), log.indexOf(')'));
			DockerClientFactory.instance().client().killContainerCmd(container).exec();
		});
		this.contextRunner.run((context) -> assertThat(
				new JdbcTemplate(context.getBean(DataSource.class)).queryForObject("SELECT 1", Integer.class))
			.isEqualTo(1));
	}

}
