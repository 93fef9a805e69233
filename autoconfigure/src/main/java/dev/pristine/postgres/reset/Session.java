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
import org.springframework.util.Assert;

import dev.pristine.resource.Notice;

/**
 * The connection, set up for the work of a reset, and what its role is allowed to do.
 */
final class Session implements Batch.Target {

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
			"idle_in_transaction_session_timeout = 0", "client_min_messages = error", "synchronous_commit = local",
			"work_mem = '64MB'" };

	private final Connection connection;

	private final int version;

	private final boolean superuser;

	private final String evidenceSql;

	private final boolean replica;

	private final boolean seesAllRows;

	private final boolean readsLargeObjects;

	private final long namespace;

	private final int files;

	/**
	 * Set up a connection.
	 * @param schema the only schema to work in, or {@code null} for the whole database
	 */
	Session(Connection connection, Duration lockTimeout, Duration timeout, @Nullable String schema)
			throws SQLException {
		this.connection = connection;
		PGConnection postgres = connection.unwrap(PGConnection.class);
		postgres.setPrepareThreshold(1);
		execute("SET " + String.join("; SET ", SETTINGS) + "; SET lock_timeout = " + lockTimeout.toMillis());
		limit(timeout);
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT current_setting('server_version_num')::int,"
						+ " rolsuper OR rolbypassrls, has_table_privilege('pg_catalog.pg_largeobject', 'SELECT'),"
						+ " rolsuper, coalesce((SELECT oid FROM pg_namespace WHERE nspname = "
						+ ((schema != null) ? "'" + schema + "'" : "NULL") + ")::bigint, 0)"
						+ ", current_setting('max_files_per_process')::int FROM pg_roles WHERE rolname = current_user")) {
			result.next();
			this.version = result.getInt(1);
			this.seesAllRows = result.getBoolean(2);
			this.readsLargeObjects = result.getBoolean(3);
			this.superuser = result.getBoolean(4);
			this.namespace = result.getLong(5);
			this.files = result.getInt(6);
			Assert.state(schema == null || this.namespace != 0, () -> "There is no schema '" + schema + "'");
			this.evidenceSql = Evidence.sql(this.superuser);
		}
		this.replica = attempt("SET session_replication_role = replica");
		if (!this.replica) {
			Notice.once(logger::info,
					"The role of the reset may not set session_replication_role: changes are undone in the order of"
							+ " the foreign keys, with triggers disabled meanwhile, which is slower");
		}
	}

	private boolean attempt(String sql) {
		try {
			execute(sql);
			return true;
		}
		catch (SQLException ex) {
			logger.debug("Not available: " + sql, ex);
			return false;
		}
	}

	@Override
	public Connection connection() {
		return this.connection;
	}

	int version() {
		return this.version;
	}

	// Return whether everything in the database is put right, not one schema alone
	boolean isWhole() {
		return this.namespace == 0;
	}

	// Return the object identifier of the only schema
	long namespace() {
		return this.namespace;
	}

	// Return how many files the server keeps open for this session
	int files() {
		return this.files;
	}

	boolean isSuperuser() {
		return this.superuser;
	}

	String evidenceSql() {
		return this.evidenceSql;
	}

	// Return whether ordinary triggers, rules and foreign keys do not act in this
	// session
	boolean isReplica() {
		return this.replica;
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

	// Bound every wait from now on, for the server's answer as well as in it
	void limit(Duration timeout) throws SQLException {
		this.connection.setNetworkTimeout(Runnable::run, (int) timeout.toMillis() + 1_000);
		execute("SET statement_timeout = " + timeout.toMillis());
	}

	Evidence evidence() throws SQLException {
		List<Evidence> found = new ArrayList<>(1);
		new Batch().query(this.evidenceSql, (row) -> found.add(Evidence.of(row))).run(this);
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
			.query(this.evidenceSql, (row) -> after.add(Evidence.of(row)))
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
