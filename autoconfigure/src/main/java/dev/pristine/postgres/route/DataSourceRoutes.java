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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.PropertyAccessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import dev.pristine.resource.CurrentSlot;

/**
 * Puts a {@link DataSourceRoute} around every {@link DataSource} of the application that
 * opens connections itself. A pool stays the pool that it was: same bean, same type, same
 * settings.
 */
public class DataSourceRoutes implements BeanPostProcessor, PriorityOrdered {

	private final @Nullable DataSourceRoutes parent;

	private final ObjectProvider<CurrentSlot> currentSlot;

	private final List<DataSourceRoute> routes = new CopyOnWriteArrayList<>();

	/**
	 * Create the routes of an application context.
	 * @param parent those of its parent, whose data sources it may use, or {@code null}
	 * @param currentSlot tells on which slot of the context a thread works
	 */
	public DataSourceRoutes(@Nullable DataSourceRoutes parent, ObjectProvider<CurrentSlot> currentSlot) {
		this.parent = parent;
		this.currentSlot = currentSlot;
	}

	/**
	 * Return the routes of this context alone.
	 * @return the routes
	 */
	public List<DataSourceRoute> own() {
		return this.routes;
	}

	public List<DataSourceRoute> all() {
		List<DataSourceRoute> all = new ArrayList<>((this.parent != null) ? this.parent.all() : List.of());
		all.addAll(this.routes);
		return all;
	}

	/**
	 * First, so that what other post processors put around a data source stays around.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? route(dataSource, beanName) : bean;
	}

	private DataSource route(DataSource dataSource, String name) {
		if (dataSource instanceof DelegatingDataSource delegating) {
			DataSource target = delegating.getTargetDataSource();
			if (target != null) {
				delegating.setTargetDataSource(route(target, name));
			}
			if (delegating instanceof LazyConnectionDataSourceProxy lazy) {
				routeReadOnly(lazy, name);
			}
			return delegating;
		}
		// One that chooses from what it makes on demand is routed as a whole
		if (dataSource instanceof AbstractRoutingDataSource routing
				&& new DirectFieldAccessor(routing).getPropertyValue("resolvedDataSources") != null) {
			routeTargets(routing, name);
			return routing;
		}
		if (DataSourceRoute.of(dataSource) != null) {
			return dataSource;
		}
		DataSourceRoute route = new DataSourceRoute(name, dataSource, this.currentSlot);
		this.routes.add(route);
		return (DataSource) route.around(dataSource);
	}

	private void routeReadOnly(LazyConnectionDataSourceProxy lazy, String name) {
		PropertyAccessor fields = new DirectFieldAccessor(lazy);
		if (fields.isReadableProperty("readOnlyDataSource")
				&& fields.getPropertyValue("readOnlyDataSource") instanceof DataSource readOnly) {
			lazy.setReadOnlyDataSource(route(readOnly, name));
		}
	}

	private void routeTargets(AbstractRoutingDataSource routing, String name) {
		Map<Object, Object> targets = new HashMap<>();
		routing.getResolvedDataSources().forEach((key, target) -> targets.put(key, route(target, name)));
		DataSource fallback = routing.getResolvedDefaultDataSource();
		if (fallback != null) {
			routing.setDefaultTargetDataSource(route(fallback, name));
		}
		routing.setTargetDataSources(targets);
		routing.initialize();
	}

}
