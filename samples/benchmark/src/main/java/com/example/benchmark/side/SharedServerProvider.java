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
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import com.example.benchmark.worker.ServerAddress;
import io.zonky.test.db.config.DatabaseProviderFactory;
import io.zonky.test.db.config.Provider;
import io.zonky.test.db.provider.DatabaseProvider;
import io.zonky.test.db.provider.DatabaseRequest;
import io.zonky.test.db.provider.DatabaseTemplate;
import io.zonky.test.db.provider.EmbeddedDatabase;
import io.zonky.test.db.provider.ProviderException;
import io.zonky.test.db.provider.TemplatableDatabaseProvider;
import io.zonky.test.db.provider.postgres.PostgresEmbeddedDatabase;
import io.zonky.test.db.provider.support.SimpleDatabaseTemplate;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Lets Zonky create its databases on the server of all sides, with the statements of its
 * own provider. Templates, clones ahead of need and the refresh are Zonky's.
 */
class SharedServerProvider implements TemplatableDatabaseProvider {

	static final String TYPE = "shared";

	private final ServerAddress server;

	SharedServerProvider(Environment environment) {
		this.server = new ServerAddress(environment.getRequiredProperty("spring.datasource.url"),
				environment.getRequiredProperty("spring.datasource.username"),
				environment.getProperty("spring.datasource.password", ""));
	}

	@Override
	public DatabaseTemplate createTemplate(DatabaseRequest request) throws ProviderException {
		EmbeddedDatabase database = createDatabase(request);
		try {
			return new SimpleDatabaseTemplate(database.unwrap(PGSimpleDataSource.class).getDatabaseName(),
					database::close);
		}
		catch (SQLException ex) {
			throw new ProviderException("Could not create a template", ex);
		}
	}

	@Override
	public EmbeddedDatabase createDatabase(DatabaseRequest request) throws ProviderException {
		String name = "zonky_" + UUID.randomUUID().toString().replace("-", "");
		DatabaseTemplate template = request.getTemplate();
		try {
			execute("CREATE DATABASE " + name + ((template != null) ? " TEMPLATE " + template.getTemplateName() : ""));
			EmbeddedDatabase database = new PostgresEmbeddedDatabase(dataSource(name), () -> drop(name));
			if (request.getPreparer() != null) {
				request.getPreparer().prepare(database);
			}
			return database;
		}
		catch (SQLException ex) {
			throw new ProviderException("Could not create a database", ex);
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof SharedServerProvider provider && this.server.equals(provider.server);
	}

	@Override
	public int hashCode() {
		return this.server.hashCode();
	}

	private PGSimpleDataSource dataSource(String name) {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(this.server.database(name).url());
		dataSource.setUser(this.server.username());
		dataSource.setPassword(this.server.password());
		return dataSource;
	}

	private void drop(String name) {
		CompletableFuture.runAsync(() -> {
			try {
				execute("DROP DATABASE IF EXISTS " + name);
			}
			catch (SQLException ex) {
				System.err.println("Not dropped: " + ex.getMessage());
			}
		});
	}

	private void execute(String statement) throws SQLException {
		try (Connection connection = this.server.database("postgres").connect();
				Statement execution = connection.createStatement()) {
			execution.execute(statement);
		}
	}

	/**
	 * Registers the provider with Zonky.
	 */
	static class Configuration {

		@Bean
		@Provider(type = TYPE, database = "postgres")
		DatabaseProvider sharedServerProvider(DatabaseProviderFactory postgresDatabaseProviderFactory) {
			return postgresDatabaseProviderFactory.createProvider(SharedServerProvider.class);
		}

	}

}
