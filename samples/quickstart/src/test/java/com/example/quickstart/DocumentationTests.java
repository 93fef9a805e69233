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

package com.example.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Code in the documentation that names its file, in a comment right above, is what stands
 * in that file. Indentation may differ.
 */
class DocumentationTests {

	private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

	private static final Pattern SNIPPET = Pattern.compile("<!-- (samples/\\S+) -->\\s*```\\w+\\n(.*?)```",
			Pattern.DOTALL);

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void snippets(Snippet snippet) throws IOException {
		assertThat(withoutIndentation(Files.readString(ROOT.resolve(snippet.file()))))
			.contains(withoutIndentation(snippet.code()));
	}

	static List<Snippet> snippets() throws IOException {
		List<Snippet> snippets = new ArrayList<>();
		for (Path page : pages()) {
			SNIPPET.matcher(Files.readString(page).replace("\r\n", "\n"))
				.results()
				.map((match) -> Snippet.of(page, match))
				.forEach(snippets::add);
		}
		assertThat(snippets).isNotEmpty();
		return snippets;
	}

	private static List<Path> pages() throws IOException {
		try (Stream<Path> top = Files.list(ROOT); Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
			return Stream.concat(top, docs).filter((path) -> path.toString().endsWith(".md")).sorted().toList();
		}
	}

	private static String withoutIndentation(String code) {
		return code.lines().map(String::strip).collect(Collectors.joining("\n"));
	}

	record Snippet(Path page, String file, String code) {

		static Snippet of(Path page, MatchResult match) {
			return new Snippet(ROOT.relativize(page), match.group(1), match.group(2));
		}

		@Override
		public String toString() {
			return this.page + ": " + this.code.lines().filter((line) -> line.contains(" ")).findFirst().orElse("");
		}

	}

}
