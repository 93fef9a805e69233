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
import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import dev.pristine.postgres.sandbox.Sandbox;
import dev.pristine.postgres.server.DatabaseIdentity;
import dev.pristine.resource.ResourceException;

/**
 * Where a {@link DataSourceRoute} leads on one slot: to a data source with the database
 * of the slot, or to the sandbox of the test that runs there.
 */
public final class DataSourceTarget implements SlotTarget<DataSourceTarget> {

	private static final Log logger = LogFactory.getLog(DataSourceTarget.class);

	private final String name;

	private final DataSource dataSource;

	/**
	 * The same, if it is one of HikariCP.
	 */
	private final @Nullable HikariPool pool;

	private final PooledSessions sessions;

	private volatile @Nullable SessionSettings settings;

	private volatile @Nullable Sandbox sandbox;

	private volatile boolean used;

	DataSourceTarget(String name, DataSource dataSource) {
		this.name = name;
		this.dataSource = dataSource;
		this.pool = HikariPool.of(dataSource);
		this.sessions = new PooledSessions(name, this.pool);
	}

	/**
	 * Return the name of the application's bean, for messages.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return what opens the connections.
	 * @return the data source, on slot 0 as the application made it
	 */
	public DataSource dataSource() {
		return this.dataSource;
	}

	/**
	 * Return whether the data source leads to a database that is isolated.
	 * @return whether the state of its connections is known
	 */
	public boolean isIsolated() {
		return this.settings != null;
	}

	/**
	 * Find out where the data source leads, and in which state it hands its connections
	 * out.
	 * @param foreign gets the reason if it leads to a database that is not PostgreSQL
	 * @return the database, or {@code null} if there is none to isolate
	 * @throws ResourceException if the data source gives no connection
	 */
	public @Nullable DatabaseIdentity identify(List<String> foreign) {
		try (Connection connection = this.dataSource.getConnection()) {
			// A mock has no connection, or one without a server
			if (connection == null || connection.getMetaData() == null) {
				logger.warn("The DataSource '%s' leads to nothing that Pristine could isolate".formatted(this.name));
				return null;
			}
			DatabaseIdentity identity = DatabaseIdentity.of(connection);
			if (identity == null) {
				foreign.add("the DataSource '%s' leads to %s, which Pristine does not isolate".formatted(this.name,
						connection.getMetaData().getDatabaseProductName()));
				return null;
			}
			this.settings = SessionSettings.of(connection, HikariPool.initialization(this.pool));
			return identity;
		}
		catch (SQLException ex) {
			throw new ResourceException(
					"The DataSource '%s' gave no connection (%s), so its database cannot be isolated."
						.formatted(this.name, ex.getMessage()),
					"Check its URL, user and password, and that its server is running.", ex);
		}
	}

	/**
	 * Return the settings of the sessions that the data source hands out.
	 * @return the settings
	 */
	public SessionSettings settings() {
		SessionSettings settings = this.settings;
		Assert.state(settings != null, "Nobody has learned the state of the connections");
		return settings;
	}

	@Override
	public DataSourceTarget derive(String database, String copy) {
		HikariPool pool = this.pool;
		String url = (pool != null) ? pool.url(database, copy) : null;
		// What is around or added to a pool cannot be had once more
		if (pool == null || url == null || this.dataSource.getClass() != HikariDataSource.class) {
			throw new ResourceException(
					"The DataSource '%s', a %s, cannot be had once more for a copy of its database."
						.formatted(this.name, this.dataSource.getClass().getName()),
					"Use a pool of HikariCP, with a JDBC URL that names the database, which is Spring Boot's default.");
		}
		DataSourceTarget target = new DataSourceTarget(this.name, pool.derive(url, copy));
		target.settings = this.settings;
		return target;
	}

	/**
	 * Direct the calls for a connection.
	 * @param sandbox the sandbox, or {@code null} for the data source itself
	 */
	public void to(@Nullable Sandbox sandbox) {
		this.sandbox = sandbox;
	}

	@Nullable Connection connect(@Nullable Object[] credentials) throws SQLException {
		Sandbox sandbox = this.sandbox;
		if (sandbox != null) {
			return sandbox.connect(settings().defaults());
		}
		Connection connection = (credentials.length > 0)
				? this.dataSource.getConnection((String) credentials[0], (String) credentials[1])
				: this.dataSource.getConnection();
		this.sessions.borrow(connection);
		this.used = true;
		return connection;
	}

	/**
	 * Return whether it has given a connection since the sessions were cleaned.
	 * @return whether somebody may have worked with the database through it
	 */
	public boolean isUsed() {
		return this.used;
	}

	/**
	 * Undo settings, roles, locks, temporary tables, transactions left open and whatever
	 * else would stay on a connection for its next user.
	 */
	@Override
	public void cleanSessions(String culprit, Duration patience) {
		this.used = false;
		this.sessions.clean(culprit, patience);
	}

	@Override
	public boolean evict() {
		if (this.pool != null) {
			this.pool.evict();
			this.sessions.clear();
		}
		return this.pool != null;
	}

	@Override
	public Runnable holdBack() {
		return (this.pool != null) ? this.pool.holdBack() : SlotTarget.super.holdBack();
	}

	@Override
	public void close() {
		if (this.pool != null) {
			this.pool.pool().close();
		}
	}

	@Override
	public String toString() {
		return "the DataSource '" + this.name + "'";
	}

}
