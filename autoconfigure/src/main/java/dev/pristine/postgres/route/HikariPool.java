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

package dev.pristine.postgres.route;

import java.sql.SQLException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * What pools of HikariCP can do and others cannot. HikariCP may be absent.
 *
 * @param pool the pool
 */
public record HikariPool(HikariDataSource pool) {

	private static final Log logger = LogFactory.getLog(HikariPool.class);

	private static final boolean PRESENT = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			HikariPool.class.getClassLoader());

	/**
	 * Return the pool behind a data source.
	 * @param dataSource the data source
	 * @return the pool, or {@code null} if it is none of HikariCP
	 */
	public static @Nullable HikariPool of(DataSource dataSource) {
		try {
			return (PRESENT && dataSource.isWrapperFor(HikariDataSource.class))
					? new HikariPool(dataSource.unwrap(HikariDataSource.class)) : null;
		}
		catch (SQLException ex) {
			logger.debug("Not to be unwrapped", ex);
			return null;
		}
	}

	/**
	 * Return what a pool runs on each new connection.
	 * @param pool the pool, or {@code null} if it is none of HikariCP
	 * @return the statements, or {@code null} if there are none
	 */
	static @Nullable String initialization(@Nullable HikariPool pool) {
		return (pool != null) ? pool.pool().getConnectionInitSql() : null;
	}

	/**
	 * Give all connections up, those in use as soon as they come back.
	 */
	void evict() {
		HikariPoolMXBean running = this.pool.getHikariPoolMXBean();
		if (running != null) {
			running.softEvictConnections();
		}
	}

	/**
	 * Have the pool open no connections ahead.
	 * @return what ends it
	 */
	Runnable holdBack() {
		int idle = this.pool.getMinimumIdle();
		this.pool.setMinimumIdle(0);
		return () -> this.pool.setMinimumIdle(idle);
	}

	/**
	 * Return the address of the database.
	 * @return the URL, empty if it is that of another data source
	 */
	public String url() {
		boolean own = this.pool.getDataSource() == null && this.pool.getDataSourceClassName() == null;
		return (own && this.pool.getJdbcUrl() != null) ? this.pool.getJdbcUrl() : "";
	}

	/**
	 * Return the address of a copy of the database.
	 * @param database the name of the database
	 * @param copy the name of its copy
	 * @return the URL, or {@code null} if that of the pool does not name the database
	 */
	@Nullable String url(String database, String copy) {
		Matcher matcher = Pattern.compile("(?<=[/:]|[?&]currentSchema=)" + Pattern.quote(database) + "(?=$|[?;&])")
			.matcher(url());
		return matcher.find() ? matcher.replaceFirst(copy) : null;
	}

	/**
	 * Return a pool with the same settings for another database. It opens no connection
	 * before it is asked for one.
	 * @param url the address of the database
	 * @param name what to add to the name of the pool, which metrics use
	 * @return the pool
	 */
	public HikariDataSource derive(String url, String name) {
		HikariDataSource derived = new HikariDataSource();
		this.pool.copyStateTo(derived);
		derived.setCredentials(this.pool.getCredentials());
		derived.setJdbcUrl(url);
		derived.setMinimumIdle(0);
		if (derived.getMaxLifetime() > 0) {
			// It counts now that the pool may shrink, and HikariCP warns if it is longer
			derived.setIdleTimeout(Math.min(derived.getIdleTimeout(), derived.getMaxLifetime() / 2));
		}
		derived.setPoolName(Objects.requireNonNullElse(this.pool.getPoolName(), "HikariPool") + "-" + name);
		return derived;
	}

}
