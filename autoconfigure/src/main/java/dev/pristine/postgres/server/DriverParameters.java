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

package dev.pristine.postgres.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The parameters of {@code spring.datasource.url} that the application's statements rely
 * on, wherever they run.
 *
 * @param values the parameters by name
 */
public record DriverParameters(Map<String, String> values) {

	static final DriverParameters NONE = new DriverParameters(Map.of());

	private static final String SCHEMA = "currentSchema";

	private static final List<String> NAMES = List.of(SCHEMA, "stringtype", "reWriteBatchedInserts",
			"escapeSyntaxCallMode");

	public static DriverParameters of(Environment environment) {
		// Leaves placeholders that nobody can resolve here
		String url = Binder.get(environment).bind("spring.datasource.url", String.class).orElse("");
		int start = url.indexOf('?');
		if (!url.startsWith("jdbc:") || !url.contains(":postgresql:") || start == -1) {
			return NONE;
		}
		Map<String, String> values = new LinkedHashMap<>();
		PostgresUrl parameters = new PostgresUrl("", "", url.substring(start + 1));
		for (String name : NAMES) {
			String value = parameters.parameter(name);
			if (value != null && !value.contains("${")) {
				// In production, somebody else may have made the schema
				values.put(name, name.equals(SCHEMA) ? value + ",public" : value);
			}
		}
		return new DriverParameters(values);
	}

	PostgresUrl addTo(PostgresUrl url) {
		PostgresUrl result = url;
		for (Map.Entry<String, String> parameter : this.values.entrySet()) {
			result = result.with(parameter.getKey(), parameter.getValue());
		}
		return result;
	}

}
