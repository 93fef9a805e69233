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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.reset.Baseline;
import dev.pristine.postgres.reset.Changes;
import dev.pristine.postgres.reset.DatabaseReset;
import dev.pristine.postgres.sandbox.Sandbox;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.ScopeBaselines;
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

	private final @Nullable ScopeBaselines<Baseline> baselines;

	private @Nullable Baseline known;

	private @Nullable Sandbox sandbox;

	/**
	 * The scope that opened the sandbox.
	 */
	private @Nullable TestScope sandboxed;

	/**
	 * Stands in the sandbox for what comes between two tests, and is undone before the
	 * next.
	 */
	private @Nullable TestScope gap;

	/**
	 * The gaps that go on in a scope.
	 */
	private final Map<TestScope, TestScope> adopted = new IdentityHashMap<>();

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
		this.timeout = timeout;
		this.reset = (connection != null) ? new DatabaseReset(connection, timeout, Duration.ofSeconds(10)) : null;
		Baseline origin = (this.reset != null) ? this.reset.capture() : null;
		this.baselines = (origin != null) ? new ScopeBaselines<>(() -> origin) : null;
		this.known = origin;
	}

	@Override
	public void prepare(TestScope scope) {
		if (this.reset == null && scope.isolation() != TestIsolation.TRANSACTION) {
			throw new ResourceException(
					"%s commits for real, and the database '%s' is one that Pristine did not create: it is not reset."
						.formatted(scope, this.database),
					"If everything in it may be deleted, set pristine.postgres.disposable=true. Otherwise let Pristine "
							+ "provide the database, or use the isolation TRANSACTION.");
		}
		if (scope.isAdopting()) {
			adoptGap(scope);
		}
		else {
			closeGap();
		}
		ScopeBaselines<Baseline> baselines = this.baselines;
		if (baselines != null) {
			baselines.open(scope, this::capture, (baseline) -> keep(baseline, scope));
		}
		if (scope.isolation() == TestIsolation.TRANSACTION) {
			try {
				begin(scope);
			}
			catch (RuntimeException | Error ex) {
				if (this.sandboxed == scope) {
					closeSandbox();
				}
				if (baselines != null) {
					baselines.close();
				}
				throw ex;
			}
		}
	}

	@Override
	public void reset(TestScope scope) {
		closeGap();
		Baseline target = (this.baselines != null) ? this.baselines.close() : null;
		if (this.sandbox != null) {
			rollBack(scope, target, this.sandbox);
			this.gap = this.adopted.remove(scope);
			closeGap();
		}
		if (this.sandbox == null) {
			restore(target, scope.name(), DatabaseReset::restore);
		}
		else {
			openGap(scope, this.sandbox);
		}
	}

	@Override
	public void restore() {
		restore((this.baselines != null) ? this.baselines.current() : null, "A test without isolation",
				DatabaseReset::restore);
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

	// Inside a sandbox, all that a rollback leaves is the positions of sequences
	private Baseline capture() {
		DatabaseReset reset = this.reset;
		Baseline known = this.known;
		ScopeBaselines<Baseline> baselines = this.baselines;
		Assert.state(reset != null && known != null && baselines != null, "The database is not reset");
		if (this.sandbox == null) {
			this.known = reset.capture();
			return this.known;
		}
		Baseline current = baselines.current();
		Set<Long> used = this.sandbox.usedSequences();
		return used.isEmpty() ? current : reset.captureSequences(current, used);
	}

	private void keep(Baseline baseline, TestScope scope) {
		if (this.sandbox == null) {
			restore(baseline, "Something outside of a test, before " + scope.name() + ",", DatabaseReset::restore);
		}
	}

	private void begin(TestScope scope) {
		Sandbox sandbox = this.sandbox;
		if (sandbox == null) {
			sandbox = openSandbox();
			this.sandboxed = scope;
		}
		sandbox.begin(scope);
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

	private void openGap(TestScope last, Sandbox sandbox) {
		TestScope gap = new TestScope(last.level(), last.isolation(), "what came after " + last.name(), last.parent());
		sandbox.begin(gap);
		this.gap = gap;
	}

	private void adoptGap(TestScope scope) {
		TestScope gap = this.gap;
		this.gap = null;
		if (gap != null) {
			this.adopted.put(scope, gap);
		}
	}

	private void closeGap() {
		TestScope gap = this.gap;
		this.gap = null;
		if (gap != null && this.sandbox != null) {
			rollBack(gap, (this.baselines != null) ? this.baselines.current() : null, this.sandbox);
		}
	}

	private void rollBack(TestScope scope, @Nullable Baseline target, Sandbox sandbox) {
		try {
			Set<Long> used = sandbox.rollback(scope);
			if (!used.isEmpty() && this.reset != null && target != null) {
				this.reset.restoreSequences(target, used);
			}
		}
		finally {
			if (this.sandboxed == scope) {
				closeSandbox();
			}
		}
	}

	private void closeSandbox() {
		Sandbox sandbox = this.sandbox;
		this.sandbox = null;
		this.sandboxed = null;
		this.gap = null;
		this.adopted.clear();
		this.routes.forEach((route) -> route.to(null));
		if (sandbox != null) {
			sandbox.close();
		}
	}

	private void restore(@Nullable Baseline target, String name, BiFunction<DatabaseReset, Baseline, Changes> restore) {
		if (this.reset == null || target == null) {
			return;
		}
		Changes changes = restore.apply(this.reset, target);
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

}
