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

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.server.TestDatabase;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostgresIsolationAutoConfiguration}, on a database that the user
 * provides.
 */
class PostgresIsolationAutoConfigurationIntegrationTests {

	private static TestDatabase database;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(PostgresIsolationAutoConfiguration.class, DataSourceAutoConfiguration.class,
						JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=" + database.url(),
				"spring.datasource.username=" + database.username(),
				"spring.datasource.password=" + database.password(), "spring.datasource.hikari.maximum-pool-size=2");

	@BeforeAll
	static void createDatabase() throws SQLException {
		database = TestDatabase.create();
		try (Connection connection = database.connect()) {
			connection.createStatement().execute("CREATE TABLE book (id bigserial PRIMARY KEY)");
		}
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@Test
	void poolStaysThePoolThatItWas() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(HikariDataSource.class).hasSingleBean(PostgresResource.class);
			assertThat(context.getBean(HikariDataSource.class).getMaximumPoolSize()).isEqualTo(2);
			try (Connection connection = context.getBean(DataSource.class).getConnection()) {
				assertThat(connection.isValid(20)).isTrue();
				assertThat(context.getBeanProvider(DataSourcePoolMetadataProvider.class)
					.stream()
					.map((provider) -> provider.getDataSourcePoolMetadata(context.getBean(DataSource.class)))
					.findFirst()).hasValueSatisfying((metadata) -> assertThat(metadata.getActive()).isOne());
			}
		});
	}

	@Test
	void backsOffWithoutDriver() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(Driver.class, org.postgresql.PGConnection.class))
			.run((context) -> assertThat(context).doesNotHaveBean(PostgresResource.class));
	}

	@Test
	void backsOffWithoutSpringBootJdbc() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(DataSourceAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PostgresResource.class));
	}

	@Test
	void worksWithoutDataSource() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class))
			.run((context) -> {
				try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
					assertThat(lease.refusal(TestIsolation.TRUNCATE)).isNull();
				}
			});
	}

	@Test
	void rollsBackInDatabaseOfUser() {
		this.contextRunner.run((context) -> {
			run(context, TestIsolation.TRANSACTION);
			assertThat(books(context)).isZero();
		});
	}

	@Test
	void refusesToResetDatabaseOfUser() {
		this.contextRunner.run((context) -> {
			try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
				assertThat(lease.refusal(TestIsolation.TRUNCATE)).contains("did not create",
						"pristine.postgres.disposable=true");
				assertThat(lease.refusal(TestIsolation.TRANSACTION)).isNull();
			}
		});
	}

	@Test
	void resetsDatabaseOfUserThatIsDisposable() {
		this.contextRunner.withPropertyValues("pristine.postgres.disposable=true").run((context) -> {
			run(context, TestIsolation.TRUNCATE);
			assertThat(books(context)).isZero();
		});
	}

	@Test
	void isolatesDataSourceThatIsCreatedLazily() {
		this.contextRunner.withInitializer((context) -> context.addBeanFactoryPostProcessor(
				(beanFactory) -> beanFactory.getBeanDefinition("dataSource").setLazyInit(true)))
			.run((context) -> {
				run(context, TestIsolation.TRANSACTION);
				assertThat(books(context)).isZero();
			});
	}

	@Test
	void failingMigrationIsNamed() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
			.withPropertyValues("spring.flyway.locations=classpath:db/failing",
					"spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=0")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("no_such_function"));
	}

	private static void run(AssertableApplicationContext context, TestIsolation isolation) {
		Rehearsal.run(context.getBean(PostgresResource.class), new TestScope("Tests", isolation), () -> {
			insert(context);
			assertThat(books(context)).isOne();
		});
	}

	private static void insert(AssertableApplicationContext context) {
		context.getBean(JdbcClient.class).sql("INSERT INTO book DEFAULT VALUES").update();
	}

	private static int books(AssertableApplicationContext context) {
		return context.getBean(JdbcClient.class).sql("SELECT count(*) FROM book").query(Integer.class).single();
	}

}
