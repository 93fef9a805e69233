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

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertyResolver;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.PropertySourcesPropertyResolver;

import dev.pristine.launch.ExportedAddress;

/**
 * Checks what the configuration says, before any bean acts on it: the names of Pristine's
 * properties, and the addresses in those of the application. Those of Spring Boot are
 * left to its connections, which may not exist in this application context.
 *
 * @param environment the configuration
 * @param addresses where it may lead
 */
record EnvironmentCheck(ConfigurableEnvironment environment,
		ObjectProvider<TestAddresses> addresses) implements BeanFactoryPostProcessor {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		// Not every context is one of Spring's tests
		PristineContextCustomizerFactory.checkVersion(SpringBootVersion.getVersion());
		PropertyNames.check(this.environment);
		Set<String> names = new TreeSet<>();
		MutablePropertySources sources = new MutablePropertySources();
		for (PropertySource<?> source : this.environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> values) {
				sources.addLast(ExportedAddress.isSource(source) ? withoutAddresses(values) : source);
				if (ExportedAddress.isOfApplication(source)) {
					names.addAll(Arrays.asList(values.getPropertyNames()));
				}
			}
		}
		names.removeIf((name) -> name.startsWith("spring.") || name.startsWith("pristine."));
		PropertySourcesPropertyResolver values = new PropertySourcesPropertyResolver(sources);
		values.setIgnoreUnresolvableNestedPlaceholders(true);
		for (String name : names) {
			Address address = Address.ofProperty(name, value(values, name));
			if (address != null) {
				this.addresses.getObject().checkProperty(name, address);
			}
		}
	}

	// What cannot be read, such as a value without its key, leads nowhere
	private static String value(PropertyResolver values, String name) {
		try {
			return (values.getProperty(name, Object.class) instanceof String value) ? value : "";
		}
		catch (RuntimeException ex) {
			return "";
		}
	}

	// To read an exported address would start its server
	private static PropertySource<?> withoutAddresses(EnumerablePropertySource<?> source) {
		return new MapPropertySource(source.getName(),
				Arrays.stream(source.getPropertyNames()).collect(Collectors.toMap((name) -> name, (name) -> "")));
	}

}
