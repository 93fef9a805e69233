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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * The connection, set up for the work of a reset, and what its role is allowed to do.
 */
final class Session {

	private static final Log logger = LogFactory.getLog(Session.class);

	/** How long one statement may take, in milliseconds. */
	private static final int STATEMENT_TIMEOUT = 60_000;

	/**
	 * Make values travel unchanged, plans simple and waits bounded, whatever the defaults
	 * of role and database are.
	 */
	private static final String[] SETTINGS = { "jit = off", "plan_cache_mode = force_generic_plan",
			"max_parallel_workers_per_gather = 0", "row_security = off", "extra_float_digits = 1",
			"IntervalStyle = postgres", "DateStyle = ISO", "bytea_output = hex", "xmloption = content",
			"synchronize_seqscans = off", "standard_conforming_strings = on", "default_transaction_read_only = off",
			"default_transaction_deferrable = off", "default_transaction_isolation = 'read committed'",
			"idle_in_transaction_session_timeout = 0", "client_min_messages = error" };

	private final Connection connection;

	private final CopyManager copy;

	private final int version;

	private final boolean replica;

	private final boolean walReadable;

	private final boolean seesAllRows;

	private final boolean readsLargeObjects;

	Session(Connection connection, int lockTimeout) throws SQLException {
		this.connection = connection;
		PGConnection postgres = connection.unwrap(PGConnection.class);
		postgres.setPrepareThreshold(1);
		this.copy = postgres.getCopyAPI();
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET " + String.join("; SET ", SETTINGS) + "; SET lock_timeout = " + lockTimeout
					+ "; SET statement_timeout = " + STATEMENT_TIMEOUT);
		}
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT current_setting('server_version_num')::int, rolsuper,"
						+ " rolsuper OR rolbypassrls, has_table_privilege('pg_catalog.pg_largeobject', 'SELECT')"
						+ " FROM pg_roles WHERE rolname = current_user")) {
			result.next();
			this.version = result.getInt(1);
			this.seesAllRows = result.getBoolean(3);
			this.readsLargeObjects = result.getBoolean(4);
			this.walReadable = result.getBoolean(2) && this.version >= 170000 && attempt(
					"CREATE OR REPLACE FUNCTION pg_temp.pristine_wal(pg_lsn, pg_lsn, boolean, OUT start_lsn pg_lsn,"
							+ " OUT end_lsn pg_lsn, OUT prev_lsn pg_lsn, OUT block_id int2, OUT reltablespace oid,"
							+ " OUT reldatabase oid, OUT relfilenode oid, OUT relforknumber int2,"
							+ " OUT relblocknumber int8, OUT xid xid, OUT resource_manager text, OUT record_type text,"
							+ " OUT record_length int4, OUT main_data_length int4, OUT block_data_length int4,"
							+ " OUT block_fpi_length int4, OUT block_fpi_info text[], OUT description text,"
							+ " OUT block_data bytea, OUT block_fpi_data bytea) RETURNS SETOF record"
							+ " LANGUAGE c STRICT AS '$libdir/pg_walinspect', 'pg_get_wal_block_info'");
		}
		this.replica = attempt("SET session_replication_role = replica");
		if (!this.replica) {
			logger.info("The role of the reset may not set session_replication_role: changes are undone in the order of"
					+ " the foreign keys, with triggers disabled meanwhile, which is slower");
		}
		else if (!this.walReadable) {
			logger.info("The reset cannot read the WAL (it takes PostgreSQL 17, a superuser and pg_walinspect):"
					+ " it looks at every table instead, which is slower");
		}
	}

	private boolean attempt(String sql) {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
			return true;
		}
		catch (SQLException ex) {
			logger.debug("Not available: " + sql, ex);
			return false;
		}
	}

	Connection connection() {
		return this.connection;
	}

	CopyManager copy() {
		return this.copy;
	}

	int version() {
		return this.version;
	}

	// Return whether ordinary triggers, rules and foreign keys do not act in this
	// session
	boolean isReplica() {
		return this.replica;
	}

	// Return whether this session can ask which relations the WAL mentions
	boolean readsWal() {
		return this.walReadable;
	}

	boolean seesAllRows() {
		return this.seesAllRows;
	}

	boolean readsLargeObjects() {
		return this.readsLargeObjects;
	}

	// Run one or more statements in one round trip
	void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

	void query(String sql, Batch.RowHandler handler) throws SQLException {
		try (Statement statement = this.connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			while (result.next()) {
				handler.handle(result);
			}
		}
	}

}
