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

import java.util.function.Function;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

import dev.pristine.postgres.server.PostgresDatabase;

/**
 * Where migrations go, whatever the properties of Flyway and Liquibase say: a URL of
 * their own is that of a database in use, and a user of their own is unknown here.
 */
public abstract class MigrationTarget {

	private final ObjectProvider<DataSource> dataSource;

	private final ObjectProvider<PostgresDatabase> database;

	protected MigrationTarget(ObjectProvider<DataSource> dataSource, ObjectProvider<PostgresDatabase> database) {
		this.dataSource = dataSource;
		this.database = database;
	}

	public @Nullable String getUsername() {
		return of(PostgresDatabase::getUsername);
	}

	public @Nullable String getPassword() {
		return of(PostgresDatabase::getPassword);
	}

	public @Nullable String getJdbcUrl() {
		return of(PostgresDatabase::getJdbcUrl);
	}

	// Nothing to go through the application's data source, so that a test that migrates
	// is isolated like all others
	private @Nullable String of(Function<PostgresDatabase, @Nullable String> detail) {
		return (this.dataSource.getIfUnique() != null) ? null : detail.apply(this.database.getObject());
	}

}
