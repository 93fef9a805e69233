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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import javax.sql.DataSource;

import io.r2dbc.spi.ConnectionFactory;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.transaction.jta.JtaTransactionManager;
import reactor.core.publisher.Mono;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.server.TestDatabase;
import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.CompositeResourceLease.States;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PostgresResource}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PostgresResourceIntegrationTests {

	private final TestDatabase database = TestDatabase.create();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class))
		.withPropertyValues("pristine.postgres.disposable=true");

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void closesItsConnectionsWithTheLease() {
		this.contextRunner.withBean("dataSource", DataSource.class, this::dataSource).run((context) -> {
			try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
				awaitConnections(1);
			}
			awaitConnections(0);
		});
	}

	@Test
	void leavesMockedDataSourceAlone(CapturedOutput output) {
		this.contextRunner.withBean("dataSource", DataSource.class, PostgresResourceIntegrationTests::mock)
			.run((context) -> {
				context.getBean(PostgresResource.class).lease(0);
				assertThat(output).contains("The DataSource 'dataSource' leads to nothing");
			});
	}

	@Test
	void leavesDataSourceAloneThatCannotBeReached(CapturedOutput output) {
		this.contextRunner.withBean("dataSource", DataSource.class, this::dataSource)
			.withBean("reporting", DataSource.class, PostgresResourceIntegrationTests::unreachable)
			.run((context) -> {
				try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
					assertThat(output).contains("The DataSource 'reporting' gave no connection", "cannot be isolated");
					awaitConnections(1);
				}
			});
	}

	@Test
	void failsWhereNoDataSourceCanBeReached() {
		this.contextRunner.withBean("reporting", DataSource.class, PostgresResourceIntegrationTests::unreachable)
			.run((context) -> assertThatExceptionOfType(ResourceException.class)
				.isThrownBy(() -> context.getBean(PostgresResource.class).lease(0))
				.withMessageContaining("The DataSource 'reporting' gave no connection"));
	}

	@Test
	void refusesOneTransactionForDifferentSessions() {
		this.contextRunner.withBean("dataSource", DataSource.class, this::dataSource)
			.withBean("billing", DataSource.class, () -> dataSource("billing"))
			.run((context) -> {
				try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
					assertThat(lease.refusal(TestIsolation.TRANSACTION)).contains("'dataSource' and 'billing'",
							"search_path", "Use TRUNCATE");
					assertThat(lease.refusal(TestIsolation.TRUNCATE)).isNull();
				}
			});
	}

	@Test
	void refusesOneTransactionWhereJtaEndsThem() {
		this.contextRunner.withBean("dataSource", DataSource.class, this::dataSource)
			.withBean("jta", JtaTransactionManager.class, JtaTransactionManager::new,
					(definition) -> definition.setLazyInit(true))
			.run((context) -> {
				try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
					assertThat(lease.refusal(TestIsolation.TRANSACTION)).contains("'jta'", "Use TRUNCATE");
					assertThat(lease.refusal(TestIsolation.TRUNCATE)).isNull();
				}
			});
	}

	@Test
	void runsNoTestWhereNoIsolationCanBeHad() {
		this.contextRunner.withPropertyValues("pristine.postgres.disposable=false")
			.withBean("dataSource", DataSource.class, this::dataSource)
			.withBean("billing", DataSource.class, () -> dataSource("billing"))
			.run((context) -> {
				PostgresResource resource = context.getBean(PostgresResource.class);
				assertThatExceptionOfType(ResourceException.class).isThrownBy(
						() -> Rehearsal.run(resource, new TestScope("Tests", TestIsolation.TRUNCATE), Assertions::fail))
					.withMessageContainingAll("Tests cannot be isolated", "did not create", "'billing'");
				Rehearsal.run(resource, new TestScope("Tests", TestIsolation.NONE), () -> {
				});
			});
	}

	@Test
	void classStillWorksInItsTransactionAfterTheLastTest() {
		this.contextRunner.withPropertyValues("pristine.postgres.disposable=false")
			.withBean("dataSource", DataSource.class, this::dataSource)
			.run((context) -> {
				JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
				try (CompositeResourceLease lease = (CompositeResourceLease) context.getBean(PostgresResource.class)
					.lease(0)) {
					States start = lease.capture();
					lease.enter(new TestScope("Tests", TestIsolation.TRANSACTION));
					States ofClass = lease.capture();
					lease.enter(new TestScope("Tests.writes", TestIsolation.TRANSACTION));
					jdbc.execute("CREATE TABLE written ()");
					lease.restore(ofClass, "Tests.writes");
					assertThat(jdbc.queryForObject("SELECT to_regclass('written') IS NULL", Boolean.class)).isTrue();
					lease.restore(start, "Tests");
				}
			});
	}

	@Test
	void resetsDatabaseThatIsUsedWithR2dbcAlone() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class,
					PostgresServerAutoConfiguration.class, R2dbcAutoConfiguration.class))
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				PostgresResource resource = context.getBean(PostgresResource.class);
				ConnectionFactory factory = context.getBean(ConnectionFactory.class);
				execute(factory, "CREATE TABLE book (title text)");
				Rehearsal.run(resource, new TestScope("Tests", TestIsolation.TRUNCATE), () -> {
					execute(factory, "INSERT INTO book VALUES ('Emma')");
					assertThat(execute(factory, "DELETE FROM book WHERE title <> 'Emma'")).isZero();
				});
				assertThat(execute(factory, "DELETE FROM book")).isZero();
				try (ResourceLease<?> lease = resource.lease(0)) {
					assertThat(lease.refusal(TestIsolation.TRUNCATE)).isNull();
					assertThat(lease.refusal(TestIsolation.TRANSACTION)).contains("used without a DataSource");
				}
			});
	}

	private static @Nullable Long execute(ConnectionFactory factory, String sql) {
		return Mono
			.usingWhen(factory.create(),
					(connection) -> Mono.from(connection.createStatement(sql).execute())
						.flatMap((result) -> Mono.from(result.getRowsUpdated()))
						.defaultIfEmpty(0L),
					io.r2dbc.spi.Connection::close)
			.block();
	}

	private DataSource dataSource(String schema) {
		PGSimpleDataSource dataSource = (PGSimpleDataSource) dataSource();
		dataSource.setCurrentSchema(schema);
		return dataSource;
	}

	private static DataSource unreachable() {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setURL("jdbc:postgresql://localhost:1/reporting");
		return dataSource;
	}

	// As a mock without further instructions answers
	private static DataSource mock() {
		return new AbstractDataSource() {

			@Override
			public @Nullable Connection getConnection() {
				return null;
			}

			@Override
			public @Nullable Connection getConnection(String username, String password) {
				return null;
			}

		};
	}

	private DataSource dataSource() {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setURL(this.database.url());
		dataSource.setUser(this.database.username());
		dataSource.setPassword(this.database.password());
		return dataSource;
	}

	// The server learns of closed ones a little later
	private void awaitConnections(int expected) throws SQLException {
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			await().pollInSameThread().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(20)).until(() -> {
				try (ResultSet result = statement
					.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
							+ " AND backend_type = 'client backend' AND pid <> pg_backend_pid()")) {
					result.next();
					return result.getInt(1) == expected;
				}
			});
		}
	}

}
