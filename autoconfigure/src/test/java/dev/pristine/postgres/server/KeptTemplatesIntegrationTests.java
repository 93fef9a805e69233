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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.FileSystemUtils;

import dev.pristine.postgres.PostgresServerAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link KeptTemplates}. A second server stands for the one of the next run.
 */
@DisabledOnOs(OS.WINDOWS)
class KeptTemplatesIntegrationTests {

	private static final String FIRST = "pristine.launch=embedded";

	private static final String SECOND = "pristine.postgres.launch=embedded";

	private static final String[] THIRD = { FIRST, "pristine.postgres.password=third" };

	private Path directory;

	@BeforeEach
	void createDirectory() throws IOException {
		this.directory = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"),
				"pristine-kept-" + ProcessHandle.current().pid() + "-" + System.nanoTime()));
		Files.createDirectory(this.directory.resolve("migrations"));
		Files.createDirectory(this.directory.resolve("cache"));
		write("V1__book.sql", "CREATE TABLE book (id int)");
	}

	@AfterEach
	void removeDirectory() throws IOException {
		awaitKeepers();
		FileSystemUtils.deleteRecursively(this.directory);
	}

	// Old clusters go after the new one has come
	private static void awaitKeepers() {
		await().atMost(Duration.ofSeconds(60))
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().equals("pristine-template")));
	}

	@Test
	void nextRunFindsTemplateAndNothingOfTests() {
		contextRunner(FIRST).run((context) -> {
			JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
			jdbc.execute("INSERT INTO book VALUES (1)");
			jdbc.execute("CREATE ROLE tester");
			await().atMost(Duration.ofSeconds(60)).until(() -> clusters() == 2);
		});
		contextRunner(SECOND).run((context) -> {
			JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
			List<String> names = jdbc.queryForList(
					"SELECT datname FROM pg_database WHERE datname LIKE 'pristine%' ORDER BY datname", String.class);
			// The second one is empty, for the next application context
			assertThat(names).hasSize(3).startsWith("pristine_1", "pristine_2");
			assertThat(names.get(2)).startsWith("pristine_template_");
			assertThat(jdbc.queryForList("SELECT * FROM book")).isEmpty();
			assertThat(jdbc.queryForList("SELECT rolname FROM pg_roles", String.class)).doesNotContain("tester");
			assertThat(hasMigratedBefore(context)).isTrue();
		});
	}

	@Test
	void nextRunFindsWhatLiquibaseHasMade() throws IOException {
		write("root.sql", """
				--liquibase formatted sql
				--changeset library:book
				CREATE TABLE book (id int);
				--changeset library:always runAlways:true
				INSERT INTO book VALUES (1);
				""");
		ClassLoader classLoader = new URLClassLoader(new URL[] { this.directory.resolve("migrations").toUri().toURL() },
				getClass().getClassLoader());
		for (String run : List.of(FIRST, SECOND)) {
			contextRunner(run).withClassLoader(classLoader)
				.withConfiguration(AutoConfigurations.of(LiquibaseAutoConfiguration.class))
				.withPropertyValues("spring.flyway.enabled=false", "spring.liquibase.enabled=true",
						"spring.liquibase.change-log=classpath:root.sql")
				.run((context) -> {
					JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
					assertThat(jdbc.queryForList("SELECT id FROM book", Integer.class)).containsExactly(1);
					assertThat(jdbc.queryForObject(
							"SELECT max(dateexecuted) < pg_postmaster_start_time() AT TIME ZONE current_setting('TimeZone') FROM databasechangelog",
							Boolean.class))
						.isEqualTo(run.equals(SECOND));
					await().atMost(Duration.ofSeconds(60)).until(() -> clusters() == 2);
				});
		}
	}

	@Test
	void leastRecentlyUsedTemplateGoesFirst() throws IOException {
		for (int table : List.of(2, 3, 4)) {
			keep(table, FIRST);
		}
		writeSecond(2);
		contextRunner(SECOND).run((context) -> assertThat(hasMigratedBefore(context)).isTrue());
		keep(5, SECOND);
		for (int table : List.of(2, 4, 5)) {
			writeSecond(table);
			contextRunner(THIRD).run((context) -> assertThat(hasMigratedBefore(context)).isTrue());
		}
		// It is not there any more
		keep(3, THIRD);
	}

	private void keep(int table, String... launch) throws IOException {
		writeSecond(table);
		Set<String> before = Set.copyOf(keptNames());
		contextRunner(launch)
			.run((context) -> await().atMost(Duration.ofSeconds(60)).until(() -> !before.containsAll(keptNames())));
		awaitKeepers();
	}

	private void writeSecond(int table) throws IOException {
		write("V2__more.sql", "CREATE TABLE book" + table + " (id int)");
	}

	private List<String> keptNames() throws IOException {
		return names().stream().filter((name) -> name.matches(".*-[0-9a-f]{32}-.*")).toList();
	}

	@Test
	void clustersOfOtherProjectsDoNotGrowWithoutEnd() throws IOException {
		contextRunner(FIRST).run((context) -> await().atMost(Duration.ofSeconds(60)).until(() -> clusters() == 2));
		awaitKeepers();
		String own = names().stream().max(Comparator.comparing(String::length)).orElseThrow();
		for (int i = 0; i < 20; i++) {
			Path other = this.directory.resolve("cache")
				.resolve(own.replaceFirst("-[0-9a-f]{32}-", "-other" + i + "-"));
			Files.createFile(other);
			assertThat(other.toFile().setLastModified(i * 1000L)).isTrue();
		}
		// Made first, used last
		assertThat(this.directory.resolve("cache").resolve(own).toFile().setLastModified(0)).isTrue();
		write("V2__author.sql", "CREATE TABLE author (id int)");
		contextRunner(SECOND).run((context) -> await().atMost(Duration.ofSeconds(60)).until(() -> clusters() == 17));
		assertThat(names()).contains(own)
			.anyMatch((name) -> name.contains("-other19-"))
			.noneMatch((name) -> name.contains("-other5-"));
	}

	@Test
	void migrationsThatMakeRolesAreNotKept() throws IOException {
		write("V2__role.sql", "CREATE ROLE reader");
		for (String run : List.of(FIRST, SECOND)) {
			contextRunner(run).run((context) -> assertThat(new JdbcTemplate(context.getBean(DataSource.class))
				.queryForList("SELECT * FROM flyway_schema_history")).hasSize(2));
		}
		assertThat(clusters()).isOne();
	}

	private static boolean hasMigratedBefore(ApplicationContext context) {
		return Boolean.TRUE.equals(new JdbcTemplate(context.getBean(DataSource.class)).queryForObject(
				"SELECT max(installed_on) < pg_postmaster_start_time() AT TIME ZONE current_setting('TimeZone') FROM flyway_schema_history",
				Boolean.class));
	}

	private ApplicationContextRunner contextRunner(String... launch) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PostgresServerAutoConfiguration.class,
					DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class))
			.withPropertyValues(launch)
			.withPropertyValues(EmbeddedServer.programs(),
					"pristine.cache-directory=" + this.directory.resolve("cache"),
					"spring.flyway.locations=filesystem:" + this.directory.resolve("migrations"));
	}

	private long clusters() throws IOException {
		return names().size();
	}

	private List<String> names() throws IOException {
		try (Stream<Path> files = Files.list(this.directory.resolve("cache"))) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.matches("postgres-cluster-.*\\.sum"))
				.toList();
		}
	}

	private void write(String name, String content) throws IOException {
		Files.writeString(this.directory.resolve("migrations").resolve(name), content);
	}

}
