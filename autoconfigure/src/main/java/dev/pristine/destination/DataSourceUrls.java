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

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.MutablePropertyValues;
import org.springframework.beans.PropertyAccessor;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * Where a {@link DataSource} leads, and an entity manager factory past it.
 */
final class DataSourceUrls {

	private static final Log logger = LogFactory.getLog(DataSourceUrls.class);

	private DataSourceUrls() {
	}

	static List<String> of(DataSource dataSource) {
		Object target = AopProxyUtils.getSingletonTarget(dataSource);
		if (target instanceof DataSource actual) {
			return of(actual);
		}
		if (dataSource instanceof DelegatingDataSource delegating) {
			DataSource actual = delegating.getTargetDataSource();
			return Stream.concat(Stream.ofNullable(actual), Stream.ofNullable(readOnly(delegating)))
				.flatMap((each) -> of(each).stream())
				.distinct()
				.toList();
		}
		if (dataSource instanceof AbstractRoutingDataSource routing && isResolved(routing)) {
			return Stream
				.concat(routing.getResolvedDataSources().values().stream(),
						Stream.ofNullable(routing.getResolvedDefaultDataSource()))
				.flatMap((each) -> of(each).stream())
				.distinct()
				.toList();
		}
		DataSource inner = inner(dataSource);
		// All pools have one of these
		return (inner != null) ? of(inner)
				: Stream.of("jdbcUrl", "url", "URL")
					.map((property) -> property(dataSource, property))
					.filter((value) -> value instanceof String text && !text.isBlank())
					.map(String::valueOf)
					.findFirst()
					.map(List::of)
					.orElseGet(() -> ask(dataSource));
	}

	// Return what a pool uses rather than its URL
	private static @Nullable DataSource inner(DataSource pool) {
		if (property(pool, "dataSource") instanceof DataSource inner) {
			return inner;
		}
		try {
			if (property(pool, "dataSourceClassName") instanceof String name
					&& property(pool, "dataSourceProperties") instanceof Properties properties) {
				DataSource inner = (DataSource) BeanUtils
					.instantiateClass(ClassUtils.resolveClassName(name, pool.getClass().getClassLoader()));
				PropertyAccessorFactory.forBeanPropertyAccess(inner)
					.setPropertyValues(new MutablePropertyValues(properties), true, true);
				return inner;
			}
		}
		catch (IllegalArgumentException | BeansException | ClassCastException ex) {
			logger.debug("The pool itself will say so", ex);
		}
		return null;
	}

	private static @Nullable DataSource readOnly(DelegatingDataSource dataSource) {
		PropertyAccessor fields = new DirectFieldAccessor(dataSource);
		return (fields.isReadableProperty("readOnlyDataSource")
				&& fields.getPropertyValue("readOnlyDataSource") instanceof DataSource readOnly) ? readOnly : null;
	}

	// Not one that chooses from what it makes on demand
	private static boolean isResolved(AbstractRoutingDataSource routing) {
		return new DirectFieldAccessor(routing).getPropertyValue("resolvedDataSources") != null;
	}

	/**
	 * Return where something leads that has an address of its own.
	 * @param owner what makes an entity manager factory, or migrates
	 * @param property the property that holds JPA's properties, or what Spring Boot makes
	 * for the migrations
	 * @return the URLs, which may be none
	 */
	static List<String> ofOwner(Object owner, String property) {
		Object value = property(owner, property);
		if (value instanceof Map<?, ?> properties) {
			return Stream.of("hibernate.connection.url", "jakarta.persistence.jdbc.url")
				.filter(properties::containsKey)
				.map((name) -> String.valueOf(properties.get(name)))
				.toList();
		}
		return (value instanceof SimpleDriverDataSource own) ? of(own) : List.of();
	}

	private static @Nullable Object property(Object bean, String name) {
		try {
			BeanWrapper wrapper = PropertyAccessorFactory.forBeanPropertyAccess(bean);
			return wrapper.isReadableProperty(name) ? wrapper.getPropertyValue(name) : null;
		}
		catch (BeansException ex) {
			return null;
		}
	}

	// The driver knows it without a statement
	private static List<String> ask(DataSource dataSource) {
		try (Connection connection = dataSource.getConnection()) {
			// A mock has no connection
			String url = (connection != null) ? connection.getMetaData().getURL() : null;
			return (url != null) ? List.of(url) : List.of();
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("There is no connection to ask", ex);
			return List.of();
		}
	}

}
