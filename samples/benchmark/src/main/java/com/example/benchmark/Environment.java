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

package com.example.benchmark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.example.benchmark.worker.ServerAddress;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.SpringVersion;

/**
 * Where and with what was measured.
 *
 * @param date the day, in UTC
 * @param machine processors, memory, operating system
 * @param versions versions of what took part
 * @param server settings of the database server that decide about its speed
 */
record Environment(LocalDate date, Map<String, String> machine, Map<String, String> versions,
		Map<String, String> server) {

	private static final String[] SETTINGS = { "fsync", "synchronous_commit", "full_page_writes", "wal_level",
			"shared_buffers", "max_connections", "autovacuum" };

	static Environment of(ServerAddress server) throws SQLException {
		try (Connection connection = server.database("postgres").connect();
				Statement statement = connection.createStatement()) {
			Map<String, String> versions = new LinkedHashMap<>();
			versions.put("Java", Runtime.version().toString());
			versions.put("Spring Boot", SpringBootVersion.getVersion());
			versions.put("Spring Framework", SpringVersion.getVersion());
			versions.put("PostgreSQL", show(statement, "server_version"));
			versions.put("pgjdbc", connection.getMetaData().getDriverVersion());
			versions.put("Flyway", versionOfJar("flyway-core"));
			versions.put("Zonky embedded-database-spring-test", versionOfJar("embedded-database-spring-test"));
			Map<String, String> settings = new LinkedHashMap<>();
			for (String setting : SETTINGS) {
				settings.put(setting, show(statement, setting));
			}
			return new Environment(LocalDate.now(ZoneOffset.UTC), thisMachine(), versions, settings);
		}
	}

	private static Map<String, String> thisMachine() {
		Map<String, String> machine = new LinkedHashMap<>();
		machine.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
		machine.put("processor", fromProc("cpuinfo", "model name"));
		machine.put("memory", fromProc("meminfo", "MemTotal"));
		machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
				+ System.getProperty("os.arch"));
		return machine;
	}

	private static String fromProc(String file, String key) {
		Path path = Path.of("/proc", file);
		if (!Files.exists(path)) {
			return "unknown";
		}
		try (Stream<String> lines = Files.lines(path)) {
			return lines.filter((line) -> line.startsWith(key))
				.map((line) -> line.substring(line.indexOf(':') + 1).trim())
				.findFirst()
				.orElse("unknown");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String versionOfJar(String name) {
		Pattern jar = Pattern.compile(Pattern.quote(name) + "-([0-9].*)\\.jar$");
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.map(jar::matcher)
			.filter(Matcher::find)
			.map((found) -> found.group(1))
			.findFirst()
			.orElse("unknown");
	}

	private static String show(Statement statement, String setting) throws SQLException {
		try (ResultSet result = statement.executeQuery("SHOW " + setting)) {
			result.next();
			return result.getString(1);
		}
	}

}
