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

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.commons.util.ExceptionUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.pristine.TestIsolation;
import dev.pristine.launch.RunTag;
import dev.pristine.postgres.PostgresIsolationAutoConfiguration;
import dev.pristine.postgres.PostgresServerAutoConfiguration;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ExternalPostgres}.
 */
class ExternalPostgresIntegrationTests {

	private static TestDatabase external;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(PostgresServerAutoConfiguration.class, DataSourceAutoConfiguration.class))
		.withPropertyValues("pristine.postgres.url=" + external.url(),
				"pristine.postgres.username=" + external.username(),
				"pristine.postgres.password=" + external.password());

	@BeforeAll
	static void startServer() {
		external = TestDatabase.create();
	}

	@AfterAll
	static void dropDatabase() {
		external.close();
	}

	@Test
	void addressDecidesLaunchAndContextGetsOwnDatabase() {
		this.contextRunner.run((context) -> {
			PostgresDatabase database = context.getBean(PostgresDatabase.class);
			assertThat(database.server()).isInstanceOf(ExternalPostgres.class);
			String name = new JdbcTemplate(context.getBean(DataSource.class))
				.queryForObject("SELECT current_database()", String.class);
			assertThat(name).isEqualTo(database.name()).startsWith("pristine_");
			assertThat(external.query("SELECT datname FROM pg_database")).contains(name);
			context.getSourceApplicationContext().close();
			assertThat(external.query("SELECT datname FROM pg_database")).doesNotContain(name);
		});
	}

	@Test
	void userWithoutCreatedbGetsOwnSchema() throws SQLException {
		external.execute("CREATE ROLE limited LOGIN PASSWORD 'x'",
				"GRANT CREATE ON DATABASE " + external.name() + " TO limited", "CREATE TABLE public.theirs (id int)");
		try {
			this.contextRunner.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class))
				.withPropertyValues("pristine.postgres.username=limited", "pristine.postgres.password=x")
				.run((context) -> {
					try (ResourceLease<?> lease = context.getBean(TestResource.class).lease(0)) {
						// The rest of the database is others'
						assertThat(lease.refusal(TestIsolation.TRUNCATE)).contains("nothing else is deleted");
						assertThat(lease.refusal(TestIsolation.TRANSACTION)).isNull();
					}
					JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
					String schema = jdbc.queryForObject("SELECT current_schema()", String.class);
					assertThat(schema).isEqualTo(context.getBean(PostgresDatabase.class).name());
					jdbc.execute("CREATE TABLE mine (id int)");
					context.getSourceApplicationContext().close();
					assertThat(external.query("SELECT nspname FROM pg_namespace")).doesNotContain(schema)
						.contains("public");
					assertThat(external.query("SELECT relname FROM pg_class")).contains("theirs")
						.doesNotContain("mine");
				});
		}
		finally {
			external.execute("DROP TABLE public.theirs", "DROP OWNED BY limited", "DROP ROLE limited");
		}
	}

	@Test
	void userWithoutAnyPermissionIsTold() throws SQLException {
		external.execute("CREATE ROLE powerless LOGIN PASSWORD 'x'");
		try {
			this.contextRunner
				.withPropertyValues("pristine.postgres.username=powerless", "pristine.postgres.password=x")
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOf(ResourceException.class)
					.hasMessageContaining("'powerless' may create neither")
					.hasMessageContaining("CREATEDB"));
		}
		finally {
			external.execute("DROP ROLE powerless");
		}
	}

	@Test
	void wrongPasswordIsTold() {
		this.contextRunner.withPropertyValues("pristine.postgres.password=wrong")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("refused the user")
				.hasStackTraceContaining("Action: Correct 'pristine.postgres.username'"));
	}

	@Test
	void unreachableServerIsTold() {
		this.contextRunner.withPropertyValues("pristine.postgres.url=jdbc:postgresql://localhost:1/app")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("cannot be reached")
				.hasStackTraceContaining("Action: Start it"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://localhost:1/app?user=me&password=secret",
			"jdbc:postgresql://me:secret@localhost:1/app", "jdbc:postgresql://db.prod.example.com/app?password=secret",
			"postgres://me:secret@localhost:1/app" })
	void passwordInUrlIsNotTold(String url) {
		this.contextRunner.withPropertyValues("pristine.postgres.url=" + url)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("ResourceException")
				.extracting(ExceptionUtils::readStackTrace)
				.asString()
				.doesNotContain("secret"));
	}

	@Test
	void productionIsRefused() {
		for (String url : List.of("jdbc:postgresql://db.prod.example.com/app", "jdbc:postgresql://db/app_production",
				"jdbc:postgresql://live-db:5432/app")) {
			this.contextRunner.withPropertyValues("pristine.postgres.url=" + url)
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.hasMessageContaining("looks like production")
					.hasMessageContaining("pristine.postgres.disposable"));
		}
	}

	@Test
	void productionIsUsedWhenDisposable() throws SQLException {
		external.execute("CREATE DATABASE live");
		try {
			this.contextRunner
				.withPropertyValues("pristine.postgres.url=" + external.url().replace(external.name(), "live"),
						"pristine.postgres.disposable=true")
				.run((context) -> assertThat(context).hasNotFailed());
		}
		finally {
			external.execute("DROP DATABASE live");
		}
	}

	@Test
	void productiveNamesAreNoProduction() {
		this.contextRunner.withPropertyValues("pristine.postgres.url=jdbc:postgresql://localhost:1/products_delivery")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("cannot be reached"));
	}

	@Test
	void leftoversOfDeadRunsOnlyAreDropped() throws SQLException {
		RunTag self = RunTag.current();
		external.execute("CREATE DATABASE pristine_dead", "CREATE DATABASE pristine_living",
				"CREATE DATABASE pristine_other", "CREATE DATABASE pristine_unknown",
				"COMMENT ON DATABASE pristine_dead IS '" + new RunTag(self.host(), self.pid(), 1) + "'",
				"COMMENT ON DATABASE pristine_living IS '" + self + "'",
				"COMMENT ON DATABASE pristine_other IS '" + new RunTag("elsewhere", 1, 1) + "'");
		try {
			// A configuration of its own, so that the server is new to this JVM
			this.contextRunner.withPropertyValues("pristine.postgres.settings.unused=leftovers")
				.run((context) -> assertThat(context).hasSingleBean(PostgresDatabase.class));
			assertThat(external.query("SELECT datname FROM pg_database")).doesNotContain("pristine_dead")
				.contains("pristine_living", "pristine_other", "pristine_unknown");
		}
		finally {
			for (String name : List.of("dead", "living", "other", "unknown")) {
				external.execute("DROP DATABASE IF EXISTS pristine_" + name);
			}
		}
	}

	@Test
	void halfMadeDatabaseIsDroppedUnlessSomebodyIsMakingIt() throws SQLException {
		external.execute("CREATE DATABASE pristine_half ALLOW_CONNECTIONS false");
		try {
			try (Connection living = external.connect(); Statement statement = living.createStatement()) {
				statement.execute("SELECT pg_advisory_lock_shared(hashtextextended('pristine', 0))");
				this.contextRunner.withPropertyValues("pristine.postgres.settings.unused=half")
					.run((context) -> assertThat(context).hasSingleBean(PostgresDatabase.class));
				assertThat(external.query("SELECT datname FROM pg_database")).contains("pristine_half");
			}
			// The server learns of the end of a session a little later
			await().atMost(Duration.ofSeconds(20))
				.until(() -> external
					.query("SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' AND database ="
							+ " (SELECT oid FROM pg_database WHERE datname = current_database())")
					.isEmpty());
			this.contextRunner.withPropertyValues("pristine.postgres.settings.unused=dropped")
				.run((context) -> assertThat(context).hasSingleBean(PostgresDatabase.class));
			assertThat(external.query("SELECT datname FROM pg_database")).doesNotContain("pristine_half");
		}
		finally {
			external.execute("DROP DATABASE IF EXISTS pristine_half");
		}
	}

}
