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

package dev.pristine.launch;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.StringUtils;

/**
 * {@link BeanFactoryPostProcessor} that gives the address of a server to properties: to
 * those that the user names, for clients that know no connection details, and to those of
 * Spring Boot, for beans that the application builds from them. The address is only asked
 * for when somebody reads such a property.
 * <p>
 * A {@code DynamicPropertyRegistrar} would come too late for the filters of an embedded
 * web server.
 *
 * @param <D> the type of the bean that knows the address
 * @since 0.1.0
 */
public final class ExportedAddress<D> implements BeanFactoryPostProcessor, Ordered {

	/** Full of what nobody in this JVM reads. */
	private static final Set<String> SYSTEM = Set.of(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
			StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);

	/** With a default, which may refer to others. */
	private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^${}:]+)(?::[^{}]*(?:\\{[^{}]*}[^{}]*)*)?}");

	private final String property;

	private final Class<D> detailsType;

	private final Function<D, String> address;

	private final Map<String, Function<D, @Nullable Object>> carried = new LinkedHashMap<>();

	private final Set<String> existing = new HashSet<>();

	private final List<String> names;

	/**
	 * Create an export.
	 * @param property the property that lists the names of the properties to write, such
	 * as {@code pristine.opa.export-to}
	 * @param detailsType the type of the bean that knows the address
	 * @param address finds the address
	 * @param names properties that are written unless the user lists others
	 */
	public ExportedAddress(String property, Class<D> detailsType, Function<D, String> address, String... names) {
		this.property = property;
		this.detailsType = detailsType;
		this.address = address;
		this.names = List.of(names);
	}

	/**
	 * Export to a property of Spring Boot, unless it is where the connection details come
	 * from.
	 * @param name the name of the property
	 * @param value finds the value; none makes it empty
	 * @return this export
	 */
	public ExportedAddress<D> to(String name, Function<D, @Nullable Object> value) {
		this.carried.put(name, value);
		return this;
	}

	/**
	 * Export to a property of Spring Boot that means something else if it is not set.
	 * @param name the name of the property
	 * @param value finds the value; none makes it empty
	 * @return this export
	 */
	public ExportedAddress<D> toExisting(String name, Function<D, @Nullable Object> value) {
		this.existing.add(name);
		return to(name, value);
	}

	/**
	 * Return whether a property source holds exported addresses: to read one may start
	 * its server.
	 * @param source the property source
	 * @return whether it does
	 */
	public static boolean isSource(PropertySource<?> source) {
		return source instanceof AddressSource;
	}

	/**
	 * Return whether the application or its tests fill a property source.
	 * @param source the property source
	 * @return whether that is neither the system nor an export
	 */
	public static boolean isOfApplication(PropertySource<?> source) {
		return !isSource(source) && !SYSTEM.contains(source.getName())
				&& !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source);
	}

	/**
	 * First: whatever others read from the environment is the tests' address.
	 */
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		ConfigurableEnvironment environment = beanFactory.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME,
				ConfigurableEnvironment.class);
		ObjectProvider<D> details = beanFactory.getBeanProvider(this.detailsType);
		Map<String, Object> values = new LinkedHashMap<>();
		if (!beans(beanFactory, this.detailsType).isEmpty()) {
			Set<String> groups = new HashSet<>();
			this.carried.forEach((String name, Function<D, @Nullable Object> value) -> {
				if (!this.existing.contains(name) || environment.containsProperty(name)) {
					values.put(name, later(details, value));
					// A user or a host alone may be that of something else
					aliases(environment, name).forEach((alias) -> {
						if (name.endsWith("url")) {
							groups.add(group(alias));
						}
						if (groups.contains(group(alias))) {
							values.putIfAbsent(alias, later(details, value));
						}
					});
				}
			});
		}
		Binder.get(environment)
			.bind(this.property, Bindable.listOf(String.class))
			.orElse(this.names)
			.forEach((name) -> values.put(name, later(details, this.address::apply)));
		if (!values.isEmpty()) {
			environment.getPropertySources().addFirst(new AddressSource(this.property, values));
		}
	}

	/**
	 * Return which properties of the application a property stands for, as in
	 * <code>url: ${db.url}</code>.
	 * @param environment where they are
	 * @param name the name of the property
	 * @return the names of those that it refers to as a whole, one by way of the other
	 */
	public static Stream<String> aliases(ConfigurableEnvironment environment, String name) {
		// Properties that refer to each other are Spring's to refuse
		return Stream.iterate(alias(environment, name), StringUtils::hasLength, (alias) -> alias(environment, alias))
			.limit(9);
	}

	private static String alias(ConfigurableEnvironment environment, String name) {
		return sources(environment).map((source) -> source.getProperty(name))
			.filter(Objects::nonNull)
			.findFirst()
			.map((value) -> REFERENCE.matcher(value.toString()))
			.filter(Matcher::matches)
			.map((reference) -> reference.group(1))
			.filter((alias) -> sources(environment).anyMatch((source) -> source.containsProperty(alias)))
			.orElse("");
	}

	private static Stream<PropertySource<?>> sources(ConfigurableEnvironment environment) {
		return environment.getPropertySources().stream().filter(ExportedAddress::isOfApplication);
	}

	private static String group(String name) {
		return name.substring(0, name.lastIndexOf('.') + 1);
	}

	/**
	 * Return the beans that tell an address. Spring Boot makes some from the very
	 * properties: those tell nothing.
	 * @param beanFactory where they are
	 * @param type their type
	 * @return their names
	 */
	public static List<String> beans(ConfigurableListableBeanFactory beanFactory, Class<?> type) {
		return Arrays.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type, true, false))
			.filter((name) -> {
				Class<?> actual = beanFactory.getType(name);
				return actual == null || !actual.getSimpleName().startsWith("Properties");
			})
			.toList();
	}

	private Supplier<@Nullable Object> later(ObjectProvider<D> provider, Function<D, @Nullable Object> value) {
		return () -> {
			D details = provider.getIfAvailable();
			return (details != null) ? Objects.requireNonNullElse(value.apply(details), "") : null;
		};
	}

	private static final class AddressSource extends MapPropertySource {

		private AddressSource(String name, Map<String, Object> values) {
			super(name, values);
		}

		@Override
		public @Nullable Object getProperty(String name) {
			return (super.getProperty(name) instanceof Supplier<?> value) ? value.get() : null;
		}

	}

}
