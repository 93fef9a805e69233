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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.util.StringUtils;

import dev.pristine.Isolation;
import dev.pristine.postgres.reset.Baseline;
import dev.pristine.postgres.reset.Changes;
import dev.pristine.postgres.reset.DatabaseReset;
import dev.pristine.postgres.sandbox.Sandbox;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestScope;

/**
 * The hold on one database: for each scope it remembers the state to return to, and puts
 * a sandbox between the application and the database where the scope asks for one.
 */
final class DatabaseLease implements ResourceLease {

	private static final Log logger = LogFactory.getLog(DatabaseLease.class);

	private final String database;

	private final List<DataSourceRoute> routes;

	private final @Nullable Connection connection;

	private final @Nullable DatabaseReset reset;

	private final Duration timeout;

	private final Deque<Frame> frames = new ArrayDeque<>();

	private final @Nullable Baseline origin;

	private @Nullable Baseline known;

	private @Nullable Sandbox sandbox;

	private boolean usable = true;

	/**
	 * Create a lease and remember the present state of the database.
	 * @param database the name of the database, for messages
	 * @param routes the data sources that lead to it
	 * @param connection a connection with which committed changes can be undone, or
	 * {@code null} if nobody said that the database is disposable
	 * @param timeout how long a thread waits for another one's connection
	 */
	DatabaseLease(String database, List<DataSourceRoute> routes, @Nullable Connection connection, Duration timeout) {
		this.database = database;
		this.routes = routes;
		this.connection = connection;
		this.reset = (connection != null) ? new DatabaseReset(connection, timeout) : null;
		this.timeout = timeout;
		this.origin = (this.reset != null) ? this.reset.capture() : null;
		this.known = this.origin;
	}

	@Override
	public void prepare(TestScope scope) {
		Baseline target = target(scope);
		boolean outermost = (this.sandbox == null);
		if (scope.isolation() == Isolation.TRANSACTION) {
			Sandbox sandbox = (this.sandbox != null) ? this.sandbox : openSandbox();
			sandbox.begin(scope);
		}
		else if (this.reset == null) {
			throw new ResourceException(
					"%s commits for real, and the database '%s' is one that Pristine did not create: it is not reset."
						.formatted(scope, this.database),
					"If everything in it may be deleted, set pristine.postgres.disposable=true. Otherwise let Pristine "
							+ "provide the database, or use the isolation TRANSACTION.");
		}
		this.frames.push(new Frame(scope, target, outermost && this.sandbox != null));
	}

	@Override
	public void reset(TestScope scope) {
		Frame frame = this.frames.pop();
		if (this.sandbox != null) {
			rollBack(frame, this.sandbox);
		}
		if (this.sandbox == null) {
			restore(frame.target, scope.name());
		}
	}

	@Override
	public void restore() {
		Frame frame = this.frames.peek();
		restore((frame != null) ? frame.baseline : this.origin, "A test without isolation");
	}

	@Override
	public boolean isUsable() {
		return this.usable;
	}

	@Override
	public void close() {
		try {
			closeSandbox();
		}
		finally {
			JdbcUtils.closeConnection(this.connection);
		}
	}

	/**
	 * Find the state to return to. An outermost class answers for everything since the
	 * last reset. The others start from the baseline of the class around them: what is
	 * there when its first test starts. Whatever is written after that and outside of a
	 * test comes too late, and is undone here.
	 */
	private @Nullable Baseline target(TestScope scope) {
		Frame parent = this.frames.peek();
		DatabaseReset reset = this.reset;
		if (reset == null || this.known == null) {
			return null;
		}
		if (parent == null) {
			return this.origin;
		}
		if (parent.baseline == null) {
			parent.baseline = (this.sandbox != null) ? positionsInside(parent, this.sandbox, reset)
					: reset.capture(this.known);
			this.known = (this.sandbox != null) ? this.known : parent.baseline;
		}
		else if (this.sandbox == null) {
			restore(parent.baseline, "Something outside of a test, before " + scope.name() + ",");
		}
		return parent.baseline;
	}

	// Inside a sandbox, all that a rollback leaves is the positions of sequences
	private static @Nullable Baseline positionsInside(Frame parent, Sandbox sandbox, DatabaseReset reset) {
		Set<Long> used = sandbox.usedSequences();
		return (used.isEmpty() || parent.target == null) ? parent.target : reset.captureSequences(parent.target, used);
	}

	private Sandbox openSandbox() {
		DataSourceRoute route = this.routes.get(0);
		try {
			Sandbox sandbox = new Sandbox(route.target().getConnection(), this.timeout);
			this.sandbox = sandbox;
			this.routes.forEach((each) -> each.to(sandbox));
			return sandbox;
		}
		catch (SQLException ex) {
			throw new ResourceException(
					"The DataSource '%s' gave no connection for the sandbox of the test: %s".formatted(route.name(),
							ex.getMessage()),
					"Check that the server is running, and that nobody holds all connections of the pool.", ex);
		}
	}

	private void rollBack(Frame frame, Sandbox sandbox) {
		try {
			Set<Long> used = sandbox.rollback(frame.scope);
			if (!used.isEmpty() && this.reset != null && frame.target != null) {
				this.reset.restoreSequences(frame.target, used);
			}
		}
		finally {
			if (frame.opensSandbox) {
				closeSandbox();
			}
		}
	}

	private void closeSandbox() {
		Sandbox sandbox = this.sandbox;
		this.sandbox = null;
		this.routes.forEach((route) -> route.to(null));
		if (sandbox != null) {
			sandbox.close();
		}
	}

	private void restore(@Nullable Baseline target, String name) {
		if (this.reset == null || target == null) {
			return;
		}
		Changes changes = this.reset.restore(target);
		this.known = target;
		if (!changes.isUndone()) {
			this.usable = false;
			logger.warn(
					("%s changed what cannot be put back in the database '%s': %s. The next test gets a new application"
							+ " context with a new database, which takes its time. If the change is intended, use the"
							+ " isolation TRANSACTION, which rolls back changes of the schema, too.")
						.formatted(name, this.database, StringUtils.collectionToCommaDelimitedString(
								changes.schema().isEmpty() ? changes.unrestored() : changes.schema())));
		}
	}

	/**
	 * A scope that is open.
	 */
	private static final class Frame {

		private final TestScope scope;

		/**
		 * The state to return to, or {@code null} if the database is not reset.
		 */
		private final @Nullable Baseline target;

		private final boolean opensSandbox;

		/**
		 * What the scopes inside start from, once there is one.
		 */
		private @Nullable Baseline baseline;

		Frame(TestScope scope, @Nullable Baseline target, boolean opensSandbox) {
			this.scope = scope;
			this.target = target;
			this.opensSandbox = opensSandbox;
		}

	}

}
