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

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.ClassUtils;

import dev.pristine.resource.Notice;

/**
 * Tells why tables are missing: what fills an embedded database by default does nothing
 * to this one.
 */
class MissingSchema implements BeanFactoryPostProcessor {

	private static final Log logger = LogFactory.getLog(MissingSchema.class);

	private static final String ENTITY_MANAGER_FACTORY = "entityManagerFactory";

	private static final String LIQUIBASE = "liquibase.integration.spring.SpringLiquibase";

	private static final String FLYWAY = "org.flywaydb.core.Flyway";

	private static final List<String> GENERATION = List.of("spring.jpa.hibernate.ddl-auto", "spring.jpa.generate-ddl",
			"spring.jpa.properties.hibernate.hbm2ddl.auto",
			"spring.jpa.properties.jakarta.persistence.schema-generation.database.action");

	private final Environment environment;

	MissingSchema(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (beanFactory.getBeanNamesForType(DataSource.class, true, false).length == 0
				&& !has(beanFactory, "io.r2dbc.spi.ConnectionFactory")) {
			return;
		}
		tellMissingModule(beanFactory, FLYWAY, "flyway", "Flyway");
		tellMissingModule(beanFactory, LIQUIBASE, "liquibase", "Liquibase");
		List<String> scripts = scripts();
		String mode = this.environment.getProperty("spring.sql.init.mode");
		boolean run = "always".equalsIgnoreCase(mode) && !scripts.isEmpty();
		boolean generated = GENERATION.stream().anyMatch(this.environment::containsProperty);
		if (mode == null && !scripts.isEmpty()) {
			Notice.once(logger::warn,
					"%s did not run: 'spring.sql.init.mode' is 'embedded' by default, and PostgreSQL is a server; set it to 'always'"
						.formatted(String.join(" and ", scripts)));
		}
		if (run || generated) {
			logger.debug("No template of what scripts or Hibernate do to the database: only of migrations");
		}
		else if (isEntityManagerFactoryOfBoot(beanFactory) && !has(beanFactory, FLYWAY)
				&& !has(beanFactory, LIQUIBASE)) {
			Notice.once(logger::warn,
					"Nothing creates the tables of the entities: 'spring.jpa.hibernate.ddl-auto' is 'create-drop' by default only for an embedded database; set it, or add migrations");
		}
	}

	// Before Spring Boot 4, the library was enough
	private static void tellMissingModule(ConfigurableListableBeanFactory beanFactory, String library, String module,
			String name) {
		ClassLoader classLoader = beanFactory.getBeanClassLoader();
		String configuration = "org.springframework.boot.%s.autoconfigure.%sAutoConfiguration".formatted(module, name);
		if (ClassUtils.isPresent(library, classLoader) && !ClassUtils.isPresent(configuration, classLoader)
				&& !has(beanFactory, library)) {
			Notice.once(logger::warn,
					"The migrations of %s did not run: for that, Spring Boot needs 'org.springframework.boot:spring-boot-starter-%s'"
						.formatted(name, module));
		}
	}

	private List<String> scripts() {
		List<String> found = new ArrayList<>();
		for (String kind : List.of("schema", "data")) {
			List<String> locations = Binder.get(this.environment)
				.bind("spring.sql.init." + kind + "-locations", Bindable.listOf(String.class))
				.orElse(List.of("classpath*:" + kind + ".sql"));
			locations.stream()
				.map((location) -> location.replaceFirst("^optional:", ""))
				.filter(MissingSchema::exists)
				.map((location) -> "'" + location.replaceFirst("^classpath\\*?:/?", "") + "'")
				.forEach(found::add);
		}
		return found;
	}

	private static boolean exists(String location) {
		try {
			return Stream.of(new PathMatchingResourcePatternResolver().getResources(location))
				.anyMatch((resource) -> resource.exists());
		}
		catch (IOException ex) {
			return false;
		}
	}

	// One of the application follows no properties
	private static boolean isEntityManagerFactoryOfBoot(ConfigurableListableBeanFactory beanFactory) {
		return beanFactory.containsBeanDefinition(ENTITY_MANAGER_FACTORY)
				&& String.valueOf(beanFactory.getBeanDefinition(ENTITY_MANAGER_FACTORY).getFactoryBeanName())
					.startsWith("org.springframework.boot.");
	}

	private static boolean has(ConfigurableListableBeanFactory beanFactory, String type) {
		return OnMissingTestDatabaseCondition.beans(beanFactory, type).length > 0;
	}

}
