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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

import dev.pristine.resource.Notice;

/**
 * Tells that properties of Pristine stand in a file that this context has not read,
 * because the file belongs to the profile {@code test}.
 */
final class UnreadProperties {

	private static final Log logger = LogFactory.getLog(UnreadProperties.class);

	private static final List<String> FILES = List.of("application-test.yml", "application-test.yaml",
			"application-test.properties", "config/application-test.yml", "config/application-test.yaml",
			"config/application-test.properties");

	private static final Pattern OF_PRISTINE = Pattern.compile("(?m)^pristine[.:]");

	private UnreadProperties() {
	}

	static void warn(ConfigurableEnvironment environment, ResourceLoader loader) {
		for (String file : FILES) {
			Resource resource = loader.getResource("classpath:" + file);
			// The profile is not the only way to read it
			if (environment.getPropertySources().stream().noneMatch((source) -> isRead(source, file))
					&& resource.exists() && OF_PRISTINE.matcher(content(resource)).find()) {
				Notice.once(logger::warn,
						"'%s' sets properties of Pristine, but a test class without the profile 'test' does not read it. Annotate such classes with @ActiveProfiles(\"test\") or @IntegrationTest, or move the properties to 'config/application.yml' in the tests' resources"
							.formatted(file));
			}
		}
	}

	// @TestPropertySource reads YAML as if it were properties
	private static boolean isRead(PropertySource<?> source, String file) {
		return source.getName().contains(file) && source instanceof EnumerablePropertySource<?> values
				&& Stream.of(values.getPropertyNames()).anyMatch((name) -> name.startsWith("pristine."));
	}

	private static String content(Resource resource) {
		try {
			return resource.getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
