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

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

import dev.pristine.postgres.migration.RepeatedMigrations;
import dev.pristine.postgres.reset.SchemaRows;
import dev.pristine.postgres.route.DataSourceTarget;
import dev.pristine.postgres.server.FullServer;
import dev.pristine.postgres.server.OwnSchema;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.resource.ResourceException;

/**
 * The schemas of an application that has one rather than a database: in each of them its
 * migrations run once more, and get the rows that the application started with.
 */
final class SchemaCopies implements AutoCloseable {

	private final PostgresDatabase own;

	private final List<DataSourceTarget> targets;

	private final @Nullable RepeatedMigrations migrations;

	private final Duration timeout;

	private final OwnSchema home;

	private @Nullable PostgresDatabase base;

	/**
	 * Look at the schema of an application that has started.
	 * @param own the schema
	 * @param targets the data sources that lead to it
	 * @param beanFactory knows what has migrated it
	 * @param timeout how long the server may take for one step
	 */
	SchemaCopies(PostgresDatabase own, List<DataSourceTarget> targets, ListableBeanFactory beanFactory,
			Duration timeout) {
		this.own = own;
		this.targets = targets;
		this.timeout = timeout;
		this.migrations = ClassUtils.isPresent("org.flywaydb.core.Flyway", getClass().getClassLoader())
				? RepeatedMigrations.of(beanFactory) : null;
		try (Connection connection = own.connect()) {
			String name = (this.migrations != null) ? this.migrations.qualifiedName(connection) : null;
			this.home = OwnSchema.of(own, connection, name);
		}
		catch (SQLException | RuntimeException ex) {
			throw new ResourceException("The %s cannot be read: %s".formatted(own, ex.getMessage()),
					FullServer.action(ex, "See the server's log."), ex);
		}
	}

	OwnSchema home() {
		return this.home;
	}

	/**
	 * Make the schema that the others are copied from. It takes its time, and is needed
	 * only where tests run side by side.
	 * @return the schema, which nobody works in
	 * @throws ResourceException if there can be none
	 */
	synchronized PostgresDatabase base() {
		PostgresDatabase base = this.base;
		if (this.migrations == null) {
			throw new ResourceException(
					"The application has a schema rather than a database, and it is not Flyway that fills it.",
					"Use Flyway, whose migrations can run once more in another schema, or have databases created: 'ALTER ROLE ... CREATEDB'.");
		}
		if (this.home.refusal() != null) {
			throw new ResourceException("There can be no other schema:", this.home.refusal());
		}
		if (base == null) {
			this.targets.forEach((target) -> target.derive(this.own.name(), this.own.name()).close());
			try {
				base = copy(this.own, this.own.name() + "_base");
				this.base = base;
			}
			catch (ResourceException ex) {
				throw ex;
			}
			catch (SQLException | RuntimeException ex) {
				throw new ResourceException("The %s cannot be copied: %s.".formatted(this.own, ex.getMessage()),
						FullServer.action(ex, "See the server's log."), ex);
			}
		}
		return base;
	}

	/**
	 * Make a copy.
	 * @param name its name
	 * @return the copy
	 * @throws SQLException if the server refuses
	 */
	PostgresDatabase copyTo(String name) throws SQLException {
		return copy(base(), name);
	}

	private PostgresDatabase copy(PostgresDatabase original, String name) throws SQLException {
		PostgresDatabase copy = original.copyTo(name);
		try (Connection from = original.connect(); Connection to = copy.connect()) {
			if (this.migrations != null) {
				this.migrations.run(this.own, copy);
			}
			OwnSchema.requireSame(from, to);
			SchemaRows.copy(to, original.name(), name, this.timeout);
			return copy;
		}
		catch (SQLException | RuntimeException | Error ex) {
			copy.close();
			throw ex;
		}
	}

	@Override
	public synchronized void close() {
		if (this.base != null) {
			this.base.close();
		}
	}

}
