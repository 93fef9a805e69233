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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.Environment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import dev.pristine.resource.ResourceException;

/**
 * The names of Pristine's properties, and of those that others add to them, as the
 * metadata on the class path lists them.
 */
final class PropertyNames {

	private static final String METADATA = "classpath*:META-INF/*spring-configuration-metadata.json";

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("pristine");

	private static final Pattern SEPARATOR = Pattern.compile("[^a-z0-9]");

	private static final Map<String, Boolean> known = read();

	private PropertyNames() {
	}

	/**
	 * Check that somebody knows the properties that are set: a misspelt one would be
	 * ignored in silence.
	 * @param environment where the properties are
	 * @throws ResourceException if nobody knows one
	 */
	static void check(Environment environment) {
		if (known.isEmpty()) {
			return;
		}
		ConfigurationPropertySources.get(environment).forEach((source) -> {
			if (source instanceof IterableConfigurationPropertySource names) {
				names.stream().filter(PREFIX::isAncestorOf).forEach((name) -> check(name.toString()));
			}
		});
	}

	private static void check(String name) {
		String plain = plain(name);
		boolean matches = known.entrySet()
			.stream()
			.anyMatch((entry) -> entry.getValue() ? plain.startsWith(plain(entry.getKey()))
					: plain.equals(plain(entry.getKey())));
		if (!matches) {
			String nearest = known.keySet()
				.stream()
				.min(Comparator.comparingInt((each) -> distance(plain, plain(each))))
				.orElseThrow();
			throw new ResourceException("There is no property '%s'.".formatted(name),
					"Write '%s' if that is meant, or remove it.".formatted(nearest));
		}
	}

	// A variable of the environment has no dashes
	private static String plain(String name) {
		return SEPARATOR.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
	}

	/**
	 * Read the names.
	 * @return for each name, whether more may follow, as it does for a map or a list
	 */
	private static Map<String, Boolean> read() {
		Map<String, Boolean> names = new TreeMap<>();
		try {
			for (Resource metadata : new PathMatchingResourcePatternResolver().getResources(METADATA)) {
				String json = metadata.getContentAsString(StandardCharsets.UTF_8);
				// Those of Spring Boot are large
				if (json.contains("\"pristine")) {
					read(json, names);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return names;
	}

	private static void read(String json, Map<String, Boolean> names) {
		Object properties = JsonParserFactory.getJsonParser().parseMap(json).get("properties");
		for (Object property : (properties instanceof List<?> list) ? list : List.of()) {
			if (property instanceof Map<?, ?> each && String.valueOf(each.get("name")).startsWith("pristine.")) {
				String type = String.valueOf(each.get("type"));
				names.put(String.valueOf(each.get("name")), type.startsWith("java.util."));
			}
		}
	}

	// Levenshtein's
	private static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int substitution = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[other.length()];
	}

}
