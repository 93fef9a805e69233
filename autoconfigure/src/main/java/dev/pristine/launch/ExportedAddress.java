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

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;

/**
 * {@link BeanFactoryPostProcessor} that gives the address of a server to properties, for
 * clients that know no
 * {@link org.springframework.boot.autoconfigure.service.connection.ConnectionDetails}.
 * The address is only asked for when somebody reads such a property.
 * <p>
 * A {@code DynamicPropertyRegistrar} would come too late for the filters of an embedded
 * web server.
 *
 * @param <D> the type of the bean that knows the address
 * @since 0.1.0
 */
public final class ExportedAddress<D> implements BeanFactoryPostProcessor, EnvironmentAware {

	private final String property;

	private final Class<D> detailsType;

	private final Function<D, String> address;

	private final List<String> names;

	private @Nullable ConfigurableEnvironment environment;

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

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = (ConfigurableEnvironment) environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		ConfigurableEnvironment environment = this.environment;
		if (environment != null) {
			List<String> names = Binder.get(environment)
				.bind(this.property, Bindable.listOf(String.class))
				.orElse(this.names);
			if (!names.isEmpty()) {
				environment.getPropertySources().addFirst(new AddressSource(names, beanFactory));
			}
		}
	}

	private final class AddressSource extends EnumerablePropertySource<BeanFactory> {

		private final List<String> names;

		private AddressSource(List<String> names, BeanFactory beanFactory) {
			super(ExportedAddress.this.property, beanFactory);
			this.names = List.copyOf(names);
		}

		@Override
		public String[] getPropertyNames() {
			return this.names.toArray(String[]::new);
		}

		@Override
		public @Nullable Object getProperty(String name) {
			if (!this.names.contains(name)) {
				return null;
			}
			D details = this.source.getBeanProvider(ExportedAddress.this.detailsType).getIfAvailable();
			return (details != null) ? ExportedAddress.this.address.apply(details) : null;
		}

	}

}
