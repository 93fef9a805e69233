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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

import dev.pristine.postgres.reset.Baseline;
import dev.pristine.postgres.route.ConnectionFactoryRoute;
import dev.pristine.postgres.route.ConnectionFactoryRoutes;
import dev.pristine.postgres.route.DataSourceRoute;
import dev.pristine.postgres.route.DataSourceRoutes;
import dev.pristine.postgres.route.DataSourceTarget;
import dev.pristine.postgres.route.SlotRoute;
import dev.pristine.postgres.route.SlotTarget;
import dev.pristine.postgres.sandbox.OverlapPolicy;
import dev.pristine.postgres.server.DatabaseIdentity;
import dev.pristine.postgres.server.FullServer;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.PostgresProperties;
import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;

/**
 * {@link TestResource} for the PostgreSQL databases behind the data sources of the
 * application, and for those of the tests that it uses otherwise, as with R2DBC.
 */
class PostgresResource implements TestResource {

	private static final Log logger = LogFactory.getLog(PostgresResource.class);

	private final DataSourceRoutes routes;

	private final @Nullable ConnectionFactoryRoutes factories;

	private final ConfigurableListableBeanFactory beanFactory;

	private final DisposableDatabases disposable;

	private final PostgresProperties properties;

	private final OverlapPolicy overlap;

	private volatile @Nullable PostgresDatabase base;

	private volatile @Nullable SchemaCopies schemas;

	private volatile @Nullable DatabaseLease home;

	private volatile @Nullable Baseline schema;

	private volatile @Nullable String onlyCopy;

	PostgresResource(DataSourceRoutes routes, @Nullable ConnectionFactoryRoutes factories,
			ConfigurableListableBeanFactory beanFactory, PostgresProperties properties, OverlapPolicy overlap) {
		this.routes = routes;
		this.factories = factories;
		this.beanFactory = beanFactory;
		this.disposable = new DisposableDatabases(beanFactory, properties.disposable());
		this.properties = properties;
		this.overlap = overlap;
	}

	@Override
	public String name() {
		return "postgres";
	}

	@Override
	public ResourceLease<?> lease(int slot) {
		return (slot == 0) ? lease() : leaseCopy(slot);
	}

	@Override
	public @Nullable String onlyCopy() {
		SchemaCopies schemas = this.schemas;
		if (this.onlyCopy == null && schemas != null) {
			try {
				this.base = schemas.base();
			}
			catch (ResourceException ex) {
				this.onlyCopy = sentence(ex);
			}
		}
		return this.onlyCopy;
	}

	private static String sentence(ResourceException ex) {
		return StringUtils.uncapitalize(ex.getProblem()) + " " + ex.getAction();
	}

	private ResourceLease<?> lease() {
		// What is created later, lazily, would not be isolated
		BeanFactoryUtils.beansOfTypeIncludingAncestors(this.beanFactory, DataSource.class);
		if (this.factories != null) {
			this.factories.factories();
		}
		migrate();
		List<ResourceLease<?>> databases = new ArrayList<>();
		try {
			List<String> foreign = new ArrayList<>();
			Map<DatabaseIdentity, List<DataSourceTarget>> routed = identify(this.routes.all(), foreign);
			routed.forEach((identity, targets) -> databases.add(lease(identity, targets, false)));
			if (routed.isEmpty() && !foreign.isEmpty()) {
				databases.add(new ForeignDatabaseLease(foreign.get(0)));
			}
			this.disposable.others(routed.keySet())
				.forEach((identity) -> databases.add(lease(identity, List.of(), routed.isEmpty())));
			List<String> others = (this.factories != null) ? this.factories.others(connectionFactories()) : List.of();
			PostgresDatabase own = this.disposable.own();
			if (!others.isEmpty() && own != null && own.isSchema()) {
				this.onlyCopy = "the application uses R2DBC, whose connections cannot be led to another schema. Grant it: 'ALTER ROLE ... CREATEDB'.";
			}
			else if (!others.isEmpty() && (this.onlyCopy == null || own != null)) {
				this.onlyCopy = ("the ConnectionFactory %s was not made by Spring Boot, in this application context, for"
						+ " the database that Pristine provides. Use its auto-configuration or ConnectionFactoryBuilder.")
					.formatted(others.get(0));
			}
			else if (databases.size() > 1 || !foreign.isEmpty()) {
				this.onlyCopy = "the application uses other databases than the one that Pristine provides.";
			}
			else if (this.routes.own().size() < this.routes.all().size()) {
				this.onlyCopy = "the application uses data sources of a parent application context.";
			}
			else if (!this.properties.exportTo().isEmpty()) {
				this.onlyCopy = "'pristine.postgres.export-to' gives clients the address of one database.";
			}
			return new CompositeResourceLease(databases);
		}
		catch (RuntimeException | Error ex) {
			new CompositeResourceLease(databases).close();
			throw ex;
		}
	}

	private ResourceLease<?> leaseCopy(int slot) {
		PostgresDatabase own = this.disposable.own();
		PostgresDatabase base = this.base;
		if (own == null || base == null) {
			// Without a database, there is nothing to copy
			Assert.state(this.onlyCopy == null, () -> "There is only one copy: " + this.onlyCopy);
			return new CompositeResourceLease(List.of());
		}
		try {
			SchemaCopies schemas = this.schemas;
			String name = own.name() + "_" + slot;
			PostgresDatabase copy = (schemas != null) ? schemas.copyTo(name) : base.copyTo(name);
			List<SlotRoute<?>> routes = new ArrayList<>(connectionFactories());
			this.routes.own().stream().filter((route) -> route.target().isIsolated()).forEach(routes::add);
			Runnable release = () -> {
				routes.forEach((route) -> route.end(slot));
				copy.close();
			};
			try {
				List<SlotTarget<?>> targets = new ArrayList<>();
				routes.forEach((route) -> targets.add(route.lead(slot, own.name(), copy.name())));
				SlotDatabase database = (schemas != null)
						? SlotDatabase.schema(schemas.home().copiedTo(copy), targets, release)
						: SlotDatabase.copy(copy, targets, base, release);
				DatabaseLease home = this.home;
				if (home != null) {
					home.copied();
				}
				return lease(database, database.dataSources().isEmpty(), base.connectTo(copy), this::original);
			}
			catch (SQLException | RuntimeException | Error ex) {
				release.run();
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw new ResourceException(
					"The slot %d got no copy of the database '%s': %s".formatted(slot, own.name(), ex.getMessage()),
					FullServer.action(ex, "See the server's log."), ex);
		}
	}

	private List<ConnectionFactoryRoute> connectionFactories() {
		return (this.factories != null) ? this.factories.to(this.disposable.own()) : List.of();
	}

	private DatabaseLease lease(DatabaseIdentity identity, List<DataSourceTarget> targets, boolean withoutDataSource) {
		SlotDatabase database = database(identity, targets);
		try {
			Connection connection = this.disposable.connect(identity,
					targets.isEmpty() ? null : targets.get(0).dataSource(), database.schema());
			DatabaseLease lease = lease(database, withoutDataSource, connection, () -> template(database, connection));
			if (database.refusal() == null) {
				this.home = lease;
			}
			return lease;
		}
		catch (RuntimeException | Error ex) {
			database.close();
			throw ex;
		}
	}

	// Some time has passed since there was no difference
	private @Nullable Baseline template(SlotDatabase database, @Nullable Connection connection) {
		try {
			PostgresDatabase own = database.own();
			return (own != null && connection != null && own.isAsCopied(connection)) ? this.schema : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

	// All copies are of the same
	private @Nullable Baseline original() {
		DatabaseLease home = this.home;
		return (this.schema != null || home == null) ? this.schema : home.first();
	}

	private DatabaseLease lease(SlotDatabase database, boolean withoutDataSource, @Nullable Connection connection,
			Supplier<@Nullable Baseline> original) {
		try {
			return new DatabaseLease(database, original, noTransaction(withoutDataSource), connection, this.properties,
					this.overlap);
		}
		catch (RuntimeException | Error ex) {
			JdbcUtils.closeConnection(connection);
			throw ex;
		}
	}

	private @Nullable String noTransaction(boolean withoutDataSource) {
		String[] jta = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory,
				JtaTransactionManager.class, true, false);
		return (jta.length == 0) ? (withoutDataSource ? ModeRefusal.WITHOUT_DATA_SOURCE : null)
				: "the transactions of '%s' are those of JTA, which end past the connection that all share in this mode"
					.formatted(jta[0]);
	}

	// Before anything of our own is connected to it
	private SlotDatabase database(DatabaseIdentity identity, List<DataSourceTarget> dataSources) {
		PostgresDatabase own = this.disposable.own();
		if (own != null && own.isSchema() && !this.disposable.isAll() && !dataSources.isEmpty()
				&& dataSources.stream().allMatch((target) -> own.name().equals(target.settings().searchPath()))) {
			SchemaCopies schemas = new SchemaCopies(own, dataSources, this.beanFactory, this.properties.resetTimeout());
			this.schemas = schemas;
			return SlotDatabase.schema(schemas.home(), dataSources, schemas::close);
		}
		List<SlotTarget<?>> targets = new ArrayList<>(dataSources);
		if (own == null || !own.name().equals(identity.database())) {
			route((this.factories != null) ? this.factories.to(identity) : List.of(), targets);
			return only(identity, targets, null,
					"the database '%s' is one that Pristine did not create. Let Pristine provide it."
						.formatted(identity.database()));
		}
		route(connectionFactories(), targets);
		try {
			if (targets.isEmpty()) {
				throw new ResourceException(
						"The database '%s' is used past any DataSource or ConnectionFactory.".formatted(own.name()),
						"Use it with one that is a bean.");
			}
			Baseline schema = Originals.of(own);
			PostgresDatabase template = (schema != null) ? own.template() : null;
			PostgresDatabase base = BaseCopy.of(own, identity, targets, template);
			this.base = base;
			if (base != template) {
				return SlotDatabase.copy(own, targets, base, base::close);
			}
			this.schema = schema;
			return SlotDatabase.copy(own, targets, base, () -> {
			});
		}
		catch (ResourceException ex) {
			return only(identity, targets, own, sentence(ex));
		}
	}

	private SlotDatabase only(DatabaseIdentity identity, List<SlotTarget<?>> targets, @Nullable PostgresDatabase own,
			String refusal) {
		this.onlyCopy = refusal;
		return SlotDatabase.only(identity, targets, own, refusal);
	}

	private static void route(List<ConnectionFactoryRoute> routes, List<SlotTarget<?>> targets) {
		routes.forEach((route) -> {
			route.start();
			targets.add(route.target());
		});
	}

	// Of a lazy application, the first test would do it: inside of what is rolled back
	private void migrate() {
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			if (this.beanFactory.getBeanDefinition(name).hasAttribute(DatabaseInitializerDetector.class.getName())) {
				this.beanFactory.getBean(name);
			}
		}
	}

	// One that cannot be reached, beside others, may be one that no test uses
	private static Map<DatabaseIdentity, List<DataSourceTarget>> identify(List<DataSourceRoute> routes,
			List<String> foreign) {
		Map<DatabaseIdentity, List<DataSourceTarget>> databases = new LinkedHashMap<>();
		List<ResourceException> failures = new ArrayList<>();
		for (DataSourceRoute route : routes) {
			DataSourceTarget target = route.target();
			try {
				DatabaseIdentity identity = target.identify(foreign);
				if (identity != null) {
					route.start();
					databases.computeIfAbsent(identity, (key) -> new ArrayList<>()).add(target);
				}
			}
			catch (ResourceException ex) {
				failures.add(ex);
			}
		}
		if (!failures.isEmpty() && failures.size() == routes.size()) {
			throw failures.get(0);
		}
		failures.forEach((failure) -> logger.warn(failure.getMessage()));
		return databases;
	}

}
