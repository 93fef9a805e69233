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
import java.util.stream.Stream;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

import dev.pristine.launch.ExportedAddress;

/**
 * Matches unless the test brings a database of its own in a way that is no connection
 * details yet: the bean of a database container, a URL from
 * {@code @DynamicPropertySource}, or one that starts a container. Nor does it match where
 * the application's database is none of PostgreSQL.
 */
class OnMissingTestDatabaseCondition extends SpringBootCondition implements ConfigurationCondition {

	private static final String CONTAINER = "org.testcontainers.containers.JdbcDatabaseContainer";

	private static final List<String> URLS = List.of("spring.datasource.url", "spring.r2dbc.url");

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("database of the test");
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		Assert.state(beanFactory != null, "No bean factory");
		String[] containers = beans(beanFactory, CONTAINER);
		if (containers.length > 0) {
			return ConditionOutcome.noMatch(message.found("container", "containers").items((Object[]) containers));
		}
		for (String property : URLS) {
			String url = Binder.get(context.getEnvironment()).bind(property, String.class).orElse("");
			if (url.startsWith("jdbc:tc:") || url.startsWith("r2dbc:tc:")
					|| isDynamic(context.getEnvironment(), property)) {
				return ConditionOutcome.noMatch(message.foundExactly(property + " set by the test"));
			}
			if (url.matches("(?:jdbc|r2dbcs?):.*") && !url.contains(":postgresql:")) {
				return ConditionOutcome.noMatch(message.foundExactly(property + " of another kind of database"));
			}
		}
		return ConditionOutcome.match(message.didNotFind("one").atAll());
	}

	// By @DynamicPropertySource, itself or what it refers to
	private static boolean isDynamic(Environment environment, String property) {
		return environment instanceof ConfigurableEnvironment configurable
				&& configurable.getPropertySources()
					.get("Dynamic Test Properties") instanceof EnumerablePropertySource<?> dynamic
				&& Stream.concat(Stream.of(property), ExportedAddress.aliases(configurable, property))
					.anyMatch(dynamic::containsProperty);
	}

	// Return the names of the beans of a type that may be absent
	static String[] beans(ConfigurableListableBeanFactory beanFactory, String type) {
		ClassLoader classLoader = beanFactory.getBeanClassLoader();
		return ClassUtils.isPresent(type, classLoader)
				? beanFactory.getBeanNamesForType(ClassUtils.resolveClassName(type, classLoader), true, false)
				: new String[0];
	}

}
