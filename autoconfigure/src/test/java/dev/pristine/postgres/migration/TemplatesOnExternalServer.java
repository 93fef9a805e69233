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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.Driver;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import dev.pristine.postgres.server.TestDatabase;

/**
 * What tests of templates have in common: an external server without any, a folder for
 * migrations, and the reasons why there is none.
 */
abstract class TemplatesOnExternalServer {

	private static TestDatabase external;

	static JdbcTemplate server;

	final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.pristine.postgres");

	@TempDir
	Path migrations;

	@BeforeAll
	static void startServer() {
		external = TestDatabase.create();
		server = new JdbcTemplate(
				new SimpleDriverDataSource(new Driver(), external.url(), external.username(), external.password()));
	}

	@AfterAll
	static void dropDatabase() {
		external.close();
	}

	@BeforeEach
	void startLogging() {
		this.log.start();
		this.logger.setLevel(Level.DEBUG);
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void stopLogging() {
		this.logger.detachAppender(this.log);
		this.logger.setLevel(null);
	}

	// Those of the project's other tests are in the cluster that the server started with
	@BeforeEach
	@AfterEach
	void removeTemplates() {
		for (String name : databases("pristine_template_", "pristine_draft_")) {
			server.execute("ALTER DATABASE " + name + " WITH IS_TEMPLATE false");
			server.execute("DROP DATABASE " + name);
		}
	}

	static TestDatabase external() {
		return external;
	}

	static String[] serverProperties() {
		return new String[] { "pristine.postgres.url=" + external.url(),
				"pristine.postgres.username=" + external.username(),
				"pristine.postgres.password=" + external.password() };
	}

	static List<String> databases(String... prefixes) {
		return server.queryForList("SELECT datname FROM pg_database ORDER BY datname", String.class)
			.stream()
			.filter((name) -> Arrays.stream(prefixes).anyMatch(name::startsWith))
			.toList();
	}

	List<String> reasons() {
		return this.log.list.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((message) -> message.startsWith("No template"))
			.toList();
	}

	void write(String name, String content) throws IOException {
		Path file = this.migrations.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, content);
	}

}
