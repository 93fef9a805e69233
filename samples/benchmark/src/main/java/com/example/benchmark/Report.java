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

package com.example.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.util.Assert;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the run leaves: {@code benchmark.json} for programs, {@code benchmark.md} for
 * {@code docs/performance.md}, and the same on the console.
 */
class Report {

	private static final String BEGIN = "<!-- results: written by the benchmark -->";

	private static final String END = "<!-- end of results -->";

	private final BenchmarkOptions options;

	private final Environment environment;

	private final Measurements measurements;

	Report(BenchmarkOptions options, Environment environment, Measurements measurements) {
		this.options = options;
		this.environment = environment;
		this.measurements = measurements;
	}

	void write() throws IOException {
		Path json = this.options.output().resolve("benchmark.json");
		JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValue(json.toFile(), content());
		Path markdown = this.options.output().resolve("benchmark.md");
		String tables = new MarkdownReport(this.options, this.environment, this.measurements).toString();
		Files.writeString(markdown, tables);
		System.out.println();
		System.out.println(tables);
		Progress.print("Written to " + json + " and " + markdown);
		if (this.options.docs() != null) {
			quote(tables, this.options.docs());
		}
	}

	// What stood between the marks gives way
	private static void quote(String tables, Path page) throws IOException {
		String text = Files.readString(page);
		int begin = text.indexOf(BEGIN);
		int end = text.indexOf(END);
		Assert.state(begin >= 0 && end > begin, () -> page + " has no place for the results");
		Files.writeString(page,
				text.substring(0, begin + BEGIN.length()) + "\n\n" + tables + "\n" + text.substring(end));
	}

	private Map<String, Object> content() {
		Map<String, Object> content = new LinkedHashMap<>();
		content.put("date", this.environment.date().toString());
		content.put("machine", this.environment.machine());
		content.put("versions", this.environment.versions());
		content.put("server", this.environment.server());
		content.put("measurements", this.measurements.all());
		content.put("heap_growth_bytes", this.measurements.heap());
		return content;
	}

}
