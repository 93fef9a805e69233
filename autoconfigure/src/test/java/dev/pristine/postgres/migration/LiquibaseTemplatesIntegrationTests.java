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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import liquibase.integration.spring.Customizer;
import liquibase.integration.spring.SpringLiquibase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.pristine.postgres.DatabaseDump;
import dev.pristine.postgres.PostgresIsolationAutoConfiguration;
import dev.pristine.postgres.PostgresServerAutoConfiguration;
import dev.pristine.postgres.migration.changes.AddBook;
import dev.pristine.postgres.migration.changes.GetResource;
import dev.pristine.postgres.migration.changes.OpenFile;
import dev.pristine.postgres.migration.changes.ReadFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for templates of what Liquibase makes, on an external server.
 */
class LiquibaseTemplatesIntegrationTests extends TemplatesOnExternalServer {

	private URLClassLoader classLoader;

	@BeforeEach
	void writeChanges() throws IOException {
		this.classLoader = new URLClassLoader(new URL[] { this.migrations.toUri().toURL() },
				getClass().getClassLoader());
		write("root.yaml", """
				databaseChangeLog:
				  - property: { name: genre, value: novel }
				  - include: { file: tables.xml, relativeToChangelogFile: true }
				  - includeAll: { path: scripts, relativeToChangelogFile: true }
				""");
		write("tables.xml", xml("""
				<changeSet id="book" author="library">
					<createTable tableName="book">
						<column name="id" type="int"/><column name="title" type="text" defaultValue="${title}"/>
					</createTable>
				</changeSet>
				<changeSet id="rows" author="library">
					<sqlFile path="rows/books.sql" relativeToChangelogFile="true"/>
					<loadData file="rows/books.csv" tableName="book" relativeToChangelogFile="true"/>
				</changeSet>
				<changeSet id="always" author="library" runAlways="true">
					<sql>INSERT INTO book VALUES (9, 'always')</sql>
				</changeSet>
				<changeSet id="summer" author="library" context="summer">
					<sql>INSERT INTO book VALUES (8, 'summer')</sql>
				</changeSet>"""));
		write("rows/books.sql", "INSERT INTO book VALUES (1);");
		write("rows/books.csv", "id,title\n2,Emma\n");
		write("scripts/genre.sql", """
				--liquibase formatted sql
				--changeset library:genre
				CREATE TABLE ${genre} (id int);
				""");
	}

	@AfterEach
	void closeClassLoader() throws IOException {
		this.classLoader.close();
	}

	@Test
	void contextsGetCopiesOfWhatLiquibaseMakes() {
		Map<String, String> without = dump(contextRunner("pristine.postgres.templates=false"));
		assertThat(templates()).isEmpty();
		Map<String, String> first = dump(contextRunner());
		assertThat(templates()).hasSize(1);
		// With its times: nothing ran again
		assertThat(dump(contextRunner())).isEqualTo(first);
		assertThat(templates()).hasSize(1);
		assertThat(withoutHistory(first)).isEqualTo(withoutHistory(without)).isNotEmpty();
		assertThat(titles(contextRunner())).containsExactly("Frankenstein", "Emma", "always");
		assertThat(reasons()).isEmpty();
	}

	@Test
	void whatChangesTheOutcomeIsAnotherTemplate() throws IOException {
		dump(contextRunner());
		assertThat(titles(contextRunner("spring.liquibase.parameters.title=Persuasion"))).contains("Persuasion");
		assertThat(titles(contextRunner("spring.liquibase.contexts=summer"))).contains("summer");
		writeRain("summer");
		assertThat(titles(contextRunner())).doesNotContain("rain");
		writeRain("winter");
		assertThat(titles(contextRunner())).contains("rain");
		writeRain("${rain}");
		assertThat(titles(contextRunner())).doesNotContain("rain");
		System.setProperty("rain", "winter");
		try {
			assertThat(titles(contextRunner())).contains("rain");
			writeRain("${ra${in}}");
			assertThat(titles(contextRunner("spring.liquibase.parameters.in=out"))).doesNotContain("rain");
			assertThat(titles(contextRunner("spring.liquibase.parameters.in=in"))).contains("rain");
		}
		finally {
			System.clearProperty("rain");
		}
		write("rows/books.csv", "id,title\n2,Sanditon\n");
		assertThat(titles(contextRunner())).contains("Sanditon");
		write("rows/books.sql", "INSERT INTO book VALUES (1, 'Evelina');");
		assertThat(titles(contextRunner())).contains("Evelina");
		write("scripts/more.xml", xml(custom(AddBook.class)));
		assertThat(titles(contextRunner())).contains("custom");
		assertThat(reasons()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "<executeCommand executable=\"true\"/>",
			"<update tableName=\"book\"><column name=\"title\" valueClobFile=\"title.txt\"/></update>",
			"<preConditions onFail=\"CONTINUE\"><changeLogPropertyDefined property=\"rain\"/></preConditions>",
			"<sql>SELECT '${LIQUIBASE_EXECUTION_DATETIME}'</sql>",
			"<sql>SELECT '${database.defaultCatalogName}'</sql>" })
	void whatVariesHasNoTemplate(String change) throws IOException {
		write("scripts/title.txt", "Emma");
		write("scripts/more.xml", xml("<changeSet id=\"more\" author=\"library\">" + change + "</changeSet>"));
		assertHasNoTemplate(contextRunner(), "more.xml' contains");
	}

	@Test
	void whatCannotBeKnownHasNoTemplate() throws IOException {
		assertHasNoTemplate(contextRunner().withBean(Customizer.class, () -> (liquibase) -> {
		}), "'customizer' of Liquibase is set");
		assertHasNoTemplate(contextRunner().withBean(OwnLiquibase.class), "may do more than Liquibase");
		write("scripts/more.xml", xml(custom(ReadFile.class)));
		assertHasNoTemplate(contextRunner(), "uses java/nio/file/");
		write("V9__other.txt", "");
		write("scripts/more.xml", xml(custom(OpenFile.class)));
		assertHasNoTemplate(contextRunner(), "No template");
		write("scripts/more.xml", xml(custom(GetResource.class)));
		assertHasNoTemplate(contextRunner(), "uses getResource");
	}

	@Test
	void liquibaseRunsAgainIfTestAsksForThat() {
		for (int i = 0; i < 2; i++) {
			contextRunner().run((context) -> {
				SpringLiquibase liquibase = context.getBean(SpringLiquibase.class);
				liquibase.setDropFirst(true);
				new JdbcTemplate(context.getBean(DataSource.class)).execute("DELETE FROM book");
				liquibase.afterPropertiesSet();
				assertThat(new JdbcTemplate(context.getBean(DataSource.class)).queryForList("SELECT * FROM book"))
					.hasSize(3);
			});
		}
	}

	@Test
	void liquibaseThatIsToldNotToRunLeavesTheTemplateToOthers() {
		for (int i = 0; i < 2; i++) {
			contextRunner().withUserConfiguration(TwoLiquibases.class)
				.run((context) -> assertThat(
						new JdbcTemplate(context.getBean(DataSource.class)).queryForList("SELECT * FROM book"))
					.hasSize(3));
		}
		assertThat(templates()).hasSize(1);
		assertThat(reasons()).hasSize(2).allMatch((reason) -> reason.contains("told not to run"));
	}

	@Test
	void nothingIsWrittenToTheWorkingDirectory() {
		dump(contextRunner());
		assertThat(Path.of("databasechangelog.csv")).doesNotExist();
	}

	@Test
	void failingChangeIsReportedAsEver() throws IOException {
		write("rows/books.sql", "INSERT INTO absent VALUES (1);");
		contextRunner().run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining("tables.xml::rows::library")
			.hasStackTraceContaining("absent"));
		assertThat(templates()).isEmpty();
	}

	@Test
	void flywayKeepsWhatLiquibaseHasMade() throws IOException {
		write("V1__author.sql", "CREATE TABLE author (id int)");
		for (int i = 0; i < 2; i++) {
			contextRunner("spring.flyway.locations=filesystem:" + this.migrations,
					"spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=0")
				.withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
				.run((context) -> {
					JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
					assertThat(jdbc.queryForList("SELECT * FROM author")).isEmpty();
					assertThat(jdbc.queryForList("SELECT * FROM book")).hasSize(3);
				});
		}
		assertThat(templates()).hasSize(1);
	}

	private void writeRain(String context) throws IOException {
		write("scripts/rain.sql", """
				--liquibase formatted sql
				--changeset library:rain context:%s
				INSERT INTO book VALUES (6, 'rain');
				""".formatted(context));
	}

	private void assertHasNoTemplate(ApplicationContextRunner contextRunner, String reason) {
		this.log.list.clear();
		assertThat(titles(contextRunner)).isNotEmpty();
		assertThat(reasons()).singleElement().asString().contains(reason);
		assertThat(templates()).isEmpty();
	}

	private ApplicationContextRunner contextRunner(String... properties) {
		return new ApplicationContextRunner().withClassLoader(this.classLoader)
			.withConfiguration(AutoConfigurations.of(PostgresServerAutoConfiguration.class,
					PostgresIsolationAutoConfiguration.class, DataSourceAutoConfiguration.class,
					LiquibaseAutoConfiguration.class))
			.withPropertyValues(serverProperties())
			.withPropertyValues("spring.liquibase.enabled=true", "spring.liquibase.change-log=classpath:root.yaml",
					"spring.liquibase.contexts=winter", "spring.liquibase.parameters.title=Frankenstein")
			.withPropertyValues(properties);
	}

	private static Map<String, String> dump(ApplicationContextRunner contextRunner) {
		AtomicReference<Map<String, String>> dump = new AtomicReference<>();
		contextRunner.run((context) -> {
			try (var connection = context.getBean(DataSource.class).getConnection()) {
				dump.set(DatabaseDump.content(connection));
			}
		});
		return dump.get();
	}

	private static Map<String, String> withoutHistory(Map<String, String> dump) {
		Map<String, String> rest = new TreeMap<>(dump);
		rest.keySet().removeIf((table) -> table.contains("databasechangelog"));
		return rest;
	}

	private static List<String> titles(ApplicationContextRunner contextRunner) {
		AtomicReference<List<String>> titles = new AtomicReference<>();
		contextRunner.run((context) -> titles.set(new JdbcTemplate(context.getBean(DataSource.class))
			.queryForList("SELECT title FROM book ORDER BY id", String.class)));
		return titles.get();
	}

	private static List<String> templates() {
		return databases("pristine_template_", "pristine_draft_");
	}

	private static String custom(Class<?> type) {
		return "<changeSet id=\"custom\" author=\"library\"><customChange class=\"%s\"/></changeSet>"
			.formatted(type.getName());
	}

	private static String xml(String changeSets) {
		return """
				<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
					xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
					xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog
						http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
				%s
				</databaseChangeLog>""".formatted(changeSets);
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoLiquibases {

		@Bean
		SpringLiquibase first(DataSource dataSource) {
			SpringLiquibase first = new SpringLiquibase();
			first.setDataSource(dataSource);
			first.setChangeLog("classpath:tables.xml");
			first.setShouldRun(false);
			return first;
		}

		@Bean
		SpringLiquibase second(DataSource dataSource) {
			SpringLiquibase second = new SpringLiquibase();
			second.setDataSource(dataSource);
			second.setChangeLog("classpath:root.yaml");
			second.setContexts("winter");
			second.setChangeLogParameters(Map.of("title", "Frankenstein"));
			return second;
		}

	}

	static class OwnLiquibase extends SpringLiquibase {

		OwnLiquibase(DataSource dataSource, Environment environment) {
			setDataSource(dataSource);
			setChangeLog(environment.getRequiredProperty("spring.liquibase.change-log"));
			setChangeLogParameters(Map.of("title", "Frankenstein"));
			setContexts("winter");
		}

	}

}
