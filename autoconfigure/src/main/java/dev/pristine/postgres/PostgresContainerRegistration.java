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

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.testcontainers.beans.TestcontainerBeanDefinition;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

import dev.pristine.launch.Launch;
import dev.pristine.launch.Servers;

/**
 * Registers the {@link PostgresContainer} of an application context. A class of its own
 * because Testcontainers may be absent.
 */
final class PostgresContainerRegistration extends RootBeanDefinition implements TestcontainerBeanDefinition {

	/**
	 * Not those of Flyway and Liquibase, which would get a data source of their own then,
	 * that goes past the isolation.
	 */
	private static final List<String> CONNECTION_DETAILS = List.of(
			"org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails",
			"org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails");

	private static final String CONTAINER = "pristinePostgresContainer";

	private final String image;

	private PostgresContainerRegistration(String image, Supplier<PostgresContainer> supplier) {
		super(PostgresContainer.class, supplier);
		this.image = image;
	}

	private PostgresContainerRegistration(PostgresContainerRegistration original) {
		super(original);
		this.image = original.image;
	}

	static void register(BeanDefinitionRegistry registry, PostgresProperties properties, DriverParameters parameters) {
		Object configuration = List.of(Launch.CONTAINER, properties.image(), properties.settings());
		Supplier<ContainerPostgres> starter = () -> ContainerPostgres.start(properties.image(), properties.settings());
		Servers.prepare(configuration, starter);
		registry.registerBeanDefinition(CONTAINER,
				new PostgresContainerRegistration(properties.image(), () -> new PostgresContainer(properties.image(),
						() -> Servers.get(configuration, starter), parameters)));
		RootBeanDefinition database = new RootBeanDefinition(PostgresDatabase.class);
		database.setFactoryBeanName(CONTAINER);
		database.setFactoryMethodName("database");
		// The container does that
		database.setDestroyMethodName("");
		registry.registerBeanDefinition("pristinePostgresDatabase", database);
	}

	@Override
	public String getContainerImageName() {
		return this.image;
	}

	@Override
	public MergedAnnotations getAnnotations() {
		ClassLoader classLoader = getClass().getClassLoader();
		Class<?>[] types = CONNECTION_DETAILS.stream()
			.filter((name) -> ClassUtils.isPresent(name, classLoader))
			.map((name) -> ClassUtils.resolveClassName(name, classLoader))
			.toArray(Class<?>[]::new);
		return MergedAnnotations.of(List.of(MergedAnnotation.of(ServiceConnection.class, Map.of("type", types))));
	}

	@Override
	public RootBeanDefinition cloneBeanDefinition() {
		return new PostgresContainerRegistration(this);
	}

}
