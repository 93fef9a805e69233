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

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import com.example.benchmark.side.Side;
import com.example.benchmark.worker.ServerAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * What the user chose, as system properties that begin with {@code benchmark}.
 *
 * @param tables numbers of tables
 * @param tests highest number of tests that a side runs in one round
 * @param rounds number of rounds that count; one more, before them, does not
 * @param budget how long a side may take in one round
 * @param longRun number of tests in the long run, 0 for none
 * @param starts number of cold starts, 0 for none
 * @param experiments simple class names of what is measured, none for all
 * @param sides the sides that take part
 * @param launch how Pristine launches its server, see {@code pristine.launch}
 * @param server the server of the other sides if Pristine does not take part, and the
 * external one if it does
 * @param output directory of the results
 * @param docs a page to put the results into, or {@code null}
 */
record BenchmarkOptions(List<Integer> tables, int tests, int rounds, Duration budget, int longRun, int starts,
		List<String> experiments, Set<Side> sides, String launch, ServerAddress server, Path output,
		@Nullable Path docs) {

	static BenchmarkOptions fromSystemProperties() {
		return new BenchmarkOptions(
				Arrays.stream(get("tables", "10,50,200,1000").split(","))
					.map(String::trim)
					.map(Integer::valueOf)
					.sorted()
					.toList(),
				Integer.parseInt(get("tests", "200")), Integer.parseInt(get("rounds", "7")),
				Duration.ofMillis(Math.round(Double.parseDouble(get("seconds", "2")) * 1000)),
				Integer.parseInt(get("long", "10000")), Integer.parseInt(get("starts", "5")),
				Arrays.stream(get("experiments", "").split(","))
					.map(String::trim)
					.filter(StringUtils::hasText)
					.toList(),
				sides(get("sides", "")), get("launch", "embedded"),
				new ServerAddress(get("url", ""), get("username", "postgres"), get("password", "")),
				Path.of(get("output", "target")), get("docs", "").isEmpty() ? null : Path.of(get("docs", "")));
	}

	/**
	 * Return the number of tables for what is not measured with each of them: 50, as in
	 * the goals, or else the first.
	 */
	int usualTables() {
		return this.tables.contains(50) ? 50 : this.tables.get(0);
	}

	boolean isChosen(Class<? extends Experiment> experiment) {
		return this.experiments.isEmpty() || this.experiments.contains(experiment.getSimpleName());
	}

	private static Set<Side> sides(String names) {
		return names.isBlank() ? EnumSet.allOf(Side.class)
				: Arrays.stream(names.split(","))
					.map((name) -> Side.valueOf(name.trim().toUpperCase(Locale.ROOT).replace('-', '_')))
					.collect(Collectors.toCollection(() -> EnumSet.noneOf(Side.class)));
	}

	private static String get(String name, String fallback) {
		String value = System.getProperty("benchmark." + name);
		return StringUtils.hasText(value) ? value : fallback;
	}

}
