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

import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.pristine.postgres.PostgresIsolationAutoConfiguration;
import dev.pristine.postgres.PostgresServerAutoConfiguration;

/**
 * A program that starts an application with migrations, tells what its database is like,
 * and waits to be killed.
 */
public final class TemplatedMigrationMain {

	private TemplatedMigrationMain() {
	}

	public static void main(String[] properties) throws Exception {
		List<String> arguments = new ArrayList<>();
		for (String property : properties) {
			arguments.add("--" + property);
		}
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(arguments.toArray(new String[0]));
		JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
		System.out.println("history "
				+ jdbc.queryForObject("SELECT string_agg(version || ' ' || installed_on, ', ' ORDER BY installed_rank)"
						+ " FROM flyway_schema_history", String.class));
		System.in.read();
		context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PostgresServerAutoConfiguration.class, PostgresIsolationAutoConfiguration.class,
			DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class })
	static class Application {

	}

}
