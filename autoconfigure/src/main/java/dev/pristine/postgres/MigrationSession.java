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
import java.util.function.Function;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

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

	static MigrationSession of(DataSource dataSource) throws UnknownOutcomeException {
		DataSourceRoute route = DataSourceRoute.of(dataSource);
		DataSource target = (route != null) ? route.target().dataSource() : dataSource;
		if (target instanceof HikariDataSource pool && pool.getJdbcUrl() != null) {
			String digest = new Digest().add("user", pool.getUsername())
				.add("properties", pool.getDataSourceProperties())
				.add("sql", pool.getConnectionInitSql())
				.add("schema", pool.getSchema())
				.add("isolation", pool.getTransactionIsolation())
				.add("commit", pool.isAutoCommit())
				.toString();
			return new MigrationSession(pool.getJdbcUrl(), digest, (url) -> copy(pool, url));
		}
		if (target instanceof SimpleDriverDataSource simple && simple.getUrl() != null && simple.getDriver() != null) {
			Driver driver = simple.getDriver();
			String digest = new Digest().add("user", simple.getUsername())
				.add("properties", simple.getConnectionProperties())
				.toString();
			return new MigrationSession(simple.getUrl(), digest, (url) -> {
				SimpleDriverDataSource copy = new SimpleDriverDataSource(driver, url);
				copy.setUsername(simple.getUsername());
				copy.setPassword(simple.getPassword());
				copy.setConnectionProperties(simple.getConnectionProperties());
				return copy;
			});
		}
		throw new UnknownOutcomeException("the migrations run on connections of " + target.getClass().getName());
	}

	private static DataSource copy(HikariDataSource pool, String url) {
		HikariConfig copy = new HikariConfig();
		copy.setPoolName("pristine-template");
		copy.setJdbcUrl(url);
		copy.setUsername(pool.getUsername());
		copy.setPassword(pool.getPassword());
		copy.setDataSourceProperties(pool.getDataSourceProperties());
		copy.setConnectionInitSql(pool.getConnectionInitSql());
		copy.setSchema(pool.getSchema());
		copy.setTransactionIsolation(pool.getTransactionIsolation());
		copy.setAutoCommit(pool.isAutoCommit());
		copy.setMinimumIdle(0);
		return new HikariDataSource(copy);
	}

}
