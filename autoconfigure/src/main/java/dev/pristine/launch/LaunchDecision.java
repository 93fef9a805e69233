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
import java.util.Locale;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import dev.pristine.resource.ResourceException;

/**
 * How the server of one resource comes to exist, and why.
 *
 * @param launch the way; never {@link Launch#AUTO}
 * @param reason why it was chosen
 * @since 0.1.0
 */
public record LaunchDecision(Launch launch, String reason) {

	private static final Log logger = LogFactory.getLog(LaunchDecision.class);

	private static final List<String> CONTAINER_TYPES = List.of("org.testcontainers.containers.GenericContainer",
			"org.springframework.boot.testcontainers.service.connection.ServiceConnection");

	/**
	 * Decide from the properties, the class path and whether a Docker engine answers. The
	 * decision is logged when it is the first one of this JVM for the resource.
	 * @param resource the name of the resource, such as {@code postgres}: the
	 * {@code launch} property below it overrides {@code pristine.launch}
	 * @param environment where the properties are
	 * @param addressProperty the property with the address of an external server
	 * @param containerType the class of the resource's container, or {@code null} if a
	 * generic one will do
	 * @return the decision
	 * @throws ResourceException if what is demanded cannot be had
	 */
	public static LaunchDecision of(String resource, Environment environment, String addressProperty,
			@Nullable String containerType) {
		String property = "pristine." + resource + ".launch";
		Launch own = Binder.get(environment).bind(property, Launch.class).orElse(null);
		Launch launch = (own != null) ? own : LaunchProperties.from(environment).launch();
		String source = "'%s' is '%s'".formatted((own != null) ? property : "pristine.launch",
				launch.name().toLowerCase(Locale.ROOT));
		LaunchDecision decision = switch (launch) {
			case AUTO -> automatic(environment, addressProperty, containerType);
			case CONTAINER -> container(source, containerType);
			case EMBEDDED -> new LaunchDecision(launch, source);
			case EXTERNAL -> external(source, environment, addressProperty);
		};
		Servers.remember(List.of(LaunchDecision.class, resource, decision), () -> {
			logger.info("Launch of %s: %s, because %s".formatted(resource,
					decision.launch().name().toLowerCase(Locale.ROOT), decision.reason()));
			return true;
		});
		return decision;
	}

	private static LaunchDecision automatic(Environment environment, String addressProperty,
			@Nullable String containerType) {
		if (isSet(environment, addressProperty)) {
			return new LaunchDecision(Launch.EXTERNAL, "'" + addressProperty + "' is set");
		}
		String missing = missingType(containerType);
		if (missing != null) {
			return new LaunchDecision(Launch.EMBEDDED, "'" + missing + "' is not on the class path");
		}
		DockerEngine engine = DockerEngine.get();
		return new LaunchDecision(engine.answers() ? Launch.CONTAINER : Launch.EMBEDDED, engine.reason());
	}

	private static LaunchDecision container(String source, @Nullable String containerType) {
		String missing = missingType(containerType);
		if (missing != null) {
			throw new ResourceException(
					"A container is demanded (%s), but '%s' is not on the class path.".formatted(source, missing),
					"Add the dependencies 'org.springframework.boot:spring-boot-testcontainers' and the Testcontainers module of the server, or choose another launch.");
		}
		DockerEngine engine = DockerEngine.get();
		if (!engine.answers()) {
			throw new ResourceException("A container is demanded (%s), but %s.".formatted(source, engine.reason()),
					"Start a Docker engine or set DOCKER_HOST to one that runs, or set 'pristine.launch' to 'auto' or 'embedded'.");
		}
		return new LaunchDecision(Launch.CONTAINER, source);
	}

	private static LaunchDecision external(String source, Environment environment, String addressProperty) {
		if (!isSet(environment, addressProperty)) {
			throw new ResourceException(
					"An external server is demanded (%s), but '%s' is not set.".formatted(source, addressProperty),
					"Set '%s' to the address of the server, or choose another launch.".formatted(addressProperty));
		}
		return new LaunchDecision(Launch.EXTERNAL, source);
	}

	private static @Nullable String missingType(@Nullable String containerType) {
		if (containerType != null && !isPresent(containerType)) {
			return containerType;
		}
		return CONTAINER_TYPES.stream().filter((type) -> !isPresent(type)).findFirst().orElse(null);
	}

	// An empty value is one that nobody has set, such as a secret of another branch
	private static boolean isSet(Environment environment, String property) {
		return StringUtils.hasText(environment.getProperty(property));
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, null);
	}

}
