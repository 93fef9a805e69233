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
import java.util.List;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import dev.pristine.resource.ResourceException;

/**
 * The databases whose content may be deleted: those that were created for the tests, by
 * Pristine or in a container, and those that the configuration calls disposable.
 */
class DisposableDatabases {

	private final ConfigurableListableBeanFactory beanFactory;

	private final boolean all;

	DisposableDatabases(ConfigurableListableBeanFactory beanFactory, boolean all) {
		this.beanFactory = beanFactory;
		this.all = all;
	}

	/**
	 * Open a connection, beside the pool, with which the database can be reset.
	 * @param identity the database
	 * @param dataSource a data source that leads to it
	 * @return the connection, or {@code null} if the database is not disposable
	 */
	@Nullable Connection connect(DatabaseIdentity identity, DataSource dataSource) {
		try {
			for (JdbcConnectionDetails details : createdForTests()) {
				Connection connection = connect(details);
				if (identity.equals(DatabaseIdentity.of(connection))) {
					return connection;
				}
				connection.close();
			}
			return this.all ? DataSourceBuilder.derivedFrom(dataSource)
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

	private List<JdbcConnectionDetails> createdForTests() {
		List<JdbcConnectionDetails> found = new ArrayList<>();
		for (String name : this.beanFactory.getBeanNamesForType(JdbcConnectionDetails.class)) {
			if (this.beanFactory.containsBeanDefinition(name)
					&& ContainerImageMetadata.isPresent(this.beanFactory.getBeanDefinition(name))) {
				found.add(this.beanFactory.getBean(name, JdbcConnectionDetails.class));
			}
		}
		return found;
	}

	private static Connection connect(JdbcConnectionDetails details) throws SQLException {
		return DataSourceBuilder.create()
			.type(SimpleDriverDataSource.class)
			.driverClassName(details.getDriverClassName())
			.url(details.getJdbcUrl())
			.username(details.getUsername())
			.password(details.getPassword())
			.build()
			.getConnection();
	}

}
