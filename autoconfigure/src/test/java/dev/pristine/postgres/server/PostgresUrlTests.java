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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PostgresUrl}.
 */
class PostgresUrlTests {

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://localhost:5432/app", "jdbc:postgresql://localhost/app?ssl=true&user=me",
			"jdbc:postgresql://a:1,b:2/app?targetServerType=primary", "jdbc:postgresql:app",
			"jdbc:postgresql://localhost/", "jdbc:postgresql://[::1]:5432/app" })
	void keepsWhatItParses(String url) {
		assertThat(PostgresUrl.parse(url)).hasToString(url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:mysql://localhost/app", "localhost:5432", "" })
	void refusesOtherUrls(String url) {
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> PostgresUrl.parse(url))
			.withMessageContaining("is not a JDBC URL of PostgreSQL");
	}

	@Test
	void replacesDatabase() {
		assertThat(PostgresUrl.parse("jdbc:postgresql://localhost/app?ssl=true").withDatabase("my db"))
			.hasToString("jdbc:postgresql://localhost/my+db?ssl=true");
	}

	@Test
	void userParametersWin() {
		assertThat(PostgresUrl.parse("jdbc:postgresql://localhost/app?loginTimeout=5").forTests())
			.hasToString("jdbc:postgresql://localhost/app?loginTimeout=5");
	}

	@Test
	void removesParameter() {
		assertThat(
				PostgresUrl.parse("jdbc:postgresql://localhost/app?a=1&currentSchema=x&b=2").without("currentSchema"))
			.hasToString("jdbc:postgresql://localhost/app?a=1&b=2");
	}

}
