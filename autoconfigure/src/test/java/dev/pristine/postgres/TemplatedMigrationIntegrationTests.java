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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.JavaMigration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TemplatedMigration} on an external server.
 */
class TemplatedMigrationIntegrationTests {

	private static TestDatabase external;

	private static JdbcTemplate server;

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.pristine.postgres");

	@TempDir
	private Path migrations;

	@BeforeAll
	static void startServer() {
		external = TestDatabase.create();
		server = new JdbcTemplate(
				new SimpleDriverDataSource(new org.postgresql.Driver(), external.url(), external.username(), external.password()));
	}

	@AfterAll
	static void dropDatabase() {
		external.close();
	}

	@BeforeEach
	void writeMigrations() throws IOException {
		write("V1__book.sql", "CREATE TABLE book (id int, title text DEFAULT '${title}')");
		write("V2__frankenstein.sql", "INSERT INTO book VALUES (1)");
		this.log.start();
		this.logger.setLevel(Level.DEBUG);
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void removeTemplates() {
		this.logger.detachAppender(this.log);
		this.logger.setLevel(null);
		for (String name : databases("pristine_template_", "pristine_draft_")) {
			server.execute("ALTER DATABASE " + name + " WITH IS_TEMPLATE false");
			server.execute("DROP DATABASE " + name);
		}
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

	private ApplicationContextRunner contextRunner(String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PostgresServerAutoConfiguration.class,
					PostgresIsolationAutoConfiguration.class, DataSourceAutoConfiguration.class,
					FlywayAutoConfiguration.class))
			.withPropertyValues("pristine.postgres.url=" + external.url(),
					"pristine.postgres.username=" + external.username(),
					"pristine.postgres.password=" + external.password(),
					"spring.flyway.locations=filesystem:" + this.migrations, "spring.flyway.placeholders.title=Emma")
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

	private List<String> reasons() {
		return this.log.list.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((message) -> message.startsWith("No template"))
			.toList();
	}

	private static List<String> templates() {
		return databases("pristine_template_");
	}

	private static List<String> databases(String... prefixes) {
		return server.queryForList("SELECT datname FROM pg_database ORDER BY datname", String.class)
			.stream()
			.filter((name) -> Arrays.stream(prefixes).anyMatch(name::startsWith))
			.toList();
	}

	private void write(String name, String content) throws IOException {
		Files.writeString(this.migrations.resolve(name), content);
	}

}
