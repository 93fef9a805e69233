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

package dev.pristine.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A database that holds the outcome of migrations, under a name that tells all that
 * determines it. Whoever builds it holds a lock of the server, which ends with the
 * connection: so others can tell work in progress from what a killed process has left.
 *
 * @param connection a connection to a database of the server that stays, and which nobody
 * else uses; the caller closes it, and with it ends the hold on the template
 * @param hash what determines the outcome: 32 hexadecimal digits
 * @param kept how many templates the server keeps
 */
public record TemplateDatabase(Connection connection, String hash, int kept) {

	private static final Log logger = LogFactory.getLog(TemplateDatabase.class);

	private static final String TEMPLATE = "pristine_template_";

	private static final String DRAFT = "pristine_draft_";

	private static final int PATIENCE_SECONDS = 45;

	/**
	 * Return the name of the database.
	 * @return the name
	 */
	public String name() {
		return TEMPLATE + this.hash;
	}

	/**
	 * Have the template built if it is not there, and hold it until the connection is
	 * closed.
	 * @param builder fills an empty database
	 * @throws SQLException if the server refuses something, or another process does not
	 * come to an end with the same
	 */
	public void hold(Builder builder) throws SQLException {
		lock("_shared");
		if (!exists(name())) {
			execute("SELECT pg_advisory_unlock_shared(" + key(this.hash) + ")");
			lock("");
			if (!exists(name())) {
				build(builder);
			}
		}
		markAsUsed();
		removeOld();
	}

	private void lock(String kind) throws SQLException {
		if (!holds("SELECT pg_try_advisory_lock" + kind + "(" + key(this.hash) + ")")) {
			logger.info("Waiting for another process, which runs the same migrations");
			execute("SET lock_timeout = '" + PATIENCE_SECONDS + "s'");
			execute("SELECT pg_advisory_lock" + kind + "(" + key(this.hash) + ")");
		}
	}

	private boolean exists(String database) throws SQLException {
		return holds("SELECT true FROM pg_database WHERE datname = '" + database + "'");
	}

	private void build(Builder builder) throws SQLException {
		String draft = DRAFT + this.hash;
		// Who left it is no more, or would hold the lock
		execute("DROP DATABASE IF EXISTS " + draft + " WITH (FORCE)");
		Sql.executeWhenFree(this.connection, "CREATE DATABASE " + draft);
		try {
			builder.fill(draft);
			markAsUsed(draft);
			execute("ALTER DATABASE " + draft + " WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
			Sql.executeWhenFree(this.connection, "ALTER DATABASE " + draft + " RENAME TO " + name());
		}
		catch (SQLException | RuntimeException | Error ex) {
			execute("DROP DATABASE IF EXISTS " + draft + " WITH (FORCE)");
			throw ex;
		}
	}

	/**
	 * Mark the template as used: others go first.
	 */
	void markAsUsed() {
		markAsUsed(name());
	}

	private void markAsUsed(String database) {
		try {
			execute("COMMENT ON DATABASE %s IS 'pristine template, last used %s'".formatted(database, Instant.now()));
		}
		catch (SQLException ex) {
			logger.debug("Another process has marked '" + database + "' at the same time", ex);
		}
	}

	private void removeOld() throws SQLException {
		String mine = " FROM pg_database WHERE datname ~ '^%s[0-9a-f]{32}$' AND pg_has_role(datdba, 'USAGE')";
		List<String> names = Sql.strings(this.connection, "SELECT datname" + mine.formatted(TEMPLATE)
				+ " ORDER BY shobj_description(oid, 'pg_database') DESC NULLS LAST OFFSET " + this.kept);
		names.addAll(Sql.strings(this.connection, "SELECT datname" + mine.formatted(DRAFT)));
		for (String name : names) {
			String key = key(name.substring(name.lastIndexOf('_') + 1));
			if (holds("SELECT pg_try_advisory_lock(" + key + ")")) {
				if (exists(name)) {
					logger.debug("Dropping '" + name + "'");
					execute("ALTER DATABASE " + name + " WITH IS_TEMPLATE false");
					execute("DROP DATABASE " + name + " WITH (FORCE)");
				}
				execute("SELECT pg_advisory_unlock(" + key + ")");
			}
		}
	}

	private static String key(String hash) {
		return Long.toString(Long.parseUnsignedLong(hash.substring(0, 16), 16));
	}

	private void execute(String sql) throws SQLException {
		Sql.execute(this.connection, sql);
	}

	private boolean holds(String sql) throws SQLException {
		return Sql.holds(this.connection, sql);
	}

	/**
	 * Fills a database.
	 */
	@FunctionalInterface
	public interface Builder {

		/**
		 * Fill a database, and close all connections to it.
		 * @param database its name
		 * @throws SQLException if that fails
		 */
		void fill(String database) throws SQLException;

	}

}
