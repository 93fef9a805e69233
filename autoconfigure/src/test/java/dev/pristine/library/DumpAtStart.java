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

package dev.pristine.library;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.event.EventListener;

import dev.pristine.postgres.DatabaseDump;

/**
 * Dumps the database when the application has started.
 */
@TestConfiguration(proxyBeanMethods = false)
public class DumpAtStart {

	private final JdbcConnectionDetails details;

	private Map<String, String> dump = Map.of();

	DumpAtStart(JdbcConnectionDetails details) {
		this.details = details;
	}

	@EventListener(ApplicationReadyEvent.class)
	void dump() throws SQLException {
		this.dump = now();
	}

	Map<String, String> atStart() {
		return this.dump;
	}

	Map<String, String> now() throws SQLException {
		try (Connection connection = DriverManager.getConnection(this.details.getJdbcUrl(), this.details.getUsername(),
				this.details.getPassword())) {
			Map<String, String> dump = new TreeMap<>(DatabaseDump.content(connection));
			dump.putAll(DatabaseDump.schema(connection));
			return dump;
		}
	}

}
