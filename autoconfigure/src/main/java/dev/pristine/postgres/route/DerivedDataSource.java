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

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.jdbc.DataSourceBuilder;

/**
 * A {@link DataSource} like another one, for another database.
 */
public final class DerivedDataSource {

	private static final Log logger = LogFactory.getLog(DerivedDataSource.class);

	private DerivedDataSource() {
	}

	/**
	 * Derive a data source.
	 * @param original the original
	 * @param database the name of the database that it leads to
	 * @param other the name of the database that the derived one leads to
	 * @return a data source of the same class, whose sessions are the same
	 * @throws SQLException if the original gives no connection
	 * @throws IllegalStateException if there is no such data source
	 */
	static DataSource of(DataSource original, String database, String other) throws SQLException {
		HikariPool pool = HikariPool.of(original);
		if (pool != null) {
			return sameClass(pool.derive(url(pool.url(), database, other), other), original);
		}
		try (Connection connection = original.getConnection()) {
			String url = url(connection.getMetaData().getURL(), database, other);
			DataSource derived = sameClass(DataSourceBuilder.derivedFrom(original).url(url).build(), original);
			// It has the address and the user of the original, but not all of its
			// settings
			try (Connection same = derived.getConnection()) {
				String difference = SessionSettings.of(connection).differenceFrom(SessionSettings.of(same));
				if (!difference.isEmpty()) {
					throw new IllegalStateException("its sessions would differ in " + difference);
				}
			}
			return derived;
		}
	}

	private static String url(String url, String database, String other) {
		Matcher matcher = Pattern.compile("(?<=[/:]|[?&]currentSchema=)" + Pattern.quote(database) + "(?=$|[?;&])")
			.matcher(url);
		if (!matcher.find()) {
			throw new IllegalStateException("its URL does not name the database");
		}
		return matcher.replaceFirst(other);
	}

	/**
	 * Close a data source that was derived.
	 * @param derived the data source
	 */
	public static void close(DataSource derived) {
		if (derived instanceof AutoCloseable closeable) {
			try {
				closeable.close();
			}
			catch (Exception ex) {
				logger.debug("A pool could not be closed", ex);
			}
		}
	}

	private static DataSource sameClass(DataSource derived, DataSource original) {
		if (derived.getClass() != original.getClass()) {
			throw new IllegalStateException("it is a " + original.getClass().getName());
		}
		return derived;
	}

}
