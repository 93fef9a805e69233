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
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.Environment;
import org.springframework.core.io.UrlResource;
import org.springframework.util.function.SingletonSupplier;

import dev.pristine.resource.ResourceException;

/**
 * The names of Pristine's properties, and of those that others add to them, as the
 * metadata on the class path lists them.
 */
final class PropertyNames {

	private static final List<String> METADATA = List.of("META-INF/spring-configuration-metadata.json",
			"META-INF/additional-spring-configuration-metadata.json");

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("pristine");

	// Letters that may be wrong, missing or too many
	private static final int LIKENESS = 2;

	private static final Pattern SEPARATOR = Pattern.compile("[^a-z0-9]");

	private static final Supplier<PropertyNames> all = SingletonSupplier.of(PropertyNames::read);

	/**
	 * For each name, whether more may follow, as it does for a map or a list.
	 */
	private final Map<String, Boolean> known;

	private PropertyNames(Map<String, Boolean> known) {
		this.known = known;
	}

	/**
	 * Check that somebody knows the properties that are set: a misspelt one would be
	 * ignored in silence.
	 * @param environment where the properties are
	 * @throws ResourceException if nobody knows one
	 */
	static void check(Environment environment) {
		Set<ConfigurationPropertyName> set = new LinkedHashSet<>();
		ConfigurationPropertySources.get(environment).forEach((source) -> {
			if (source instanceof IterableConfigurationPropertySource names) {
				names.stream().filter(PREFIX::isAncestorOf).forEach(set::add);
			}
		});
		// To read what there is takes longer than all else here
		if (!set.isEmpty()) {
			PropertyNames names = all.get();
			set.stream().filter(names::isOfPristine).forEach((name) -> names.check(name.toString()));
		}
	}

	// What is unlike all others is of a resource that somebody has added
	private boolean isOfPristine(ConfigurationPropertyName name) {
		String first = plain(name.getElement(1, Form.UNIFORM));
		return this.known.keySet()
			.stream()
			.map((each) -> plain(each.split("\\.")[1]))
			.anyMatch((each) -> distance(first, each) <= LIKENESS);
	}

	private void check(String name) {
		String plain = plain(name);
		boolean matches = this.known.entrySet()
			.stream()
			.anyMatch((entry) -> entry.getValue() ? plain.startsWith(plain(entry.getKey()))
					: plain.equals(plain(entry.getKey())));
		if (!matches) {
			String nearest = this.known.keySet()
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

	private static PropertyNames read() {
		Map<String, Boolean> names = new TreeMap<>();
		try {
			for (String location : METADATA) {
				for (URL metadata : Collections.list(PropertyNames.class.getClassLoader().getResources(location))) {
					String json = new UrlResource(metadata).getContentAsString(StandardCharsets.UTF_8);
					// Those of Spring Boot are large
					if (json.contains("\"pristine")) {
						read(json, names);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new PropertyNames(names);
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
