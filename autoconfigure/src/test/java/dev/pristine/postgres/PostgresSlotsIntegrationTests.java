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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import dev.pristine.TestIsolation;
import dev.pristine.launch.RunTag;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.Sql;
import dev.pristine.postgres.server.TestDatabase;
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

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class,
				PostgresServerAutoConfiguration.class, DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class))
		.withBean(CurrentSlot.class, ChosenSlot::new);

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
						ChosenSlot.on(number, () -> {
							assertThat(titles(jdbc)).containsExactly("Frankenstein", "Written at start");
							assertThat(add(jdbc, "Persuasion " + number)).isEqualTo(3);
							return null;
						});
					}
					assertThat(ChosenSlot.on(1, () -> titles(jdbc))).contains("Persuasion 1")
						.doesNotContain("Persuasion 2");
					assertThat(ChosenSlot.on(2, () -> titles(jdbc))).contains("Persuasion 2").doesNotContain("Emma");
					assertThat(titles(jdbc)).containsExactly("Frankenstein", "Written at start", "Emma");
				}
				assertThatExceptionOfType(ResourceException.class)
					.isThrownBy(() -> ChosenSlot.on(1, () -> titles(jdbc)))
					.withMessageContaining("slot 1, which has been given back");
			}
		});
	}

	@Test
	void sequencesThatCountInStepsHaveNumbersOfTheirOwn() {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			jdbc.sql("create sequence in_steps increment 50").update();
			Callable<Long> next = () -> jdbc.sql("select nextval('in_steps')").query(Long.class).single();
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0);
					ResourceLease<?> second = resource.lease(1);
					ResourceLease<?> third = resource.lease(2)) {
				assertThat(next.call()).isOne();
				assertThat(ChosenSlot.on(1, next)).isEqualTo(500_001);
				assertThat(ChosenSlot.on(2, next)).isEqualTo(1_000_001);
				assertThat(ChosenSlot.on(2, next)).isEqualTo(1_000_051);
			}
		});
	}

	@Test
	void sequencesOfSpringBatchHaveNumbersOfTheirOwnInTheJvm() {
		List<Long> numbers = new ArrayList<>();
		for (String sequence : List.of("\"BATCH_STEP_EXECUTION_SEQ\"", "my_job_execution_seq")) {
			this.contextRunner.run((context) -> {
				JdbcClient jdbc = context.getBean(JdbcClient.class);
				jdbc.sql("create sequence " + sequence).update();
				Callable<Long> next = () -> jdbc.sql("select nextval('" + sequence + "')").query(Long.class).single();
				PostgresResource resource = context.getBean(PostgresResource.class);
				try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
					Scope scope = Scope.enter(second, TestIsolation.TRUNCATE);
					long number = ChosenSlot.on(1, next);
					assertThat(number).isGreaterThan(10_000);
					scope.exit().run();
					assertThat(ChosenSlot.on(1, next)).isEqualTo(number);
					numbers.add(number);
				}
			});
		}
		assertThat(numbers).hasSize(2).doesNotHaveDuplicates();
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
				ChosenSlot.on(1, () -> add(jdbc, "Persuasion"));
				assertThat(committed(context, "")).isEqualTo(2);
				assertThat(committed(context, "_1")).isOne();
				other.exit().run();
				assertThat(titles(jdbc)).containsExactly("Frankenstein", "Emma");
				assertThat(ChosenSlot.on(1, () -> titles(jdbc))).containsExactly("Frankenstein");
				ChosenSlot.on(1, () -> add(jdbc, "Persuasion"));
				one.exit().run();
				assertThat(titles(jdbc)).containsExactly("Frankenstein");
				assertThat(ChosenSlot.on(1, () -> titles(jdbc))).containsExactly("Frankenstein", "Persuasion");
			}
		});
	}

	@Test
	void thereIsOneCopyWhereClientsGetItsAddress() {
		this.contextRunner.withPropertyValues("pristine.postgres.export-to=my.url").run((context) -> {
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0)) {
				assertThat(resource.onlyCopy()).startsWith("'pristine.postgres.export-to' gives");
			}
		});
	}

	@Test
	void poolOfSlotHasSettingsOfTheApplication() {
		this.contextRunner
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=2",
					"spring.datasource.hikari.connection-timeout=2000",
					"spring.datasource.hikari.connection-init-sql=set my.setting = 'initial'")
			.run((context) -> {
				PostgresResource resource = context.getBean(PostgresResource.class);
				try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
					ChosenSlot.on(1, () -> {
						DataSource dataSource = context.getBean(DataSource.class);
						try (Connection connection = dataSource.getConnection();
								Connection last = dataSource.getConnection()) {
							assertThat(client(connection).sql("select current_setting('my.setting')")
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
			add(context.getBean(JdbcClient.class), "Written at start");
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

	@Test
	void nothingIsCopiedIfNobodyHasWrittenSinceTheTemplate() {
		Set<List<String>> seen = new HashSet<>();
		// The server's own autovacuum may write at any moment, which asks for a copy
		for (int i = 0; i < 5 && !seen.contains(List.of("", "_1")); i++) {
			this.contextRunner.run((context) -> {
				PostgresDatabase database = context.getBean(PostgresDatabase.class);
				PostgresResource resource = context.getBean(PostgresResource.class);
				try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
					seen.add(databases(database));
				}
			});
		}
		assertThat(seen).contains(List.of("", "_1"));
	}

	@Test
	void schemaThatIsChangedAtTheLastMomentIsReset() {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			try (ResourceLease<?> first = context.getBean(PostgresResource.class).lease(0)) {
				jdbc.sql("create table shelf (id int)").update();
				assertShelfIsReset(first, jdbc);
			}
		});
	}

	@Test
	void schemaOfAnotherApplicationWithTheSameTemplateIsNoneOfOurs() {
		String location = "spring.flyway.placeholders.run=" + System.nanoTime();
		this.contextRunner.withPropertyValues(location).run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			jdbc.sql("drop table book cascade").update();
			jdbc.sql("create table book (id uuid, title text)").update();
		});
		this.contextRunner.withPropertyValues(location).run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			try (ResourceLease<?> first = context.getBean(PostgresResource.class).lease(0)) {
				Scope scope = Scope.enter(first, TestIsolation.TRUNCATE);
				add(jdbc, "Emma");
				scope.exit().run();
				assertThat(titles(jdbc)).containsExactly("Frankenstein");
			}
		});
	}

	@Test
	void positionOfUnloggedSequenceIsCopied() {
		this.contextRunner.withPropertyValues("spring.flyway.locations=classpath:db/tickets").run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			Callable<Long> next = () -> jdbc.sql("select nextval('tickets')").query(Long.class).single();
			next.call();
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
				assertThat(ChosenSlot.on(1, next)).isEqualTo(2);
			}
		});
	}

	@Test
	void templateStaysAsLongAsTheServer() {
		this.contextRunner.run((context) -> {
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0)) {
				for (int i = 0; i < 9; i++) {
					this.contextRunner.withPropertyValues("spring.flyway.placeholders.number=" + i)
						.run((other) -> assertThat(other).hasNotFailed());
				}
				try (ResourceLease<?> second = resource.lease(1)) {
					assertThat(ChosenSlot.on(1, () -> titles(context.getBean(JdbcClient.class))))
						.containsExactly("Frankenstein");
				}
			}
		});
	}

	@Test
	void schemaThatWasChangedSinceTheTemplateIsReset() {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			jdbc.sql("create table shelf (id int)").update();
			try (ResourceLease<?> first = context.getBean(PostgresResource.class).lease(0)) {
				assertShelfIsReset(first, jdbc);
			}
		});
	}

	private static void assertShelfIsReset(ResourceLease<?> lease, JdbcClient jdbc) {
		Scope scope = Scope.enter(lease, TestIsolation.TRUNCATE);
		jdbc.sql("insert into shelf values (1)").update();
		scope.exit().run();
		assertThat(jdbc.sql("select * from shelf").query().listOfRows()).isEmpty();
	}

	@Test
	void copyHasSettingsAndPrivilegesOfDatabase() {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			String name = context.getBean(PostgresDatabase.class).name();
			for (String sql : List.of("alter database %s set search_path to archive, \"$user\", public",
					"alter database %s set my.setting to 'it''s'", "revoke all on database %s from public",
					"grant create, connect on database %s to pg_monitor")) {
				jdbc.sql(sql.formatted(name)).update();
			}
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0)) {
				first.capture();
				try (ResourceLease<?> second = resource.lease(1)) {
					Scope scope = Scope.enter(second, TestIsolation.TRUNCATE);
					List<String> attributes = ChosenSlot.on(1, () -> attributes(jdbc));
					assertThat(attributes).isEqualTo(attributes(jdbc))
						.contains("archive, \"$user\", public", "it's")
						.anyMatch((attribute) -> attribute.contains("pg_monitor=Cc"));
					ChosenSlot.on(1, () -> add(jdbc, "Emma"));
					scope.exit().run();
					assertThat(second.isUsable()).isTrue();
					assertThat(ChosenSlot.on(1, () -> titles(jdbc))).containsExactly("Frankenstein");
				}
			}
		});
	}

	private static List<String> attributes(JdbcClient jdbc) {
		return jdbc
			.sql("select current_setting('search_path') union all select current_setting('my.setting')"
					+ " union all select array(select unnest(datacl)::text order by 1)::text from pg_database"
					+ " where datname = current_database()")
			.query(String.class)
			.list();
	}

	@Test
	void slotIsReplacedByItself(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
				Scope one = Scope.enter(first, TestIsolation.TRUNCATE);
				Scope other = Scope.enter(second, TestIsolation.DATABASE);
				add(jdbc, "Emma");
				ChosenSlot.on(1, () -> jdbc.sql("drop table book cascade").update());
				ChosenSlot.on(1, () -> jdbc.sql("create extension citext").update());
				other.exit().run();
				assertThat(titles(jdbc)).containsExactly("Frankenstein", "Emma");
				assertThat(ChosenSlot.on(1, () -> titles(jdbc))).containsExactly("Frankenstein");
				assertThat(output).doesNotContain("was replaced");
				jdbc.sql("drop table book cascade").update();
				one.exit().run();
				assertThat(titles(jdbc)).containsExactly("Frankenstein");
				assertThat(output).contains("Tests.test changed", "table book (dropped)", "was replaced by a copy");
				assertThat(first.isUsable() && second.isUsable()).isTrue();
			}
		});
	}

	@Test
	void databaseIsReplacedWhereThatIsFasterThanToPutRowsBack(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			jdbc.sql("create table big as select id, 'old' as name from generate_series(1, 30000) id").update();
			try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
				Scope whole = Scope.enter(lease, TestIsolation.TRUNCATE);
				long database = database(jdbc);
				Scope test = Scope.enter(lease, TestIsolation.TRUNCATE);
				jdbc.sql("update big set name = 'new' where id % 2 = 0").update();
				test.exit().run();
				assertThat(database(jdbc)).isEqualTo(database);
				test = Scope.enter(lease, TestIsolation.TRUNCATE);
				jdbc.sql("update big set name = 'new'").update();
				test.exit().run();
				assertThat(database(jdbc)).isNotEqualTo(database);
				assertThat(names(jdbc)).containsExactly("30000 old");
				database = database(jdbc);
				jdbc.sql("update big set name = 'class' where id = 1").update();
				test = Scope.enter(lease, TestIsolation.TRUNCATE);
				jdbc.sql("truncate big").update();
				test.exit().run();
				assertThat(names(jdbc)).containsExactly("1 class", "29999 old");
				assertThat(database(jdbc)).isEqualTo(database);
				jdbc.sql("truncate big").update();
				whole.exit().run();
				assertThat(names(jdbc)).containsExactly("30000 old");
				assertThat(database(jdbc)).isNotEqualTo(database);
				assertThat(output)
					.containsPattern("wrote more than is put back one by one .* 30000 rows of .*big\\. It was replaced")
					.doesNotContain("cannot be put back");
			}
		});
	}

	private static long database(JdbcClient jdbc) {
		return jdbc.sql("select oid from pg_database where datname = current_database()").query(Long.class).single();
	}

	private static List<String> names(JdbcClient jdbc) {
		return jdbc.sql("select count(*) || ' ' || name from big group by name order by name")
			.query(String.class)
			.list();
	}

	@Test
	void workPastTheDataSourceIsTold(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			PostgresDatabase database = context.getBean(PostgresDatabase.class);
			try (ResourceLease<?> first = context.getBean(PostgresResource.class).lease(0)) {
				first.capture();
				try (ResourceLease<?> second = context.getBean(PostgresResource.class).lease(1);
						Connection connection = database.connect()) {
					ChosenSlot.on(1, () -> add(jdbc, "Emma"));
					first.tellOfStrays();
					assertThat(output).doesNotContain("something wrote");
					Sql.execute(connection, "insert into book (title) values ('Persuasion')");
				}
				first.tellOfStrays();
				assertThat(output).contains(
						"something wrote to the database itself, past the application's DataSource: public.book.");
				first.tellOfStrays();
				assertThat(output.getOut().split("something wrote")).hasSize(2);
			}
		});
	}

	@Test
	void workOfTheApplicationItselfIsNotTold(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			try (ResourceLease<?> first = context.getBean(PostgresResource.class).lease(0)) {
				first.capture();
				context.getBean(PostgresResource.class).lease(1).close();
				add(context.getBean(JdbcClient.class), "Emma");
				first.tellOfStrays();
			}
			try (ResourceLease<?> first = context.getBean(PostgresResource.class).lease(0)) {
				first.capture();
				context.getBean(PostgresResource.class).lease(1).close();
				first.tellOfStrays();
			}
			assertThat(output).doesNotContain("something wrote to the database itself");
		});
	}

	@Test
	void slotIsLeasedWhileOthersAreAtWork() {
		this.contextRunner.run((context) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0);
					Connection connection = context.getBean(DataSource.class).getConnection()) {
				connection.setAutoCommit(false);
				connection.createStatement().execute("lock table book");
				try (ResourceLease<?> second = resource.lease(1)) {
					assertThat(ChosenSlot.on(1, () -> add(jdbc, "Emma"))).isEqualTo(2);
				}
				connection.rollback();
			}
		});
	}

	@Test
	void dataSourceWithoutPoolLeavesOneCopy() {
		this.contextRunner.withPropertyValues("spring.datasource.type=" + SimpleDriverDataSource.class.getName())
			.run((context) -> {
				PostgresResource resource = context.getBean(PostgresResource.class);
				try (ResourceLease<?> first = resource.lease(0)) {
					assertThat(resource.onlyCopy()).contains("the DataSource 'dataSource', a org.springframework",
							"cannot be had once more", "Use a pool of HikariCP");
					assertThat(first.refusal(TestIsolation.DATABASE)).contains("cannot be had once more");
					assertThat(first.refusal(TestIsolation.TRUNCATE)).isNull();
					assertThat(first.refusal(TestIsolation.TRANSACTION)).isNull();
				}
			});
	}

	@Test
	void connectionThatStaysIsToldAndLeavesOneCopy(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (Connection connection = context.getBean(PostgresDatabase.class).connect();
					ResourceLease<?> first = resource.lease(0)) {
				assertThat(connection.isValid(20)).isTrue();
				assertThat(resource.onlyCopy()).contains("stay connected", "(pid ", "Have them use");
				assertThat(first.refusal(TestIsolation.DATABASE)).contains("stay connected", "Or use TRUNCATE");
				assertThat(first.refusal(TestIsolation.TRUNCATE)).isNull();
				assertThat(databases(context.getBean(PostgresDatabase.class))).containsExactly("");
				Scope scope = Scope.enter(first, TestIsolation.TRUNCATE);
				context.getBean(JdbcClient.class).sql("create table shelf (id int)").update();
				scope.exit().run();
				assertThat(first.isUsable()).isFalse();
				assertThat(output).contains("The next test gets a new database").doesNotContain("the change stays");
			}
		});
	}

	@Test
	void contextWithoutDatabaseHasCopies() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class))
			.run((context) -> {
				PostgresResource resource = context.getBean(PostgresResource.class);
				resource.lease(0).close();
				assertThat(resource.onlyCopy()).isNull();
				resource.lease(1).close();
			});
	}

	@Test
	void contextsDoNotMeet() {
		this.contextRunner.run((context) -> this.contextRunner.run((other) -> {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			JdbcClient others = other.getBean(JdbcClient.class);
			try (ResourceLease<?> first = context.getBean(PostgresResource.class).lease(0);
					ResourceLease<?> second = context.getBean(PostgresResource.class).lease(1);
					ResourceLease<?> third = other.getBean(PostgresResource.class).lease(0);
					ResourceLease<?> fourth = other.getBean(PostgresResource.class).lease(1)) {
				ChosenSlot.on(1, () -> add(jdbc, "Emma"));
				ChosenSlot.on(1, () -> add(others, "Persuasion"));
				assertThat(ChosenSlot.on(1, () -> titles(jdbc))).containsExactly("Frankenstein", "Emma");
				assertThat(ChosenSlot.on(1, () -> titles(others))).containsExactly("Frankenstein", "Persuasion");
			}
		}));
	}

	@Test
	void externalServerHasCopiesWithTheirRun() {
		try (TestDatabase external = TestDatabase.create()) {
			this.contextRunner
				.withPropertyValues("pristine.postgres.url=" + external.url(),
						"pristine.postgres.username=" + external.username(),
						"pristine.postgres.password=" + external.password())
				.run((context) -> {
					PostgresDatabase database = context.getBean(PostgresDatabase.class);
					PostgresResource resource = context.getBean(PostgresResource.class);
					try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
						try (Connection connection = external.connect()) {
							assertThat(client(connection)
								.sql("select distinct shobj_description(oid, 'pg_database') from pg_database"
										+ " where datname like :name || '%'")
								.param("name", database.name())
								.query(String.class)
								.list()).containsExactly(RunTag.current().toString());
						}
						assertThat(ChosenSlot.on(1, () -> add(context.getBean(JdbcClient.class), "Emma"))).isEqualTo(2);
					}
					assertThat(databases(database)).containsExactly("");
				});
		}
	}

	private static JdbcClient client(Connection connection) {
		return JdbcClient.create(new SingleConnectionDataSource(connection, true));
	}

	private static List<String> databases(PostgresDatabase database) throws SQLException {
		try (Connection connection = database.server().connectToServer()) {
			return client(connection).sql(
					"select replace(datname, :name, '') from pg_database where datname = :name or datname like :name || '\\_%' order by 1")
				.param("name", database.name())
				.query(String.class)
				.list();
		}
	}

	private static long committed(ApplicationContext context, String suffix) throws SQLException {
		PostgresDatabase database = context.getBean(PostgresDatabase.class);
		try (Connection connection = database.server().connect(database.server().url(database.name() + suffix))) {
			return client(connection).sql("select count(*) from book").query(Long.class).single();
		}
	}

	private static long add(JdbcClient jdbc, String title) {
		return jdbc.sql("insert into book (title) values (?) returning id").param(title).query(Long.class).single();
	}

	private static List<String> titles(JdbcClient jdbc) {
		return jdbc.sql("select title from book order by id").query(String.class).list();
	}

	private record Scope(Runnable exit) {

		static <S> Scope enter(ResourceLease<S> lease, TestIsolation isolation) {
			S state = lease.capture();
			lease.enter(new TestScope("Tests.test", isolation));
			return new Scope(() -> lease.restore(state, "Tests.test"));
		}

	}

}
