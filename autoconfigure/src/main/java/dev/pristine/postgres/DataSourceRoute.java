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

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import dev.pristine.postgres.sandbox.ConnectionDefaults;
import dev.pristine.postgres.sandbox.Sandbox;

/**
 * Where one {@link DataSource} of the application gets its connections from: from itself,
 * or from the sandbox of the running test.
 */
class DataSourceRoute implements MethodInterceptor {

	private final String name;

	private final DataSource target;

	private final PooledSessions sessions;

	private volatile @Nullable ConnectionDefaults defaults;

	private volatile @Nullable SessionSettings settings;

	private volatile @Nullable Sandbox sandbox;

	DataSourceRoute(String name, DataSource target) {
		this.name = name;
		this.target = target;
		this.sessions = new PooledSessions(name, target);
	}

	/**
	 * Return the route that a data source takes, whatever is around it.
	 * @param dataSource the data source
	 * @return its route, or {@code null} if it has none
	 */
	static @Nullable DataSourceRoute of(DataSource dataSource) {
		try {
			return dataSource.isWrapperFor(DataSourceRoute.class) ? dataSource.unwrap(DataSourceRoute.class) : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

	/**
	 * Return the name of the bean, for messages.
	 * @return the name
	 */
	String name() {
		return this.name;
	}

	/**
	 * Return the data source as the application made it.
	 * @return the data source
	 */
	DataSource target() {
		return this.target;
	}

	/**
	 * Remember the state in which the data source hands its connections out.
	 * @param connection a new connection of the data source
	 * @throws SQLException if the connection does not work
	 */
	void learnDefaults(Connection connection) throws SQLException {
		this.defaults = ConnectionDefaults.of(connection);
		this.settings = SessionSettings.of(connection);
	}

	/**
	 * Return the settings of the sessions that the data source hands out.
	 * @return the settings
	 */
	SessionSettings settings() {
		SessionSettings settings = this.settings;
		Assert.state(settings != null, "Nobody has learned the state of the connections");
		return settings;
	}

	/**
	 * Direct the calls for a connection.
	 * @param sandbox the sandbox, or {@code null} for the data source itself
	 */
	void to(@Nullable Sandbox sandbox) {
		this.sandbox = sandbox;
	}

	/**
	 * Undo what was done to the sessions of the connections that were used: settings,
	 * roles, locks, temporary tables, transactions left open and whatever else would stay
	 * on a connection for its next user.
	 * @param culprit who is named in warnings
	 */
	void cleanSessions(String culprit) {
		this.sessions.clean(culprit);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (invocation.getMethod().getReturnType() == Connection.class) {
			return connect(invocation);
		}
		if (invocation.getArguments().length == 1 && invocation.getArguments()[0] == DataSourceRoute.class) {
			return invocation.getMethod().getName().equals("unwrap") ? this : true;
		}
		return invocation.proceed();
	}

	private @Nullable Connection connect(MethodInvocation invocation) throws Throwable {
		Sandbox sandbox = this.sandbox;
		ConnectionDefaults defaults = this.defaults;
		if (sandbox != null && defaults != null) {
			return sandbox.connect(defaults);
		}
		Connection connection = (Connection) invocation.proceed();
		this.sessions.borrow(connection);
		return connection;
	}

}
