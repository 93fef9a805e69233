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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

import dev.pristine.resource.Patience;

/**
 * The sessions of the connections of a data source, as far as it is a pool of connections
 * to PostgreSQL: elsewhere, nothing outlives the use of a connection.
 */
final class PooledSessions {

	private static final Log logger = LogFactory.getLog(PooledSessions.class);

	private final String name;

	private final @Nullable HikariPool pool;

	private final Map<BaseConnection, PooledSession> sessions = new ConcurrentHashMap<>();

	private final AtomicBoolean openTransaction = new AtomicBoolean();

	PooledSessions(String name, @Nullable HikariPool pool) {
		this.name = name;
		this.pool = pool;
	}

	/**
	 * Take note that a connection is used.
	 * @param connection what the data source returned: of a mock, that may be nothing
	 * @throws SQLException if the connection does not work
	 */
	void borrow(@Nullable Connection connection) throws SQLException {
		if (connection == null || connection instanceof BaseConnection
				|| !connection.isWrapperFor(BaseConnection.class)) {
			return;
		}
		BaseConnection physical = connection.unwrap(BaseConnection.class);
		try {
			PooledSession session = this.sessions.get(physical);
			if (session == null) {
				session = new PooledSession(physical, HikariPool.initialization(this.pool));
				this.sessions.put(physical, session);
			}
			session.borrow(connection);
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	/**
	 * Clean all sessions that were used, those in use before their next use. Who uses one
	 * for a test that is over is waited for, then cut off.
	 * @param culprit who is named in warnings
	 * @param patience how long to wait
	 */
	void clean(String culprit, Duration patience) {
		Patience wait = new Patience(patience);
		this.sessions.forEach((connection, session) -> {
			Connection borrowed = session.borrowed();
			try {
				while (session.isOverdue() && wait.lasts()) {
					LockSupport.parkNanos(1_000_000);
				}
				if (connection.isClosed()) {
					this.sessions.remove(connection);
				}
				else if (session.cutOff()) {
					logger.warn(("%s ended while a connection of the DataSource '%s' was still in use for it. It was"
							+ " waited for, then cut off after %d ms. Have the test wait for the end of what it has"
							+ " started, and close its connections.")
						.formatted(culprit, this.name, patience.toMillis()));
					giveUp(connection, borrowed);
				}
				else if (session.end()) {
					String returned = ("%s began a transaction and gave its connection back to the DataSource '%s' without"
							+ " a commit or rollback. It was rolled back; in production, whoever gets the connection next"
							+ " would continue it. Further ones are logged at debug level.")
						.formatted(culprit, this.name);
					if (this.openTransaction.compareAndSet(false, true)) {
						logger.warn(returned);
					}
					else {
						logger.debug(returned);
					}
				}
			}
			catch (SQLException ex) {
				logger.warn("The session of a connection of the DataSource '%s' could not be cleaned after %s (%s)."
					.formatted(this.name, culprit, ex.getMessage()) + " The connection was closed instead.");
				giveUp(connection, borrowed);
			}
		});
	}

	private void giveUp(BaseConnection connection, @Nullable Connection borrowed) {
		this.sessions.remove(connection);
		if (borrowed != null && this.pool != null) {
			// The pool hands out one that was used lately without a look at it
			this.pool.pool().evictConnection(borrowed);
		}
	}

	/**
	 * Forget the sessions: the pool closes its connections.
	 */
	void clear() {
		this.sessions.clear();
	}

}
