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

package dev.pristine.postgres.migration;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.StringUtils;

import dev.pristine.launch.LaunchedJvm;
import dev.pristine.postgres.PostgresIsolationAutoConfiguration;
import dev.pristine.postgres.PostgresServerAutoConfiguration;
import dev.pristine.postgres.migration.migrations.RepeatCallback;
import dev.pristine.postgres.migration.migrations.V3__Read;
import dev.pristine.postgres.migration.migrations.V3__Repeat;
import dev.pristine.postgres.server.PostgresDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for templates of what Flyway makes, on an external server.
 */
class TemplatedMigrationIntegrationTests extends TemplatesOnExternalServer {

	@BeforeEach
	void writeMigrations() throws IOException {
		write("V1__book.sql", "CREATE TABLE book (id int, title text DEFAULT '${title}')");
		write("V2__frankenstein.sql", "INSERT INTO book VALUES (1)");
	}

	@Test
	void secondContextGetsCopyWithCompleteHistory() {
		List<Map<String, Object>> first = history(contextRunner());
		assertThat(first).extracting("version").containsExactly("1", "2");
		contextRunner().run((context) -> {
			// With its times: nothing ran again
			assertThat(history(context.getBean(DataSource.class))).isEqualTo(first);
			Flyway flyway = context.getBean(Flyway.class);
			flyway.validate();
			assertThat(flyway.info().pending()).isEmpty();
			assertThat(flyway.info().applied()).extracting(MigrationInfo::getScript)
				.containsExactly("V1__book.sql", "V2__frankenstein.sql");
			JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
			assertThat(jdbc.queryForList("SELECT title FROM book", String.class)).containsExactly("Emma");
			assertThat(jdbc.queryForObject("SELECT current_database()", String.class))
				.isEqualTo(context.getBean(PostgresDatabase.class).name());
			jdbc.execute("DELETE FROM book");
		});
		assertThat(history(contextRunner())).isEqualTo(first);
		contextRunner().run((context) -> assertThat(
				new JdbcTemplate(context.getBean(DataSource.class)).queryForList("SELECT title FROM book"))
			.hasSize(1));
		assertThat(templates()).hasSize(1);
		assertThat(databases("pristine_draft_")).isEmpty();
	}

	@Test
	void whatChangesTheOutcomeIsAnotherTemplate() throws IOException {
		history(contextRunner());
		assertThat(templates()).hasSize(1);
		history(contextRunner("spring.flyway.placeholders.title=Persuasion"));
		assertThat(templates()).hasSize(2);
		history(contextRunner("spring.flyway.init-sqls=SET search_path TO public"));
		assertThat(templates()).hasSize(3);
		history(contextRunner("spring.datasource.hikari.connection-init-sql=SET IntervalStyle TO iso_8601"));
		assertThat(templates()).hasSize(4);
		history(contextRunner().withBean(Callback.class, RepeatCallback::new));
		assertThat(templates()).hasSize(5);
		write("afterMigrate.sql", "INSERT INTO book VALUES (2)");
		history(contextRunner());
		assertThat(templates()).hasSize(6);
		// Which Flyway takes for the same
		write("V2__frankenstein.sql", "INSERT INTO book VALUES (1)\n\n");
		history(contextRunner());
		assertThat(templates()).hasSize(7);
		history(contextRunner().withBean(JavaMigration.class, V3__Repeat::new));
		assertThat(templates()).hasSize(8);
		history(contextRunner());
		assertThat(templates()).hasSize(8);
		assertThat(reasons()).isEmpty();
	}

	@Test
	void callbackRunsWhereTheOutcomeIsMade() throws IOException {
		write("afterMigrate.sql", "INSERT INTO book VALUES (2)");
		for (int i = 0; i < 2; i++) {
			contextRunner().withBean(Callback.class, RepeatCallback::new)
				.run((context) -> assertThat(new JdbcTemplate(context.getBean(DataSource.class))
					.queryForList("SELECT id FROM book ORDER BY id", Integer.class)).containsExactly(1, 2, 3));
		}
		assertThat(templates()).hasSize(1);
	}

	@Test
	void whatCannotBeKnownHasNoTemplate() throws IOException {
		assertHasNoTemplate(contextRunner().withBean(JavaMigration.class, () -> new V3__Stateful("Emma")),
				"V3__Stateful has fields");
		assertHasNoTemplate(contextRunner().withBean(JavaMigration.class, V3__Read::new), "uses java/nio/file/");
		assertHasNoTemplate(contextRunner("spring.datasource.type=" + DriverManagerDataSource.class.getName()),
				"connections of");
		write("V3__name.sql", "INSERT INTO book VALUES (3, '${flyway:database}')");
		assertHasNoTemplate(contextRunner(), "'V3__name.sql' contains 'flyway:database'");
	}

	@Test
	void settingsOfDatabaseAreCopied() throws IOException {
		write("V3__name.sql",
				"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem TO 1024', current_database()); END $$");
		for (int i = 0; i < 2; i++) {
			contextRunner().run((context) -> assertThat(
					new JdbcTemplate(context.getBean(DataSource.class)).queryForObject("SHOW work_mem", String.class))
				.isEqualTo("1MB"));
		}
		assertThat(templates()).hasSize(1);
	}

	@Test
	void strategyOfApplicationIsLeftAlone() {
		contextRunner().withBean(FlywayMigrationStrategy.class, () -> Flyway::migrate)
			.run((context) -> assertThat(context).hasSingleBean(FlywayMigrationStrategy.class));
		assertThat(templates()).isEmpty();
	}

	@Test
	void templatesCanBeSwitchedOff() {
		assertThat(history(contextRunner("pristine.postgres.templates=false"))).hasSize(2);
		assertThat(templates()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(classes = { Early.class, Visitor.class })
	void databaseThatSomebodyHasSeenIsNotReplaced(Class<?> early) {
		assertHasNoTemplate(
				contextRunner().withBean("early", early)
					.withInitializer((context) -> context.addBeanFactoryPostProcessor(
							(factory) -> factory.getBeanDefinition("flyway").setDependsOn("early"))),
				"somebody has connected");
	}

	@Test
	void failingMigrationIsReportedAsEver() throws IOException {
		write("V3__fails.sql", "INSERT INTO absent VALUES (1)");
		contextRunner().run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining("V3__fails.sql")
			.hasStackTraceContaining("absent"));
		assertThat(databases("pristine_template_", "pristine_draft_")).isEmpty();
	}

	@Test
	void leastRecentlyUsedGoFirst() {
		for (int i = 1; i <= 8; i++) {
			String name = "pristine_template_" + Integer.toString(i).repeat(32);
			server.execute("CREATE DATABASE " + name + " IS_TEMPLATE true");
			server
				.execute("COMMENT ON DATABASE %s IS 'pristine template, last used 2026-01-0%d'".formatted(name, 9 - i));
		}
		history(contextRunner());
		assertThat(templates()).hasSize(8)
			.contains("pristine_template_" + "7".repeat(32))
			.doesNotContain("pristine_template_" + "8".repeat(32));
	}

	@Test
	void draftsOfTheDeadGoAndThoseOfTheLivingStay() throws SQLException {
		String draft = "pristine_draft_" + "0".repeat(15) + "7" + "0".repeat(16);
		server.execute("CREATE DATABASE " + draft);
		try (Connection living = external().connect(); Statement statement = living.createStatement()) {
			statement.execute("SELECT pg_advisory_lock(7)");
			history(contextRunner());
			assertThat(databases("pristine_draft_")).containsExactly(draft);
		}
		// The server notices the end of a session later
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			history(contextRunner());
			assertThat(databases("pristine_draft_")).isEmpty();
		});
	}

	@Test
	void twoJvmsBuildOneTemplate() throws Exception {
		write("V3__slow.sql", "SELECT pg_sleep(2)");
		try (LaunchedJvm one = start(); LaunchedJvm two = start()) {
			assertThat(one.await("history")).isEqualTo(two.await("history")).contains("3 ");
		}
		assertThat(templates()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "datname LIKE 'pristine_draft_%'",
			"EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(2)%' AND datname LIKE 'pristine_draft_%')",
			"datname LIKE 'pristine_template_%'" })
	void killedJvmLeavesNothingThatIsUsed(String moment) throws Exception {
		write("V3__slow.sql", "SELECT pg_sleep(2); INSERT INTO book VALUES (3)");
		try (LaunchedJvm killed = start()) {
			await().pollInterval(Duration.ofMillis(5))
				.atMost(Duration.ofSeconds(60))
				.until(() -> server.queryForObject("SELECT count(*) FROM pg_database WHERE " + moment,
						Integer.class) > 0);
			killed.kill();
		}
		// The server goes on with what it was told to create
		await().atMost(Duration.ofSeconds(60))
			.until(() -> server.queryForObject(
					"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query ~ '^(CREATE|DROP) DATABASE'",
					Integer.class) == 0);
		// Another configuration is another connection to the server, as that of a next
		// run
		contextRunner("pristine.postgres.settings.moment=" + moment).run((context) -> {
			assertThat(new JdbcTemplate(context.getBean(DataSource.class)).queryForObject("SELECT count(*) FROM book",
					Integer.class))
				.isEqualTo(2);
			assertThat(databases("pristine_draft_")).isEmpty();
			assertThat(templates()).hasSize(1);
			// Of this run, and nothing of the killed one
			assertThat(server.queryForList(
					"SELECT datname FROM pg_database WHERE datname ~ '^pristine_[0-9a-z]+_[0-9]+$'", String.class))
				.containsExactly(context.getBean(PostgresDatabase.class).name());
		});
	}

	private LaunchedJvm start() throws IOException {
		return LaunchedJvm.run(TemplatedMigrationMain.class, properties());
	}

	private void assertHasNoTemplate(ApplicationContextRunner contextRunner, @Nullable String reason) {
		this.log.list.clear();
		assertThat(history(contextRunner)).isNotEmpty();
		if (reason != null) {
			assertThat(reasons()).singleElement().asString().contains(reason);
			assertThat(templates()).isEmpty();
		}
	}

	private String[] properties() {
		return StringUtils.concatenateStringArrays(serverProperties(), new String[] {
				"spring.flyway.locations=filesystem:" + this.migrations, "spring.flyway.placeholders.title=Emma" });
	}

	private ApplicationContextRunner contextRunner(String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PostgresServerAutoConfiguration.class,
					PostgresIsolationAutoConfiguration.class, DataSourceAutoConfiguration.class,
					FlywayAutoConfiguration.class))
			.withPropertyValues(properties())
			.withPropertyValues(properties);
	}

	private List<Map<String, Object>> history(ApplicationContextRunner contextRunner) {
		List<Map<String, Object>> history = new ArrayList<>();
		contextRunner.run((context) -> history.addAll(history(context.getBean(DataSource.class))));
		return history;
	}

	private static List<Map<String, Object>> history(DataSource dataSource) {
		return new JdbcTemplate(dataSource).queryForList("SELECT * FROM flyway_schema_history ORDER BY installed_rank");
	}

	private static List<String> templates() {
		return databases("pristine_template_");
	}

	// Leaves again, as what asks for the vendor does
	static class Visitor {

		Visitor(PostgresDatabase database) throws SQLException {
			database.connect().close();
		}

	}

	static class Early {

		Early(DataSource dataSource) {
			new JdbcTemplate(dataSource).execute("CREATE TABLE early ()");
			new JdbcTemplate(dataSource).execute("DROP TABLE early");
		}

	}

	static class V3__Stateful extends V3__Repeat {

		private final String title;

		V3__Stateful(String title) {
			this.title = title;
		}

	}

}
