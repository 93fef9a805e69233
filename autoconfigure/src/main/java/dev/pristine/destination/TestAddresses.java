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
import java.util.List;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import dev.pristine.launch.ExportedAddress;
import dev.pristine.resource.Notice;
import dev.pristine.resource.ResourceException;

/**
 * The addresses that connections of an application context may lead to.
 *
 * @param beanFactory the beans of the context
 * @param environment the properties of the context
 * @param detailsUrls how connection details tell where they lead
 */
record TestAddresses(ConfigurableListableBeanFactory beanFactory, ConfigurableEnvironment environment,
		ObjectProvider<DetailsUrl<?>> detailsUrls) {

	private static final Log logger = LogFactory.getLog(TestAddresses.class);

	/**
	 * Check where something leads.
	 * @param what what it is, for messages, such as {@code DataSource}
	 * @param name its name, as in {@code pristine.foreign}
	 * @param urls where it leads; nothing if it does not tell
	 * @throws ResourceException if that is no place for tests
	 */
	void check(String what, String name, List<String> urls) {
		String subject = "The %s '%s'".formatted(what, name);
		if (isForeign(name)) {
			return;
		}
		if (urls.isEmpty()) {
			Notice.once(logger::warn,
					subject + " does not tell where it leads: if that is a server, nothing protects it from the tests");
		}
		for (String url : urls) {
			Address address = Address.parse(url);
			ServerKind kind = address.kind();
			if (kind == null) {
				Notice.once(logger::warn, subject + " leads to " + address
						+ ", which Pristine does not isolate: what tests write there stays" + remedy(address));
			}
			else if (isToBeKnown(address, kind) && !isDeclared(address, kind) && !isGivenByTest(address)) {
				throw refusal(subject, name, address, kind);
			}
		}
	}

	private String remedy(Address address) {
		return (address.hosts().isEmpty()
				&& ClassUtils.isPresent("org.postgresql.Driver", this.beanFactory.getBeanClassLoader()))
						? ". Remove its URL to have PostgreSQL instead" : "";
	}

	private boolean isToBeKnown(Address address, ServerKind kind) {
		return !address.hosts().isEmpty()
				&& this.environment.getProperty("pristine." + kind.resource() + ".enabled", Boolean.class, true);
	}

	/**
	 * Check an address that no connection was made to yet, nor any bean.
	 * @param name the name of the property that holds it
	 * @param address the address
	 */
	void checkProperty(String name, Address address) {
		ServerKind kind = address.kind();
		if (kind != null && isToBeKnown(address, kind) && !isForeign(name) && !isExported(name, kind)
				&& !isGivenByTest(address)) {
			throw new ResourceException(
					"The property '%s' leads to %s, which is no server of the tests.".formatted(name, address),
					((kind == ServerKind.POSTGRES)
							? "Set it to '${spring.datasource.url}' in the configuration of the tests, its user and password likewise to '${spring.datasource.username}' and '${spring.datasource.password}', or name it in 'pristine.postgres.export-to': "
							: "Name it in 'pristine.%s.export-to': ".formatted(kind.resource()))
							+ "it then leads to the tests' server. " + consent(name, kind));
		}
	}

	private boolean isForeign(String name) {
		return DestinationProperties.from(this.environment).foreign().contains(name);
	}

	// To that property, if there is a server in this context
	private boolean isExported(String name, ServerKind kind) {
		return Binder.get(this.environment)
			.bind("pristine." + kind.resource() + ".export-to", Bindable.listOf(String.class))
			.orElse(List.of())
			.contains(name);
	}

	private boolean isDeclared(Address address, ServerKind kind) {
		boolean external = StringUtils.hasText(this.environment.getProperty("pristine." + kind.resource() + ".url"));
		return this.detailsUrls.stream()
			.filter((details) -> details.kind() == kind)
			.anyMatch((details) -> ExportedAddress.beans(this.beanFactory, details.type()).stream().anyMatch((name) -> {
				String url = details.of(this.beanFactory.getBean(name));
				return url != null && address.leadsTo(Address.parse(url), !external && isOwn(name));
			}));
	}

	private boolean isOwn(String name) {
		Class<?> type = this.beanFactory.getType(name);
		return type != null && type.getName().startsWith("dev.pristine.");
	}

	// With @DynamicPropertySource, or by starting a container
	private boolean isGivenByTest(Address address) {
		boolean dynamic = this.environment.getPropertySources()
			.get("Dynamic Test Properties") instanceof EnumerablePropertySource<?> values
				&& Arrays.stream(values.getPropertyNames())
					.flatMap((name) -> addresses(name, String.valueOf(values.getProperty(name))))
					.anyMatch((given) -> address.leadsTo(given, false));
		return dynamic || StartedContainers.publish(address);
	}

	// By its name, one of HTTP can be that of an OPA
	private static Stream<Address> addresses(String name, String value) {
		return Stream.concat(Stream.of(Address.parse(value)), Stream.ofNullable(Address.ofProperty(name, value)));
	}

	private ResourceException refusal(String subject, String name, Address address, ServerKind kind) {
		boolean provided = this.detailsUrls.stream()
			.anyMatch((details) -> details.kind() == kind
					&& !ExportedAddress.beans(this.beanFactory, details.type()).isEmpty());
		return new ResourceException("%s leads to %s, which is no server of the tests.".formatted(subject, address),
				(address.name().equals("redis-several")
						? "Pristine provides one server: leave 'spring.data.redis.cluster.nodes' and its like empty in the configuration of the tests."
						: kind.remedy(provided)) + " " + consent(name, kind));
	}

	private static String consent(String name, ServerKind kind) {
		return "If tests may change what is there, write 'pristine.foreign=%s', or 'pristine.%s.enabled=false' to have none from Pristine."
			.formatted(name, kind.resource());
	}

}
