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

package dev.pristine.postgres.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page on isolation modes has the table of situations as the tests have it.
 */
class SituationsDocumentationTests {

	private static final Path PAGE = Path.of("..", "docs", "isolation-modes.md");

	@Test
	void pageHasTable() throws IOException {
		assertThat(Files.readString(PAGE)).contains(Situations.table());
	}

	@Test
	void tableCoversEnough() {
		assertThat(Situations.all()).hasSizeGreaterThanOrEqualTo(40)
			.extracting(Situation::name)
			.doesNotHaveDuplicates();
	}

}
