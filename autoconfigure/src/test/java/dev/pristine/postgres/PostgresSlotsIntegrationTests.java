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
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import dev.pristine.TestIsolation;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PostgresResource} with a database for each slot.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class PostgresSlotsIntegrationTests {

	private static final ThreadLocal<Integer> slot = ThreadLocal.withInitial(() -> 0);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class,
				PostgresServerAutoConfiguration.class, DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class))
		.withBean(CurrentSlot.class, () -> slot::get);

	@Test
	void slotsStartFromWhatTheApplicationStartedWith() {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			jdbc.sql("insert into book (title) values ('Written at start')").update();
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0)) {
				assertThat(resource.onlyCopy()).isNull();
				add(jdbc, "Emma");
				try (ResourceLease<?> second = resource.lease(1); ResourceLease<?> third = resource.lease(2)) {
					for (int number : List.of(1, 2)) {
						on(number, () -> {
							assertThat(titles(jdbc)).containsExactly("Frankenstein", "Written at start");
							assertThat(add(jdbc, "Persuasion " + number)).isEqualTo(3);
							return null;
						});
					}
					assertThat(on(1, () -> titles(jdbc))).contains("Persuasion 1").doesNotContain("Persuasion 2");
					assertThat(on(2, () -> titles(jdbc))).contains("Persuasion 2").doesNotContain("Emma");
					assertThat(titles(jdbc)).containsExactly("Frankenstein", "Written at start", "Emma");
				}
				assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> on(1, () -> titles(jdbc)))
					.withMessageContaining("slot 1, which is no more");
			}
		});
	}

	@Test
	void eachSlotIsRestoredByItself() {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
				Scope one = Scope.enter(first, TestIsolation.TRUNCATE);
				Scope other = Scope.enter(second, TestIsolation.TRANSACTION);
				add(jdbc, "Emma");
				on(1, () -> add(jdbc, "Persuasion"));
				assertThat(committed(context, "")).isEqualTo(2);
				assertThat(committed(context, "_1")).isOne();
				other.exit().run();
				assertThat(titles(jdbc)).containsExactly("Frankenstein", "Emma");
				assertThat(on(1, () -> titles(jdbc))).containsExactly("Frankenstein");
				on(1, () -> add(jdbc, "Persuasion"));
				one.exit().run();
				assertThat(titles(jdbc)).containsExactly("Frankenstein");
				assertThat(on(1, () -> titles(jdbc))).containsExactly("Frankenstein", "Persuasion");
			}
		});
	}

	@Test
	void poolOfSlotHasSettingsOfTheApplication() {
		this.contextRunner
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=2",
					"spring.datasource.hikari.connection-timeout=250",
					"spring.datasource.hikari.connection-init-sql=set my.setting = 'initial'")
			.run((context) -> {
				PostgresResource resource = context.getBean(PostgresResource.class);
				try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
					on(1, () -> {
						DataSource dataSource = context.getBean(DataSource.class);
						try (Connection connection = dataSource.getConnection();
								Connection last = dataSource.getConnection()) {
							assertThat(JdbcClient.create(new SingleConnectionDataSource(connection, true))
								.sql("select current_setting('my.setting')")
								.query(String.class)
								.single()).isEqualTo("initial");
							assertThatExceptionOfType(SQLException.class).isThrownBy(dataSource::getConnection);
						}
						return null;
					});
					assertThat(context.getBean(HikariDataSource.class).getHikariPoolMXBean().getActiveConnections())
						.isZero();
				}
			});
	}

	@Test
	void databasesAreDroppedWithTheirSlots() {
		this.contextRunner.run((context) -> {
			PostgresDatabase database = context.getBean(PostgresDatabase.class);
			PostgresResource resource = context.getBean(PostgresResource.class);
			ResourceLease<?> first = resource.lease(0);
			ResourceLease<?> second = resource.lease(1);
			assertThat(databases(database)).containsExactly("", "_1", "_base");
			second.close();
			assertThat(databases(database)).containsExactly("", "_base");
			first.close();
			assertThat(databases(database)).containsExactly("");
		});
	}

	private static List<String> databases(PostgresDatabase database) throws SQLException {
		try (Connection connection = database.server().connectToServer()) {
			return JdbcClient.create(new SingleConnectionDataSource(connection, true))
				.sql("select replace(datname, :name, '') from pg_database where datname = :name or datname like :name || '\\_%' order by 1")
				.param("name", database.name())
				.query(String.class)
				.list();
		}
	}

	private static long committed(ApplicationContext context, String suffix) throws SQLException {
		PostgresDatabase database = context.getBean(PostgresDatabase.class);
		try (Connection connection = database.server().connect(database.server().url(database.name() + suffix))) {
			return JdbcClient.create(new SingleConnectionDataSource(connection, true))
				.sql("select count(*) from book")
				.query(Long.class)
				.single();
		}
	}

	private static long add(JdbcClient jdbc, String title) {
		return jdbc.sql("insert into book (title) values (?) returning id").param(title).query(Long.class).single();
	}

	private static List<String> titles(JdbcClient jdbc) {
		return jdbc.sql("select title from book order by id").query(String.class).list();
	}

	private static <T> T on(int number, Callable<T> work) throws Exception {
		slot.set(number);
		try {
			return work.call();
		}
		finally {
			slot.remove();
		}
	}

	private record Scope(Runnable exit) {

		static <S> Scope enter(ResourceLease<S> lease, TestIsolation isolation) {
			S state = lease.capture();
			lease.enter(new TestScope("Tests.test", isolation));
			return new Scope(() -> lease.restore(state, "Tests.test"));
		}

	}

}
