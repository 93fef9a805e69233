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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.util.ClassUtils;

import dev.pristine.postgres.sandbox.OverlapPolicy;
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

	private static final String R2DBC = "io.r2dbc.spi.ConnectionFactory";

	private final ObjectProvider<DataSource> dataSources;

	private final DataSourceRoutes routes;

	private final DisposableDatabases disposable;

	private final ConfigurableListableBeanFactory beanFactory;

	private final Duration timeout;

	private final Duration resetTimeout;

	private final OverlapPolicy overlap;

	PostgresResource(ObjectProvider<DataSource> dataSources, DataSourceRoutes routes, DisposableDatabases disposable,
			ConfigurableListableBeanFactory beanFactory, Duration timeout, Duration resetTimeout,
			OverlapPolicy overlap) {
		this.dataSources = dataSources;
		this.routes = routes;
		this.disposable = disposable;
		this.beanFactory = beanFactory;
		this.timeout = timeout;
		this.resetTimeout = resetTimeout;
		this.overlap = overlap;
	}

	@Override
	public String name() {
		return "postgres";
	}

	@Override
	public @Nullable String onlyCopy() {
		return null;
	}

	@Override
	public ResourceLease<?> lease(int slot) {
		// A data source that is created later, lazily, would not be isolated
		this.dataSources.stream().forEach((dataSource) -> {
		});
		createConnectionFactories();
		migrate();
		List<ResourceLease<?>> databases = new ArrayList<>();
		try {
			List<String> foreign = new ArrayList<>();
			Map<DatabaseIdentity, List<DataSourceRoute>> routed = identify(this.routes.all(), foreign);
			routed.forEach((identity, routes) -> databases.add(lease(identity, routes)));
			if (routed.isEmpty() && !foreign.isEmpty()) {
				databases.add(new ForeignDatabaseLease(foreign.get(0)));
			}
			this.disposable.connectToOthers(routed.keySet())
				.forEach((identity, connection) -> databases.add(new DatabaseLease(identity.database(), List.of(),
						routed.isEmpty(), connection, this.timeout, this.resetTimeout, this.overlap)));
			return new CompositeResourceLease(databases);
		}
		catch (RuntimeException | Error ex) {
			new CompositeResourceLease(databases).close();
			throw ex;
		}
	}

	// Of a lazy application, the first test would be the first to use the database
	private void createConnectionFactories() {
		if (ClassUtils.isPresent(R2DBC, this.beanFactory.getBeanClassLoader())) {
			Class<?> type = ClassUtils.resolveClassName(R2DBC, this.beanFactory.getBeanClassLoader());
			this.beanFactory.getBeanProvider(type).stream().forEach((factory) -> {
			});
		}
	}

	private DatabaseLease lease(DatabaseIdentity identity, List<DataSourceRoute> routes) {
		Connection connection = this.disposable.connect(identity, routes.get(0).target());
		try {
			return new DatabaseLease(identity.database(), routes, false, connection, this.timeout, this.resetTimeout,
					this.overlap);
		}
		catch (RuntimeException | Error ex) {
			JdbcUtils.closeConnection(connection);
			throw ex;
		}
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
	private static Map<DatabaseIdentity, List<DataSourceRoute>> identify(List<DataSourceRoute> routes,
			List<String> foreign) {
		Map<DatabaseIdentity, List<DataSourceRoute>> databases = new LinkedHashMap<>();
		List<ResourceException> failures = new ArrayList<>();
		for (DataSourceRoute route : routes) {
			try {
				DatabaseIdentity identity = identify(route, foreign);
				if (identity != null) {
					databases.computeIfAbsent(identity, (key) -> new ArrayList<>()).add(route);
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

	// A mock has no connection, or one without a server
	private static @Nullable DatabaseIdentity identify(DataSourceRoute route, List<String> foreign) {
		try (Connection connection = route.target().getConnection()) {
			if (connection == null || connection.getMetaData() == null) {
				logger.warn("The DataSource '%s' leads to nothing that Pristine could isolate".formatted(route.name()));
				return null;
			}
			DatabaseIdentity identity = DatabaseIdentity.of(connection);
			if (identity == null) {
				foreign.add("the DataSource '%s' leads to %s, which Pristine does not isolate".formatted(route.name(),
						connection.getMetaData().getDatabaseProductName()));
				return null;
			}
			route.learnDefaults(connection);
			return identity;
		}
		catch (SQLException ex) {
			throw new ResourceException(
					"The DataSource '%s' gave no connection (%s), so its database cannot be isolated."
						.formatted(route.name(), ex.getMessage()),
					"Check its URL, user and password, and that its server is running.", ex);
		}
	}

}
