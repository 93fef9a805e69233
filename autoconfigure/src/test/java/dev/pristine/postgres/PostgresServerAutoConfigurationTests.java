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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.mock.env.MockEnvironment;
import org.testcontainers.postgresql.PostgreSQLContainer;

import dev.pristine.launch.Servers;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.PostgresLaunch;
import dev.pristine.postgres.server.PostgresProperties;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PostgresServerAutoConfiguration} that need no server.
 */
class PostgresServerAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PostgresServerAutoConfiguration.class));

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("pristine.postgres.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PostgresDatabase.class));
	}

	@Test
	void backsOffWithoutDriver() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(Driver.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PostgresDatabase.class));
	}

	@Test
	void backsOffWithoutSpringBootJdbc() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(JdbcConnectionDetails.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PostgresDatabase.class));
	}

	@Test
	void backsOffWhenUserDeclaresConnectionDetails() {
		this.contextRunner.withUserConfiguration(DeclaredDetails.class)
			.run((context) -> assertThat(context).hasSingleBean(JdbcConnectionDetails.class)
				.doesNotHaveBean(PostgresDatabase.class));
	}

	@Test
	void startsNothingBesideDataSourceOfUser() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(PostgresPreparationAutoConfiguration.class))
			.withUserConfiguration(DeclaredDataSource.class)
			.withPropertyValues("pristine.launch=external")
			.run((context) -> assertThat(context).hasNotFailed());
		MockEnvironment environment = new MockEnvironment().withProperty("pristine.launch", "external");
		PostgresLaunch launch = new PostgresLaunch(PostgresProperties.from(environment), environment);
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> Servers.get(launch.configuration(), () -> {
			throw new ResourceException("Nobody has asked for it.", "");
		})).withMessageContaining("Nobody has asked");
	}

	@Test
	void backsOffWhenUserDeclaresContainer() {
		this.contextRunner.withUserConfiguration(DeclaredContainer.class)
			.run((context) -> assertThat(context).doesNotHaveBean(PostgresDatabase.class));
	}

	@Test
	void backsOffWhenUrlStartsContainer() {
		this.contextRunner.withPropertyValues("spring.datasource.url=jdbc:tc:postgresql:18:///test")
			.run((context) -> assertThat(context).doesNotHaveBean(PostgresDatabase.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:mysql://localhost/orders", "jdbc:h2:mem:orders" })
	void backsOffWhenUrlIsOfAnotherDatabase(String url) {
		this.contextRunner.withPropertyValues("spring.datasource.url=" + url)
			.run((context) -> assertThat(context).doesNotHaveBean(PostgresDatabase.class));
	}

	@Test
	void backsOffWhenReactiveUrlIsOfAnotherDatabase() {
		this.contextRunner.withPropertyValues("spring.r2dbc.url=r2dbc:h2:mem:///orders")
			.run((context) -> assertThat(context).doesNotHaveBean(PostgresDatabase.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://db.example.com/orders", "jdbc:otel:postgresql://db.example.com/orders",
			"${DATABASE_URL}" })
	void takesThePlaceOfUrlOfPostgres(String url) {
		this.contextRunner.withPropertyValues("pristine.launch=embedded", "spring.datasource.url=" + url)
			.run((context) -> assertThat(context).hasSingleBean(PostgresDatabase.class));
	}

	@Test
	void propertiesHaveDefaults() {
		PostgresProperties properties = PostgresProperties.from(new MockEnvironment());
		assertThat(properties.enabled()).isTrue();
		assertThat(properties.launch()).isNull();
		assertThat(properties.image()).isEqualTo("postgres:18.6");
		assertThat(properties.dataDirectory()).isNull();
		assertThat(properties.executable()).isNull();
		assertThat(properties.port()).isZero();
		assertThat(properties.locale()).isNull();
		assertThat(properties.settings()).isEmpty();
		assertThat(properties.url()).isNull();
		assertThat(properties.disposable()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "pristine.postgres.launch=external, pristine.postgres.url",
			"pristine.cache-directory=/dev/null/x, pristine.cache-directory",
			"pristine.postgres.executable=/dev/null/postgres, pristine.postgres.executable" })
	void saysWhyThereIsNoServer(String property, String message) {
		this.contextRunner.withPropertyValues("pristine.launch=embedded", property)
			.run((context) -> assertThatExceptionOfType(BeanCreationException.class)
				.isThrownBy(() -> context.getBean(PostgresDatabase.class))
				.havingRootCause()
				.isInstanceOf(ResourceException.class)
				.withMessageContaining(message));
	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredDetails {

		@Bean
		JdbcConnectionDetails details() {
			return new JdbcConnectionDetails() {

				@Override
				public String getUsername() {
					return "user";
				}

				@Override
				public String getPassword() {
					return "password";
				}

				@Override
				public String getJdbcUrl() {
					return "jdbc:postgresql://localhost/mine";
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredDataSource {

		@Bean
		DataSource dataSource() {
			return new PGSimpleDataSource();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredContainer {

		@Bean
		@Lazy
		@ServiceConnection
		PostgreSQLContainer container() {
			return new PostgreSQLContainer("postgres:18");
		}

	}

}
