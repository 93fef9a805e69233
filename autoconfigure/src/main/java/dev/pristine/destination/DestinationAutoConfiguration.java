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

package dev.pristine.destination;

import javax.sql.DataSource;

import io.r2dbc.spi.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that has every connection lead to
 * servers of the tests.
 *
 * @since 0.1.0
 */
@AutoConfiguration
public final class DestinationAutoConfiguration {

	@Bean
	static TestAddresses pristineTestAddresses(ConfigurableListableBeanFactory beanFactory,
			ConfigurableEnvironment environment, ObjectProvider<DetailsUrl<?>> detailsUrls) {
		return new TestAddresses(beanFactory, environment, detailsUrls);
	}

	@Bean
	static EnvironmentCheck pristineEnvironmentCheck(ConfigurableEnvironment environment,
			ObjectProvider<TestAddresses> addresses) {
		return new EnvironmentCheck(environment, addresses);
	}

	@Bean
	OtherServers pristineOtherServers(ConfigurableListableBeanFactory beanFactory) {
		return new OtherServers(beanFactory);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AbstractRoutingDataSource.class)
	static class JdbcConfiguration {

		@Bean
		static DestinationGuard<DataSource> pristineDataSourceGuard(ObjectProvider<TestAddresses> addresses) {
			return new DestinationGuard<>(DataSource.class, DataSourceUrls::of, false, addresses);
		}

		@Bean
		static DestinationGuard<?> pristineEntityManagerFactoryGuard(ObjectProvider<TestAddresses> addresses) {
			return ofOwner("org.springframework.orm.jpa.AbstractEntityManagerFactoryBean", "jpaPropertyMap", addresses);
		}

		@Bean
		static DestinationGuard<?> pristineFlywayGuard(ObjectProvider<TestAddresses> addresses) {
			return ofOwner("org.flywaydb.core.Flyway", "configuration.dataSource", addresses);
		}

		@Bean
		static DestinationGuard<?> pristineLiquibaseGuard(ObjectProvider<TestAddresses> addresses) {
			return ofOwner("liquibase.integration.spring.SpringLiquibase", "dataSource", addresses);
		}

		private static DestinationGuard<?> ofOwner(String type, String property,
				ObjectProvider<TestAddresses> addresses) {
			Class<?> present = ClassUtils.isPresent(type, null) ? ClassUtils.resolveClassName(type, null) : Void.class;
			return new DestinationGuard<>(present, (owner) -> DataSourceUrls.ofOwner(owner, property), true, addresses);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JdbcConnectionDetails.class)
	static class JdbcDetailsConfiguration {

		@Bean
		static DetailsUrl<JdbcConnectionDetails> pristineJdbcDetailsUrl() {
			return new DetailsUrl<>(ServerKind.POSTGRES, JdbcConnectionDetails.class,
					JdbcConnectionDetails::getJdbcUrl);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ConnectionFactory.class, OptionsCapableConnectionFactory.class })
	static class R2dbcConfiguration {

		@Bean
		static DestinationGuard<ConnectionFactory> pristineConnectionFactoryGuard(
				ObjectProvider<TestAddresses> addresses) {
			return new DestinationGuard<>(ConnectionFactory.class, ConnectionFactoryUrls::of, false, addresses);
		}

		@Bean
		static DetailsUrl<R2dbcConnectionDetails> pristineR2dbcDetailsUrl() {
			return new DetailsUrl<>(ServerKind.POSTGRES, R2dbcConnectionDetails.class,
					(details) -> ConnectionFactoryUrls.of(details.getConnectionFactoryOptions()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RedisConnectionFactory.class, DataRedisConnectionDetails.class })
	static class RedisConfiguration {

		@Bean
		static DestinationGuard<RedisConnectionFactory> pristineRedisConnectionFactoryGuard(Environment environment,
				ConfigurableListableBeanFactory beanFactory, ObjectProvider<TestAddresses> addresses) {
			return new DestinationGuard<>(RedisConnectionFactory.class,
					(factory) -> RedisUrls.of(factory, environment, isAsked(environment, beanFactory)), false,
					addresses);
		}

		// The auto-configuration of Redis asks servers, which slices leave out
		private static boolean isAsked(Environment environment, ConfigurableListableBeanFactory beanFactory) {
			return beanFactory.containsBean("redisRoutes")
					|| !environment.getProperty("pristine.redis.enabled", Boolean.class, true);
		}

		@Bean
		static DetailsUrl<DataRedisConnectionDetails> pristineRedisDetailsUrl() {
			return new DetailsUrl<>(ServerKind.REDIS, DataRedisConnectionDetails.class, RedisUrls::of);
		}

	}

}
