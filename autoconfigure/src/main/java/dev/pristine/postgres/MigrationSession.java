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

import java.sql.Driver;
import java.sql.SQLException;
import java.util.function.Function;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.util.Assert;

import dev.pristine.migration.Digest;
import dev.pristine.migration.UnknownOutcomeException;

/**
 * How migrations are connected, so that another database can be reached in the same way.
 *
 * @param url the address of the database
 * @param digest what the outcome may depend on
 * @param elsewhere makes a data source for another address
 */
record MigrationSession(String url, String digest, Function<String, DataSource> elsewhere) {

	static MigrationSession of(DataSource dataSource) throws SQLException, UnknownOutcomeException {
		HikariPool pool = HikariPool.of(dataSource);
		if (pool != null) {
			HikariDataSource settings = dataSource.unwrap(HikariDataSource.class);
			String digest = new Digest().add("user", settings.getUsername())
				.add("properties", settings.getDataSourceProperties())
				.add("sql", settings.getConnectionInitSql())
				.add("schema", settings.getSchema())
				.add("isolation", settings.getTransactionIsolation())
				.add("commit", settings.isAutoCommit())
				.toString();
			return new MigrationSession(pool.url(), digest, (url) -> pool.derive(url, "template"));
		}
		if (dataSource.isWrapperFor(SimpleDriverDataSource.class)) {
			SimpleDriverDataSource simple = dataSource.unwrap(SimpleDriverDataSource.class);
			String digest = new Digest().add("user", simple.getUsername())
				.add("properties", simple.getConnectionProperties())
				.toString();
			return new MigrationSession(String.valueOf(simple.getUrl()), digest, (url) -> copy(simple, url));
		}
		throw new UnknownOutcomeException("the migrations run on connections of " + dataSource.getClass().getName());
	}

	private static DataSource copy(SimpleDriverDataSource original, String url) {
		Driver driver = original.getDriver();
		Assert.state(driver != null, "'driver' must not be null");
		SimpleDriverDataSource copy = new SimpleDriverDataSource(driver, url);
		copy.setUsername(original.getUsername());
		copy.setPassword(original.getPassword());
		copy.setConnectionProperties(original.getConnectionProperties());
		return copy;
	}

}
