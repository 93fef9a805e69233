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

import java.util.Objects;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.function.SingletonSupplier;

import dev.pristine.launch.Servers;
import dev.pristine.postgres.server.DriverParameters;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.PostgresLaunch;
import dev.pristine.postgres.server.PostgresProperties;
import dev.pristine.resource.Notice;

/**
 * Registers the application context's own {@link PostgresDatabase} and what connects the
 * application with it. The server starts when somebody asks for its address, unless
 * {@link PostgresPreparationAutoConfiguration} has started it before.
 */
class PostgresServerRegistrar implements ImportBeanDefinitionRegistrar {

	private static final Log logger = LogFactory.getLog(PostgresServerRegistrar.class);

	private static final String DATABASE = "pristinePostgresDatabase";

	/** The launch, if the application has no data source of its own. */
	private static final String LAUNCH = PostgresServerRegistrar.class.getName() + ".launch";

	private static final String RESTART_SCOPE = "restart";

	private static final String RESTART_LOADER = "RestartClassLoader";

	private final Environment environment;

	PostgresServerRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		// Before the tests' address is there
		DriverParameters parameters = DriverParameters.of(this.environment);
		boolean replaced = this.environment.containsProperty("spring.datasource.url")
				&& !this.environment.containsProperty("pristine.postgres.enabled");
		Supplier<PostgresLaunch> launch = SingletonSupplier.of(() -> launch(replaced));
		registry.registerBeanDefinition("pristineMissingSchema",
				new RootBeanDefinition(MissingSchema.class, () -> new MissingSchema(this.environment)));
		RootBeanDefinition database = new RootBeanDefinition(PostgresDatabase.class, () -> PostgresDatabase
			.create(() -> Servers.get(launch.get().configuration(), launch.get()::start), parameters));
		database.setLazyInit(true);
		outliveRestart(database, registry);
		if (!hasDataSource(registry)) {
			database.setAttribute(LAUNCH, launch);
		}
		// To the test slices: this is a database for tests, not to be replaced
		new ContainerImageMetadata(null).addTo(database);
		registry.registerBeanDefinition(DATABASE, database);
	}

	// Of Spring Boot's developer tools: what was entered is there after it. In tests, the
	// scope is there, too, and one for all application contexts
	private static void outliveRestart(RootBeanDefinition database, BeanDefinitionRegistry registry) {
		if (registry instanceof ConfigurableBeanFactory factory && factory.getRegisteredScope(RESTART_SCOPE) != null
				&& Objects.requireNonNull(factory.getBeanClassLoader())
					.getClass()
					.getSimpleName()
					.equals(RESTART_LOADER)) {
			database.setScope(RESTART_SCOPE);
		}
	}

	private PostgresLaunch launch(boolean replaced) {
		if (replaced) {
			Notice.once(logger::info,
					"The tests do not use 'spring.datasource.url' but a database of their own; set 'pristine.postgres.enabled' to 'false' if they should");
		}
		return new PostgresLaunch(PostgresProperties.from(this.environment), this.environment);
	}

	/**
	 * Start the server in the background if it is Spring Boot that makes a
	 * {@link DataSource} for it.
	 * @param registry the bean definitions so far
	 */
	static void prepare(BeanDefinitionRegistry registry) {
		if (registry.containsBeanDefinition(DATABASE) && hasDataSource(registry)
				&& registry.getBeanDefinition(DATABASE).getAttribute(LAUNCH) instanceof Supplier<?> supplier
				&& supplier.get() instanceof PostgresLaunch launch) {
			Servers.prepare(launch.configuration(), launch::start);
		}
	}

	private static boolean hasDataSource(Object registry) {
		return registry instanceof ListableBeanFactory beanFactory
				&& beanFactory.getBeanNamesForType(DataSource.class, true, false).length > 0;
	}

}
