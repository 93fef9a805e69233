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
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import dev.pristine.launch.ContainerDetails;
import dev.pristine.postgres.server.DatabaseIdentity;
import dev.pristine.postgres.server.FullServer;
import dev.pristine.postgres.server.OwnSchema;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.resource.ResourceException;

/**
 * The databases whose content may be deleted: those that were created for the tests, by
 * Pristine or in a container, and those that the configuration calls disposable.
 */
class DisposableDatabases {

	private final ConfigurableListableBeanFactory beanFactory;

	private final boolean all;

	/** Which databases these are, as far as somebody has connected. */
	private final Map<JdbcConnectionDetails, DatabaseIdentity> identities = new IdentityHashMap<>();

	DisposableDatabases(ConfigurableListableBeanFactory beanFactory, boolean all) {
		this.beanFactory = beanFactory;
		this.all = all;
	}

	/**
	 * Open a connection, beside the pool, with which the database can be reset.
	 * @param identity the database
	 * @param dataSource a data source that leads to it, or {@code null} if there is none
	 * @param schema the schema that stands for it, or {@code null}
	 * @return the connection, or {@code null} if the database is not disposable
	 */
	@Nullable Connection connect(DatabaseIdentity identity, @Nullable DataSource dataSource, @Nullable OwnSchema schema) {
		try {
			if (schema != null) {
				return (schema.refusal() == null) ? schema.database().connect() : null;
			}
			for (JdbcConnectionDetails details : createdForTests(false)) {
				Connection connection = connect(details);
				if (identity.equals(DatabaseIdentity.of(connection))) {
					this.identities.put(details, identity);
					return connection;
				}
				connection.close();
			}
			return (this.all && dataSource != null) ? DataSourceBuilder.derivedFrom(dataSource)
				.type(SimpleDriverDataSource.class)
				.build()
				.getConnection() : null;
		}
		catch (SQLException | RuntimeException ex) {
			throw new ResourceException(
					"There is no connection beside the pool with which the database '%s' could be reset: %s"
						.formatted(identity.database(), ex.getMessage()),
					FullServer.action(ex,
							"Check that the server accepts further connections of the user that the DataSource uses."),
					ex);
		}
	}

	/**
	 * Return whether the configuration calls all databases disposable.
	 * @return whether everything in any of them may be deleted
	 */
	boolean isAll() {
		return this.all;
	}

	/**
	 * Return the databases that were created for tests, are used, and are none of those
	 * that are known.
	 * @param known the databases to which data sources lead
	 * @return the others
	 */
	Set<DatabaseIdentity> others(Set<DatabaseIdentity> known) {
		Set<DatabaseIdentity> others = new LinkedHashSet<>();
		for (JdbcConnectionDetails details : createdForTests(true)) {
			DatabaseIdentity identity = this.identities.get(details);
			if (identity == null && details.getJdbcUrl().startsWith("jdbc:postgresql:")) {
				try (Connection connection = connect(details)) {
					identity = DatabaseIdentity.of(connection);
				}
				catch (SQLException | RuntimeException ex) {
					throw new ResourceException(
							"There is no connection with which the database of the tests could be reset: "
									+ ex.getMessage(),
							FullServer.action(ex, "Check that the server accepts further connections."), ex);
				}
			}
			if (identity != null && !known.contains(identity)) {
				others.add(identity);
			}
		}
		return others;
	}

	/**
	 * Return the database that Pristine created for this application context.
	 * @return the database, or {@code null} if it has none
	 */
	@Nullable PostgresDatabase own() {
		return Stream.of(this.beanFactory.getBeanNamesForType(PostgresDatabase.class, true, false))
			.filter(this.beanFactory::containsSingleton)
			.findFirst()
			.map((name) -> this.beanFactory.getBean(name, PostgresDatabase.class))
			.orElse(null);
	}

	// In parent contexts, too: their data sources are isolated with those of this one
	private List<JdbcConnectionDetails> createdForTests(boolean used) {
		List<JdbcConnectionDetails> found = new ArrayList<>();
		BeanFactory next = this.beanFactory;
		while (next instanceof ConfigurableListableBeanFactory factory) {
			for (String name : factory.getBeanNamesForType(JdbcConnectionDetails.class)) {
				if ((!used || factory.containsSingleton(name))
						&& ContainerDetails.areOfTests(factory, name, () -> factory.getBean(name))) {
					JdbcConnectionDetails details = factory.getBean(name, JdbcConnectionDetails.class);
					// Or it has a schema of its own only, in a database that others use
					if (!(details instanceof PostgresDatabase own) || !own.isSchema()) {
						found.add(details);
					}
				}
			}
			next = parent(factory);
		}
		return found;
	}

	// A context stands between the factories
	private static @Nullable BeanFactory parent(ConfigurableListableBeanFactory factory) {
		return (factory.getParentBeanFactory() instanceof ConfigurableApplicationContext context)
				? context.getBeanFactory() : factory.getParentBeanFactory();
	}

	private static Connection connect(JdbcConnectionDetails details) throws SQLException {
		return DriverManager.getConnection(details.getJdbcUrl(), details.getUsername(), details.getPassword());
	}

}
