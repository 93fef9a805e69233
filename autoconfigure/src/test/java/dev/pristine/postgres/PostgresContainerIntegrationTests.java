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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import javax.sql.DataSource;

import com.sun.net.httpserver.HttpServer;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.lifecycle.TestcontainersLifecycleApplicationContextInitializer;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.testcontainers.postgresql.PostgreSQLContainer;

import dev.pristine.destination.DestinationAutoConfiguration;
import dev.pristine.launch.DockerTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link ContainerPostgres}.
 */
@DockerTest
class PostgresContainerIntegrationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withInitializer(new TestcontainersLifecycleApplicationContextInitializer())
		.withPropertyValues("pristine.launch=container")
		.withConfiguration(AutoConfigurations.of(PostgresServerAutoConfiguration.class,
				ServiceConnectionAutoConfiguration.class, DataSourceAutoConfiguration.class));

	@Test
	void dataSourceConnectsToOwnDatabaseInContainer() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(JdbcConnectionDetails.class);
			JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
			assertThat(jdbc.queryForObject("SELECT current_database()", String.class))
				.isEqualTo(context.getBean(PostgresDatabase.class).name());
			assertThat(jdbc.queryForObject("SHOW fsync", String.class)).isEqualTo("off");
			assertThat(jdbc.queryForObject("SHOW data_directory", String.class)).startsWith("/pristine");
			assertThat(context.getBean(JdbcConnectionDetails.class).getJdbcUrl()).contains("ApplicationName=pristine");
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
			PostgreSQLContainer one = container(first);
			PostgreSQLContainer two = container(second);
			assertThat(one.getContainerId()).isEqualTo(two.getContainerId());
			assertThat(one.getMappedPort(5432)).isEqualTo(two.getMappedPort(5432));
			assertThat(one.isRunning()).isTrue();
			assertThat(first.getBean(PostgresDatabase.class).name())
				.isNotEqualTo(second.getBean(PostgresDatabase.class).name());
		}));
	}

	@Test
	void databaseIsDroppedWithContextAndContainerStays() {
		this.contextRunner.run((context) -> {
			PostgresDatabase database = context.getBean(PostgresDatabase.class);
			context.getSourceApplicationContext().close();
			assertThat(database.server().isAlive()).isTrue();
			assertThatNoException().isThrownBy(() -> database.server().createDatabase(database.name()));
			database.server().dropDatabase(database.name());
		});
	}

	@Test
	void killedContainerIsReplaced() {
		this.contextRunner.run((context) -> {
			PostgreSQLContainer container = container(context);
			container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
		});
		this.contextRunner.run((context) -> assertThat(
				new JdbcTemplate(context.getBean(DataSource.class)).queryForObject("SELECT 1", Integer.class))
			.isEqualTo(1));
	}

	@Test
	void connectionToContainerOfTestCountsAsDeclared() {
		this.contextRunner.run((other) -> {
			PostgreSQLContainer container = container(other);
			this.contextRunner.withConfiguration(AutoConfigurations.of(DestinationAutoConfiguration.class))
				.withPropertyValues("pristine.launch=embedded")
				.withBean(DataSource.class, () -> new DriverManagerDataSource(container.getJdbcUrl()))
				.run((context) -> assertThat(context).hasNotFailed());
		});
	}

	private static PostgreSQLContainer container(ApplicationContext context) {
		return ((ContainerPostgres) context.getBean(PostgresDatabase.class).server()).container();
	}

	@Test
	void missingImageIsTold() throws IOException {
		HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		registry.createContext("/v2/", (exchange) -> {
			boolean found = exchange.getRequestURI().getPath().equals("/v2/");
			byte[] body = "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"unknown\"}]}"
				.getBytes(StandardCharsets.UTF_8);
			boolean head = exchange.getRequestMethod().equals("HEAD");
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(found ? 200 : 404, head ? -1 : body.length);
			if (!head) {
				exchange.getResponseBody().write(body);
			}
			exchange.close();
		});
		registry.start();
		String image = "localhost:" + registry.getAddress().getPort() + "/none:1";
		try {
			this.contextRunner.withPropertyValues("pristine.postgres.image=" + image)
				.run((context) -> assertThat(context).getFailure()
					.hasStackTraceContaining("The image '" + image + "' could not be had")
					.hasStackTraceContaining("pristine.postgres.image"));
		}
		finally {
			registry.stop(0);
		}
	}

}
