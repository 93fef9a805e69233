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

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.r2dbc.spi.ConnectionFactory;
import org.postgresql.PGConnection;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.HikariDataSourcePoolMetadata;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.pristine.launch.ExportedAddress;
import dev.pristine.postgres.route.ConnectionFactoryRoutes;
import dev.pristine.postgres.route.DataSourceRoute;
import dev.pristine.postgres.route.DataSourceRoutes;
import dev.pristine.postgres.server.PostgresProperties;
import dev.pristine.postgres.server.PostgresUrl;
import dev.pristine.resource.CurrentSlot;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the isolation of the PostgreSQL
 * databases behind the application's data sources.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnClass({ DataSource.class, PGConnection.class, DataSourceAutoConfiguration.class })
@EnableConfigurationProperties({ PostgresProperties.class, SandboxProperties.class })
public final class PostgresIsolationAutoConfiguration {

	@Bean
	static DataSourceRoutes pristineDataSourceRoutes(ConfigurableListableBeanFactory beanFactory) {
		BeanFactory parent = beanFactory.getParentBeanFactory();
		return new DataSourceRoutes(
				(parent != null) ? parent.getBeanProvider(DataSourceRoutes.class).getIfAvailable() : null,
				beanFactory.getBeanProvider(CurrentSlot.class));
	}

	@Bean
	PostgresResource pristinePostgresResource(DataSourceRoutes routes,
			ObjectProvider<ConnectionFactoryRoutes> factories, ConfigurableListableBeanFactory beanFactory,
			PostgresProperties properties, SandboxProperties sandbox) {
		return new PostgresResource(routes, factories.getIfAvailable(), beanFactory, properties, sandbox.overlap());
	}

	@Bean
	static ExportedAddress<JdbcConnectionDetails> postgresExportedAddress() {
		return new ExportedAddress<>("pristine.postgres.export-to", JdbcConnectionDetails.class,
				(details) -> PostgresUrl.parse(details.getJdbcUrl())
					.toUri(details.getUsername(), details.getPassword()))
			.to("spring.datasource.url", JdbcConnectionDetails::getJdbcUrl)
			.to("spring.datasource.username", JdbcConnectionDetails::getUsername)
			.to("spring.datasource.password", JdbcConnectionDetails::getPassword)
			.toExisting("spring.datasource.driver-class-name", JdbcConnectionDetails::getDriverClassName)
			.toExisting("spring.datasource.hikari.jdbc-url", JdbcConnectionDetails::getJdbcUrl)
			.toExisting("spring.datasource.hikari.username", JdbcConnectionDetails::getUsername)
			.toExisting("spring.datasource.hikari.password", JdbcConnectionDetails::getPassword)
			.toExisting("spring.jpa.properties.hibernate.connection.url", JdbcConnectionDetails::getJdbcUrl)
			.toExisting("spring.jpa.properties.hibernate.connection.username", JdbcConnectionDetails::getUsername)
			.toExisting("spring.jpa.properties.hibernate.connection.password", JdbcConnectionDetails::getPassword)
			.toExisting("spring.jpa.properties.jakarta.persistence.jdbc.url", JdbcConnectionDetails::getJdbcUrl)
			.toExisting("spring.jpa.properties.jakarta.persistence.jdbc.user", JdbcConnectionDetails::getUsername)
			.toExisting("spring.jpa.properties.jakarta.persistence.jdbc.password", JdbcConnectionDetails::getPassword);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConnectionFactory.class)
	static class R2dbcConfiguration {

		@Bean
		static ConnectionFactoryRoutes pristineConnectionFactoryRoutes(ConfigurableListableBeanFactory beanFactory) {
			return new ConnectionFactoryRoutes(beanFactory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HikariDataSource.class)
	static class HikariConfiguration {

		// Boot reads it from a field of the pool, which a proxy does not have
		@Bean
		DataSourcePoolMetadataProvider pristineRoutedPoolMetadata() {
			return (dataSource) -> {
				DataSourceRoute route = DataSourceRoute.of(dataSource);
				return (route != null && route.target().dataSource() instanceof HikariDataSource pool)
						? new HikariDataSourcePoolMetadata(pool) : null;
			};
		}

	}

}
