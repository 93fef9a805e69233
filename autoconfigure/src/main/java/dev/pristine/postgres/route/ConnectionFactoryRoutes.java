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

package dev.pristine.postgres.route;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.r2dbc.spi.ConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.ClassUtils;

import dev.pristine.postgres.server.DatabaseIdentity;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.resource.CurrentSlot;

/**
 * Puts a {@link ConnectionFactoryRoute} around every {@link ConnectionFactory} of R2DBC
 * that tells its options.
 */
public class ConnectionFactoryRoutes implements BeanPostProcessor, PriorityOrdered {

	private static final boolean BOOT = ClassUtils.isPresent(
			"org.springframework.boot.r2dbc.OptionsCapableConnectionFactory",
			ConnectionFactoryRoutes.class.getClassLoader());

	private final ConfigurableListableBeanFactory beanFactory;

	private final List<ConnectionFactoryRoute> routes = new CopyOnWriteArrayList<>();

	public ConnectionFactoryRoutes(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Return the routes of the factories that lead to a database.
	 * @param database the database, or {@code null} for none
	 * @return the routes
	 */
	public List<ConnectionFactoryRoute> to(@Nullable PostgresDatabase database) {
		if (database == null || database.isSchema()) {
			return List.of();
		}
		return this.routes.stream().filter((route) -> route.target().leadsTo(database)).toList();
	}

	/**
	 * Return the routes of the factories that lead to a database that Pristine did not
	 * create.
	 * @param identity the database
	 * @return the routes
	 */
	public List<ConnectionFactoryRoute> to(DatabaseIdentity identity) {
		return this.routes.stream().filter((route) -> identity.equals(route.target().identify())).toList();
	}

	/**
	 * Return the factories, created now if need be, that cannot be led to copies of a
	 * database.
	 * @param routed the routes of those that can
	 * @return their names and types
	 */
	public List<String> others(List<ConnectionFactoryRoute> routed) {
		return factories().entrySet()
			.stream()
			.filter((entry) -> !routed.contains(ConnectionFactoryRoute.of(entry.getValue())))
			.map((entry) -> "'%s' (%s)".formatted(entry.getKey(), entry.getValue().getClass().getName()))
			.toList();
	}

	/**
	 * Return all factories of the application, created now if need be.
	 * @return the factories by their names
	 */
	public Map<String, ConnectionFactory> factories() {
		return BeanFactoryUtils.beansOfTypeIncludingAncestors(this.beanFactory, ConnectionFactory.class);
	}

	/**
	 * First, so that what other post processors put around a factory stays around.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!BOOT || !(bean instanceof ConnectionFactory factory) || ConnectionFactoryRoute.of(factory) != null
				|| OptionsCapableConnectionFactory.unwrapFrom(factory) == null) {
			return bean;
		}
		ConnectionFactoryRoute route = new ConnectionFactoryRoute(new ConnectionFactoryTarget(beanName, factory,
				() -> this.beanFactory.getBeanProvider(ConnectionFactoryDecorator.class).orderedStream().iterator()),
				this.beanFactory.getBeanProvider(CurrentSlot.class));
		this.routes.add(route);
		return route.around(factory);
	}

}
