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

package dev.pristine.postgres.reset;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.util.Assert;

import dev.pristine.postgres.server.Sql;
import dev.pristine.resource.Notice;

/**
 * The connection, set up for the work of a reset, and what its role is allowed to do.
 *
 * @param connection the connection
 * @param version the server's version, as a number
 * @param superuser whether the role is a superuser
 * @param seesAllRows whether row security hides nothing
 * @param readsLargeObjects whether the content of all large objects may be read
 * @param replica whether ordinary triggers, rules and foreign keys do not act in this
 * session
 * @param namespace the object identifier of the only schema, 0 for the whole database
 */
record Session(Connection connection, int version, boolean superuser, boolean seesAllRows, boolean readsLargeObjects,
		boolean replica, long namespace) implements Batch.Target {

	static final Log logger = LogFactory.getLog(Session.class);

	/**
	 * Make values travel unchanged, plans simple and waits bounded, whatever the defaults
	 * of role and database are.
	 */
	private static final String[] SETTINGS = { "jit = off", "plan_cache_mode = force_generic_plan",
			"max_parallel_workers_per_gather = 0", "row_security = off", "extra_float_digits = 1",
			"IntervalStyle = postgres", "DateStyle = ISO", "bytea_output = hex", "xmloption = content",
			"synchronize_seqscans = off", "standard_conforming_strings = on", "default_transaction_read_only = off",
			"default_transaction_deferrable = off", "default_transaction_isolation = 'read committed'",
			"client_min_messages = error", "synchronous_commit = local", "work_mem = '64MB'" };

	/**
	 * Set up a connection.
	 * @param schema the only schema to work in, or {@code null} for the whole database
	 */
	static Session open(Connection connection, Duration lockTimeout, Duration timeout, @Nullable String schema)
			throws SQLException {
		connection.unwrap(PGConnection.class).setPrepareThreshold(1);
		Sql.execute(connection, "SET " + String.join("; SET ", SETTINGS) + "; SET lock_timeout = "
				+ lockTimeout.toMillis() + ";" + Sql.NO_TIMEOUTS);
		limit(connection, timeout);
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(
						"SELECT current_setting('server_version_num')::int," + " rolsuper, rolsuper OR rolbypassrls,"
								+ " has_table_privilege('pg_catalog.pg_largeobject', 'SELECT'),"
								+ " coalesce((SELECT oid FROM pg_namespace WHERE nspname = "
								+ ((schema != null) ? "'" + schema + "'" : "NULL")
								+ ")::bigint, 0) FROM pg_roles WHERE rolname = current_user")) {
			result.next();
			long namespace = result.getLong(5);
			Assert.state(schema == null || namespace != 0, () -> "There is no schema '" + schema + "'");
			return new Session(connection, result.getInt(1), result.getBoolean(2), result.getBoolean(3),
					result.getBoolean(4), becomesReplica(connection), namespace);
		}
	}

	private static boolean becomesReplica(Connection connection) {
		try {
			Sql.execute(connection, "SET session_replication_role = replica");
			return true;
		}
		catch (SQLException ex) {
			logger.debug("Not available: SET session_replication_role = replica", ex);
			Notice.once(logger::info,
					"The role of the reset may not set session_replication_role: changes are undone in the order of"
							+ " the foreign keys, with triggers disabled meanwhile, which is slower");
			return false;
		}
	}

	// Return whether everything in the database is put right, not one schema alone
	boolean isWhole() {
		return this.namespace == 0;
	}

	String evidenceSql() {
		return Evidence.sql(this.superuser);
	}

	// Run one or more statements in one round trip
	void execute(String sql) throws SQLException {
		Sql.execute(this.connection, sql);
	}

	void query(String sql, RowCallbackHandler handler) throws SQLException {
		try (Statement statement = this.connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			while (result.next()) {
				handler.processRow(result);
			}
		}
	}

	// Bound every wait from now on, for the server's answer as well as in it
	void limit(Duration timeout) throws SQLException {
		limit(this.connection, timeout);
	}

	private static void limit(Connection connection, Duration timeout) throws SQLException {
		connection.setNetworkTimeout(Runnable::run, (int) timeout.toMillis() + 1_000);
		Sql.execute(connection, "SET statement_timeout = " + timeout.toMillis());
	}

	Evidence evidence() throws SQLException {
		List<Evidence> found = new ArrayList<>(1);
		new Batch().query(evidenceSql(), (row) -> found.add(Evidence.of(row))).run(this);
		return found.get(0);
	}

	/**
	 * Run the last statements of a transaction, and commit.
	 * @param before how far the server was before everything that the transaction did
	 * @return how far it is now, but {@code before} if others may have written since
	 */
	Evidence commit(Batch batch, Evidence before) throws SQLException {
		List<Evidence> after = new ArrayList<>(1);
		List<String> own = new ArrayList<>(1);
		batch
			.query("SELECT pg_current_xact_id_if_assigned()::xid WHERE pg_current_xact_id_if_assigned() IS NOT NULL",
					(row) -> own.add(row.getString(1)))
			.add("COMMIT")
			.query(evidenceSql(), (row) -> after.add(Evidence.of(row)))
			.run(this);
		return (!own.isEmpty() && before.isFollowedByOne(after.get(0))) ? after.get(0) : before.with(own);
	}

	void rollback() {
		try {
			execute("ROLLBACK");
		}
		catch (SQLException ex) {
			// The failure that led here says more
		}
	}

}
