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

import java.util.Locale;

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
 */
record LaunchDecision(Launch launch, String reason) {

	private static final String CONTAINER_TYPE = "org.testcontainers.containers.GenericContainer";

	/**
	 * Decide from the properties, the class path, and whether a Docker engine answers
	 * that has the image or can pull it.
	 * @param name the name of the resource, such as {@code postgres}: the {@code launch}
	 * property below it, and then the {@code url}, override {@code pristine.launch}
	 * @param environment where the properties are
	 * @param image the image of a container, if one is possible
	 * @param hasProgram whether a native process is possible
	 * @return the decision
	 * @throws ResourceException if what is demanded cannot be had
	 */
	static LaunchDecision of(String name, Environment environment, @Nullable String image, boolean hasProgram) {
		String property = "pristine." + name + ".launch";
		Launch own = Binder.get(environment).bind(property, Launch.class).orElse(null);
		Launch launch = (own != null) ? own : LaunchProperties.from(environment).launch();
		String source = "'%s' is '%s'".formatted((own != null) ? property : "pristine.launch", name(launch));
		String address = "pristine." + name + ".url";
		boolean given = StringUtils.hasText(environment.getProperty(address));
		if (launch == Launch.AUTO || (own == null && given)) {
			return given ? new LaunchDecision(Launch.EXTERNAL, "'" + address + "' is set")
					: automatic(name, image, hasProgram);
		}
		switch (launch) {
			case CONTAINER -> {
				String obstacle = obstacle(image);
				check(obstacle == null, "A container of %s is demanded (%s), but %s.".formatted(name, source, obstacle),
						remedy(name, hasProgram));
			}
			case EMBEDDED ->
				check(hasProgram, "A native process of %s is demanded (%s), but there is none.".formatted(name, source),
						"Set '%s' to 'container'.".formatted(property));
			default ->
				check(given, "An external server is demanded (%s), but '%s' is not set.".formatted(source, address),
						"Set '%s' to the address of the server, or choose another launch.".formatted(address));
		}
		return new LaunchDecision(launch, source);
	}

	private static LaunchDecision automatic(String name, @Nullable String image, boolean hasProgram) {
		String obstacle = obstacle(image);
		if (obstacle == null) {
			return new LaunchDecision(Launch.CONTAINER, DockerEngine.get().reason());
		}
		check(hasProgram, "No container of %s can be started: %s.".formatted(name, obstacle), remedy(name, false));
		return new LaunchDecision(Launch.EMBEDDED, obstacle);
	}

	private static String remedy(String name, boolean hasProgram) {
		return "Fix that, or set 'pristine.%1$s.image' to an image that can be had%2$s.".formatted(name,
				hasProgram ? ", or 'pristine." + name + ".launch' to 'embedded'" : "");
	}

	private static @Nullable String obstacle(@Nullable String image) {
		if (image == null) {
			return "it has no image";
		}
		if (!ClassUtils.isPresent(CONTAINER_TYPE, null)) {
			return "'" + CONTAINER_TYPE + "' is not on the class path (dependency 'org.testcontainers:testcontainers')";
		}
		DockerEngine engine = DockerEngine.get();
		return engine.answers() ? ContainerImage.absence(image) : engine.reason();
	}

	private static void check(boolean condition, String problem, String action) {
		if (!condition) {
			throw new ResourceException(problem, action);
		}
	}

	private static String name(Launch launch) {
		return launch.name().toLowerCase(Locale.ROOT);
	}

	@Override
	public String toString() {
		return name(this.launch) + ", because " + this.reason;
	}

}
