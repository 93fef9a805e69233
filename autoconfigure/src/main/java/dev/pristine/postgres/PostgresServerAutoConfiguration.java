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
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.Flyway;
import org.postgresql.Driver;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayConnectionDetails;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseConnectionDetails;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

import dev.pristine.launch.ExportedAddress;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.migration.FlywayMigrations;
import dev.pristine.postgres.migration.LiquibasePostProcessor;
import dev.pristine.postgres.migration.MigrationTarget;
import dev.pristine.postgres.migration.MigrationTemplates;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.PostgresProperties;
import dev.pristine.postgres.server.PostgresR2dbcConnectionDetails;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the PostgreSQL server and the
 * application context's own database on it.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class,
		beforeName = "org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration")
@ConditionalOnClass({ DataSource.class, JdbcConnectionDetails.class, Driver.class })
@ConditionalOnBooleanProperty(name = "pristine.postgres.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(JdbcConnectionDetails.class)
@Conditional(OnMissingTestDatabaseCondition.class)
@EnableConfigurationProperties({ LaunchProperties.class, PostgresProperties.class })
@Import(PostgresServerRegistrar.class)
public final class PostgresServerAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ConnectionFactory.class, R2dbcConnectionDetails.class })
	@ConditionalOnMissingBean(R2dbcConnectionDetails.class)
	static class R2dbcConfiguration {

		@Bean
		@Lazy
		PostgresR2dbcConnectionDetails pristinePostgresR2dbcConnectionDetails(JdbcConnectionDetails details) {
			return new PostgresR2dbcConnectionDetails(details);
		}

		@Bean
		static ExportedAddress<R2dbcConnectionDetails> pristineR2dbcAddress() {
			return PostgresR2dbcConnectionDetails.export();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(FlywayConnectionDetails.class)
	@ConditionalOnMissingBean(FlywayConnectionDetails.class)
	static class FlywayTargetConfiguration {

		@Bean
		FlywayTarget pristinePostgresFlywayConnectionDetails(ObjectProvider<DataSource> dataSource,
				ObjectProvider<PostgresDatabase> database) {
			return new FlywayTarget(dataSource, database);
		}

		static final class FlywayTarget extends MigrationTarget implements FlywayConnectionDetails {

			FlywayTarget(ObjectProvider<DataSource> dataSource, ObjectProvider<PostgresDatabase> database) {
				super(dataSource, database);
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HikariDataSource.class)
	@ConditionalOnBooleanProperty(name = "pristine.postgres.templates", matchIfMissing = true)
	static class TemplateConfiguration {

		@Bean
		MigrationTemplates pristineMigrationTemplates(ObjectProvider<PostgresDatabase> database) {
			return new MigrationTemplates(database, Originals::read);
		}

		// One of the application is not ours to repeat elsewhere
		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass({ FlywayMigrationStrategy.class, Flyway.class })
		@ConditionalOnMissingBean(FlywayMigrationStrategy.class)
		static class FlywayConfiguration {

			@Bean
			@Fallback
			FlywayMigrationStrategy pristineFlywayMigrationStrategy(MigrationTemplates templates) {
				return (flyway) -> {
					FlywayMigrations migrations = new FlywayMigrations(flyway);
					if (templates.isCopied(migrations)) {
						migrations.validate();
					}
					else {
						flyway.migrate();
					}
				};
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(SpringLiquibase.class)
		static class LiquibaseConfiguration {

			@Bean
			static LiquibasePostProcessor pristineLiquibasePostProcessor(ObjectProvider<MigrationTemplates> templates) {
				return new LiquibasePostProcessor(templates);
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(LiquibaseConnectionDetails.class)
	@ConditionalOnMissingBean(LiquibaseConnectionDetails.class)
	static class LiquibaseTargetConfiguration {

		@Bean
		LiquibaseTarget pristinePostgresLiquibaseConnectionDetails(ObjectProvider<DataSource> dataSource,
				ObjectProvider<PostgresDatabase> database) {
			return new LiquibaseTarget(dataSource, database);
		}

		static final class LiquibaseTarget extends MigrationTarget implements LiquibaseConnectionDetails {

			LiquibaseTarget(ObjectProvider<DataSource> dataSource, ObjectProvider<PostgresDatabase> database) {
				super(dataSource, database);
			}

		}

	}

}
