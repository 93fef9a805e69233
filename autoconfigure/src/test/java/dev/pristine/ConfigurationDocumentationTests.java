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

package dev.pristine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page on configuration names every property, with its default and description, and
 * no other.
 */
class ConfigurationDocumentationTests {

	private static final Path PAGE = Path.of("..", "docs", "configuration.md");

	@Test
	void pageListsProperties() throws IOException {
		List<String> expected = properties().stream().map(this::row).sorted().toList();
		List<String> rows = Files.readAllLines(PAGE)
			.stream()
			.filter((line) -> line.startsWith("| `pristine."))
			.sorted()
			.toList();
		assertThat(rows).isEqualTo(expected);
	}

	@Test
	void propertiesAreDescribed() throws IOException {
		assertThat(properties()).allSatisfy((property) -> {
			assertThat(property.get("description")).asString().as("%s", property.get("name")).matches("[A-Z][^{}]*\\.");
			assertThat(property).containsKey("type");
		});
	}

	private String row(Map<String, Object> property) {
		Object defaultValue = property.get("defaultValue");
		return "| `%s` | %s | %s |".formatted(property.get("name"),
				(defaultValue != null) ? "`" + defaultValue + "`" : "", property.get("description"));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> properties() throws IOException {
		try (InputStream metadata = ConfigurationDocumentationTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			String json = new String(metadata.readAllBytes());
			return (List<Map<String, Object>>) JsonParserFactory.getJsonParser().parseMap(json).get("properties");
		}
	}

}
