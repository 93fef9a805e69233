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

import java.sql.SQLException;
import java.util.function.Function;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import dev.pristine.migration.Digest;
import dev.pristine.migration.Migrations;
import dev.pristine.migration.UnknownOutcomeException;
import dev.pristine.postgres.route.HikariPool;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.PostgresUrl;

/**
 * Migrations and how they are connected, so that they can run in another database.
 *
 * @param migrations the migrations
 * @param digest what their outcome may depend on
 * @param elsewhere makes a data source for another address
 */
record MigrationSession(Migrations migrations, Digest digest, Function<String, DataSource> elsewhere) {

	/**
	 * Find out how migrations are connected.
	 * @param migrations the migrations
	 * @param database the database that they have to go to
	 * @return the session
	 * @throws SQLException if the connections cannot be looked at
	 * @throws UnknownOutcomeException if they cannot be made for another database
	 */
	static MigrationSession of(Migrations migrations, PostgresDatabase database)
			throws SQLException, UnknownOutcomeException {
		DataSource dataSource = migrations.dataSource();
		HikariPool pool = HikariPool.of(dataSource);
		if (pool != null) {
			requireSame(pool.url(), database);
			HikariDataSource settings = dataSource.unwrap(HikariDataSource.class);
			Digest digest = new Digest().add("user", settings.getUsername())
				.add("properties", settings.getDataSourceProperties())
				.add("sql", settings.getConnectionInitSql())
				.add("schema", settings.getSchema())
				.add("isolation", settings.getTransactionIsolation())
				.add("commit", settings.isAutoCommit());
			return new MigrationSession(migrations, digest, (url) -> pool.derive(url, "template"));
		}
		if (dataSource.isWrapperFor(SimpleDriverDataSource.class)) {
			SimpleDriverDataSource simple = dataSource.unwrap(SimpleDriverDataSource.class);
			requireSame(String.valueOf(simple.getUrl()), database);
			if (simple.getConnectionProperties() == null) {
				return new MigrationSession(migrations, new Digest().add("user", simple.getUsername()),
						(url) -> DataSourceBuilder.derivedFrom(simple).url(url).build());
			}
		}
		throw new UnknownOutcomeException("the migrations run on connections of " + dataSource.getClass().getName());
	}

	private static void requireSame(String url, PostgresDatabase database) throws UnknownOutcomeException {
		if (!url.equals(database.getJdbcUrl())) {
			throw new UnknownOutcomeException("the migrations go to %s, which Pristine has not created"
				.formatted(url.isEmpty() ? "a database" : PostgresUrl.parse(url).toMessage()));
		}
	}

	void migrate(PostgresUrl url) {
		DataSource dataSource = this.elsewhere.apply(url.toString());
		try {
			this.migrations.migrate(dataSource);
		}
		finally {
			if (dataSource instanceof HikariDataSource pool) {
				pool.close();
			}
		}
	}

}
