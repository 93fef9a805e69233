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

package com.example.benchmark.side;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.TimedTests;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;

import dev.pristine.postgres.PostgresServerAutoConfiguration;

/**
 * Has a PostgreSQL server of its own launched, and connects to a new database on it.
 */
class PostgresStart extends TimedTests {

	private static int started;

	@Override
	protected void body(Workload workload) {
		// The end of the JVM closes it: that is no part of the start
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		// What is configured differently is another server
		TestPropertyValues.of("pristine.postgres.settings.work_mem=" + (4 + started++) + "MB").applyTo(context);
		context.register(Server.class);
		context.refresh();
		JdbcConnectionDetails details = context.getBean(JdbcConnectionDetails.class);
		try (Connection connection = DriverManager.getConnection(details.getJdbcUrl(), details.getUsername(),
				details.getPassword())) {
			connection.createStatement().execute("SELECT 1");
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(PostgresServerAutoConfiguration.class)
	static class Server {

	}

}
