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

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.Scope;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConnectionDetails;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.test.context.cache.ContextCache;

import dev.pristine.TestIsolation;
import dev.pristine.launch.Servers;
import dev.pristine.postgres.PostgresIsolationAutoConfiguration;
import dev.pristine.postgres.PostgresPreparationAutoConfiguration;
import dev.pristine.postgres.PostgresServerAutoConfiguration;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PostgresServerAutoConfiguration} with the embedded server.
 */
@ExtendWith(OutputCaptureExtension.class)
class PostgresServerIntegrationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withPropertyValues("pristine.launch=embedded")
		.withConfiguration(
				AutoConfigurations.of(PostgresServerAutoConfiguration.class, DataSourceAutoConfiguration.class));

	@Test
	void dataSourceConnectsToOwnDatabase() {
		this.contextRunner.run((context) -> {
			JdbcTemplate jdbc = jdbc(context);
			assertThat(jdbc.queryForObject("SELECT current_database()", String.class))
				.isEqualTo(context.getBean(PostgresDatabase.class).name());
			assertThat(context.getBean(JdbcConnectionDetails.class).getJdbcUrl()).contains("loginTimeout=20");
		});
	}

	@Test
	void propertiesOfPoolStay() {
		this.contextRunner
			.withPropertyValues("spring.datasource.hikari.data-source-properties.ApplicationName=bookshop")
			.run((context) -> assertThat(
					jdbc(context).queryForObject("SELECT current_setting('application_name')", String.class))
				.isEqualTo("bookshop"));
	}

	@Test
	void startsBesideSpringWhereSpringBootMakesTheDataSource() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(PostgresPreparationAutoConfiguration.class))
			.withPropertyValues("pristine.postgres.settings.seq_page_cost=1.01")
			.withBean(BeanFactoryPostProcessor.class, () -> (factory) -> {
				PostgresLaunch launch = launch(factory.getBean(Environment.class));
				Servers.get(launch.configuration(), () -> {
					throw new IllegalStateException("Nobody has asked for it.");
				});
			})
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static PostgresLaunch launch(Environment environment) {
		return new PostgresLaunch(PostgresProperties.from(environment), environment);
	}

	@Test
	void contextsShareServerButNoDatabase() {
		this.contextRunner.run((first) -> this.contextRunner.run((second) -> {
			PostgresDatabase one = first.getBean(PostgresDatabase.class);
			PostgresDatabase two = second.getBean(PostgresDatabase.class);
			assertThat(one.server()).isSameAs(two.server());
			assertThat(one.name()).isNotEqualTo(two.name());
		}));
	}

	@Test
	void databaseIsDroppedWithContextEvenWhenInUse() {
		this.contextRunner.run((context) -> {
			PostgresDatabase database = context.getBean(PostgresDatabase.class);
			try (Connection connection = database.connect()) {
				context.getSourceApplicationContext().close();
				assertThat(connection.isValid(5)).isFalse();
			}
			assertThat(databases(database.server())).doesNotContain(database.name());
		});
	}

	@Test
	void databaseOutlivesRestartOfDeveloperTools() {
		Scope restart = mock();
		Map<String, Object> kept = new HashMap<>();
		given(restart.get(any(), any())).will((invocation) -> kept.computeIfAbsent(invocation.getArgument(0),
				(name) -> invocation.<ObjectFactory<?>>getArgument(1).getObject()));
		ApplicationContextRunner test = this.contextRunner
			.withInitializer((context) -> context.getBeanFactory().registerScope("restart", restart));
		test.run((context) -> assertThat(kept).doesNotContainValue(context.getBean(PostgresDatabase.class)));
		ApplicationContextRunner runner = test.withClassLoader(new RestartClassLoader());
		runner.run((context) -> jdbc(context).execute("CREATE TABLE entered ()"));
		runner.run((context) -> assertThat(
				jdbc(context).queryForObject("SELECT to_regclass('entered')::text", String.class))
			.isEqualTo("entered"));
		assertThat(kept.values()).singleElement()
			.isInstanceOfSatisfying(PostgresDatabase.class, PostgresDatabase::close);
	}

	@Test
	void testSlicesKeepDataSource() {
		this.contextRunner.run((context) -> {
			String name = context.getBeanNamesForType(JdbcConnectionDetails.class)[0];
			assertThat(ContainerImageMetadata.isPresent(context.getBeanFactory().getBeanDefinition(name))).isTrue();
		});
	}

	@Test
	void killedServerIsReplaced() {
		this.contextRunner.run((context) -> {
			PostgresServer server = context.getBean(PostgresDatabase.class).server();
			String directory = jdbc(context).queryForObject("SHOW data_directory", String.class);
			long pid = Long.parseLong(Files.readAllLines(Path.of(directory, "postmaster.pid")).get(0));
			ProcessHandle.of(pid).orElseThrow().destroyForcibly();
			await().atMost(Duration.ofSeconds(20)).until(() -> !server.isAlive());
		});
		this.contextRunner
			.run((context) -> assertThat(jdbc(context).queryForObject("SELECT 1", Integer.class)).isEqualTo(1));
	}

	@Test
	void settingsReachServer() {
		this.contextRunner.withPropertyValues("pristine.postgres.settings.wal_level=logical")
			.run((context) -> assertThat(jdbc(context).queryForObject("SHOW wal_level", String.class))
				.isEqualTo("logical"));
	}

	@Test
	void serverIsTunedAndKeepsToLoopback() {
		this.contextRunner.run((context) -> {
			JdbcTemplate jdbc = jdbc(context);
			assertThat(jdbc.queryForObject("SHOW fsync", String.class)).isEqualTo("off");
			assertThat(jdbc.queryForObject("SHOW listen_addresses", String.class)).isEqualTo("127.0.0.1");
			assertThat(jdbc.queryForObject("SHOW server_encoding", String.class)).isEqualTo("UTF8");
			assertThat(jdbc.queryForList("SELECT DISTINCT auth_method FROM pg_hba_file_rules", String.class))
				.containsExactly("scram-sha-256");
		});
	}

	@Test
	void serverHasConnectionsForAllCachedContexts() {
		int contexts = ContextCache.DEFAULT_MAX_CONTEXT_CACHE_SIZE;
		int pool = 10;
		int beside = 1;
		this.contextRunner
			.run((context) -> assertThat(jdbc(context).queryForObject("SHOW max_connections", Integer.class) / contexts)
				.isGreaterThanOrEqualTo(pool + beside));
	}

	@Test
	void fullServerIsReportedWithRemedy() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class))
			.withPropertyValues("pristine.postgres.settings.max_connections=5",
					"pristine.postgres.settings.superuser_reserved_connections=0",
					"spring.datasource.hikari.maximum-pool-size=5")
			.run((context) -> {
				HikariDataSource pool = context.getBean(HikariDataSource.class);
				try (Connection connection = pool.getConnection()) {
					await().until(() -> pool.getHikariPoolMXBean().getTotalConnections() == 5);
				}
				PostgresServer server = context.getBean(PostgresDatabase.class).server();
				assertFull(() -> context.getBean(TestResource.class).lease(0));
				assertFull(() -> PostgresDatabase.create(() -> server, DriverParameters.NONE));
			});
	}

	@Test
	void brokenSettingFailsWithServerLog() {
		this.contextRunner.withPropertyValues("pristine.postgres.settings.max_connections=-1")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("max_connections")
				.hasStackTraceContaining("Action:"));
	}

	@Test
	void datasourceUrlIsNotUsed() {
		this.contextRunner.withPropertyValues("spring.datasource.url=jdbc:postgresql://localhost:1/developer")
			.run((context) -> assertThat(jdbc(context).queryForObject("SELECT 1", Integer.class)).isEqualTo(1));
	}

	@Test
	void childContextIsolatesDataSourceOfItsParent() {
		AutoConfigurations isolation = AutoConfigurations.of(PostgresIsolationAutoConfiguration.class);
		this.contextRunner.withConfiguration(isolation).run((parent) -> {
			JdbcTemplate jdbc = jdbc(parent);
			jdbc.execute("CREATE TABLE book (id bigserial PRIMARY KEY)");
			new ApplicationContextRunner().withParent(parent).withConfiguration(isolation).run((child) -> {
				TestResource resource = child.getBean(TestResource.class);
				for (TestIsolation mode : List.of(TestIsolation.TRANSACTION, TestIsolation.TRUNCATE)) {
					Rehearsal.run(resource, new TestScope("test", mode),
							() -> jdbc.update("INSERT INTO book DEFAULT VALUES"));
					assertThat(jdbc.queryForList("SELECT id FROM book")).isEmpty();
				}
			});
		});
	}

	@Test
	void statementsOfApplicationFindParametersOfItsUrl() {
		this.contextRunner
			.withPropertyValues("spring.datasource.url=jdbc:postgresql://db.example.com/shop"
					+ "?sslmode=verify-full&stringtype=unspecified&currentSchema=shop&user=shop")
			.run((context) -> {
				JdbcTemplate jdbc = jdbc(context);
				jdbc.execute("CREATE TABLE document (content jsonb)");
				assertThat(jdbc.queryForObject("SELECT current_schema()", String.class)).isEqualTo("public");
				assertThat(jdbc.update("INSERT INTO document VALUES (?)", "{}")).isOne();
				jdbc.execute("CREATE SCHEMA shop CREATE TABLE document (content jsonb)");
				assertThat(jdbc.queryForObject("SELECT current_schema()", String.class)).isEqualTo("shop");
				assertThat(jdbc.queryForObject("SELECT count(*) FROM document", Integer.class)).isZero();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.flyway.url=jdbc:postgresql://localhost:1/production", "spring.flyway.user=owner" })
	void flywayMigratesOwnDatabase(String property) {
		this.contextRunner.withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
			.withPropertyValues(property)
			.run((context) -> assertThat(
					jdbc(context).queryForObject("SELECT count(*) FROM flyway_schema_history", Integer.class))
				.isPositive());
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.liquibase.url=jdbc:postgresql://localhost:1/production",
			"spring.liquibase.user=owner" })
	void liquibaseMigratesOwnDatabase(String property) {
		this.contextRunner.withConfiguration(AutoConfigurations.of(LiquibaseAutoConfiguration.class))
			.withPropertyValues(property, "spring.liquibase.change-log=classpath:db/changelog/library.sql")
			.run((context) -> assertThat(
					jdbc(context).queryForObject("SELECT count(*) FROM databasechangelog", Integer.class))
				.isPositive());
	}

	@Test
	void migrationWithoutDataSourceConnectsToOwnDatabase() {
		new ApplicationContextRunner().withPropertyValues("pristine.launch=embedded")
			.withConfiguration(
					AutoConfigurations.of(PostgresServerAutoConfiguration.class, FlywayAutoConfiguration.class))
			.withPropertyValues("spring.flyway.url=jdbc:postgresql://localhost:1/production")
			.run((context) -> {
				PostgresDatabase database = context.getBean(PostgresDatabase.class);
				assertThat(context.getBean(Flyway.class).info().current()).isNotNull();
				assertThat(context.getBean(FlywayConnectionDetails.class).getJdbcUrl())
					.isEqualTo(database.url().toString());
			});
	}

	@Test
	void migrationFollowsDetailsOfUser() {
		FlywayConnectionDetails details = mock(FlywayConnectionDetails.class);
		this.contextRunner.withBean(FlywayConnectionDetails.class, () -> details)
			.run((context) -> assertThat(context.getBean(FlywayConnectionDetails.class)).isSameAs(details));
	}

	private static void assertFull(ThrowingCallable action) {
		assertThatExceptionOfType(ResourceException.class).isThrownBy(action)
			.withMessageContaining("too many clients")
			.withMessageContaining("spring.datasource.hikari.maximum-pool-size")
			.withMessageContaining("max_connections");
	}

	private static JdbcTemplate jdbc(AssertableApplicationContext context) {
		return new JdbcTemplate(context.getBean(DataSource.class));
	}

	private static List<String> databases(PostgresServer server) throws SQLException {
		try (Connection connection = server.connect(server.url("postgres"))) {
			return new JdbcTemplate(new SingleConnectionDataSource(connection, true))
				.queryForList("SELECT datname FROM pg_database", String.class);
		}
	}

	/**
	 * Called like the class loader of the application while the developer tools are at
	 * work.
	 */
	private static final class RestartClassLoader extends ClassLoader {

		RestartClassLoader() {
			super(PostgresServerIntegrationTests.class.getClassLoader());
		}

	}

}
