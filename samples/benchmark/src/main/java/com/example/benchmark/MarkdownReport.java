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

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.example.benchmark.side.Side;

/**
 * The results as tables for people.
 */
class MarkdownReport {

	private final BenchmarkOptions options;

	private final Environment environment;

	private final Measurements measurements;

	MarkdownReport(BenchmarkOptions options, Environment environment, Measurements measurements) {
		this.options = options;
		this.environment = environment;
		this.measurements = measurements;
	}

	@Override
	public String toString() {
		int tables = this.options.usualTables();
		return run() + goals() + bySize("Between two tests that write 3 tables", "gap.write")
				+ bySize("Between two tests that read", "gap.read")
				+ bySize("A whole test that writes, from its start to the start of the next", "test.write")
				+ table("Between two tests that write 3 of " + tables + " tables, in detail (ms)", List.of(
						median("median", "gap.write", tables),
						column("p95", "gap.write", tables, (subject) -> this.measurements.percentile(subject, 0.95)),
						column("above Spring Boot alone", "gap.write", tables,
								(subject) -> this.measurements.added(subject, Side.NO_ISOLATION))))
				+ table("In a test on " + tables + " tables (ms)",
						List.of(median("one statement", "statement", tables)))
				+ table("A test over HTTP, " + tables + " tables (ms)",
						List.of(median("between two tests", "gap.http", tables),
								median("whole test", "test.http", tables)))
				+ table(Math.min(SideBySide.TESTS, this.options.tests())
						+ " tests that wait for the database, in one context (ms)",
						List.of(median("all of them", "suite", tables)))
				+ table("Between two tests on Redis and OPA (ms)",
						List.of(median("10 keys and a datum written", "gap.redis-opa.write", 0),
								column("above nothing undone", "gap.redis-opa.write", 0,
										(subject) -> this.measurements.added(subject, Side.REDIS_OPA_NONE)),
								median("only read", "gap.redis-opa.read", 0)))
				+ table(this.options.longRun() + " tests in one JVM, " + tables + " tables: between two tests (ms)",
						List.of(median("first 100", "gap.first", tables), median("last 100", "gap.last", tables),
								new Column("heap grew by (MB)", this::heapGrowth)))
				+ table("Until the first test body, with the migrations of " + tables
						+ " tables or what was kept of them (ms)",
						List.of(median("new JVM, nothing cached", "start.first", tables),
								median("new JVM", "start.jvm", tables),
								median("of this, its application context", "start.application", tables),
								median("further context", "start.context", tables)))
				+ table("Until PostgreSQL, Redis and OPA can be used, in a new JVM (ms)",
						List.of(median("programs in the cache", "start.servers", 0)));
	}

	private String run() {
		return "- Date: " + this.environment.date() + "\n" + line("Machine", this.environment.machine())
				+ line("Versions", this.environment.versions()) + line("Server", this.environment.server())
				+ String.format(Locale.ROOT,
						"- Run: %d rounds after warming up; in each, up to %d tests or %.1f s a side. Medians.%n",
						this.options.rounds(), this.options.tests(), this.options.budget().toMillis() / 1000.0);
	}

	private String goals() {
		String lines = Goal.all(this.measurements)
			.stream()
			.filter((goal) -> goal.actual().isPresent())
			.map((goal) -> "| " + goal.what() + " | " + goal.targetText() + " | " + goal.actualText() + " | "
					+ (goal.isMet() ? "met" : "**not met**") + " |\n")
			.collect(Collectors.joining());
		return lines.isEmpty() ? "" : "\n### Goals\n\n| what | goal | measured | |\n|---|--:|--:|---|\n" + lines;
	}

	private String bySize(String title, String metric) {
		return table(title + ", by number of tables (ms)",
				this.options.tables()
					.stream()
					.map((tables) -> median(String.valueOf(tables), metric, tables))
					.toList());
	}

	private String table(String title, List<Column> columns) {
		String lines = Stream.of(Side.values())
			.filter((side) -> columns.stream().anyMatch((column) -> column.value(side).isPresent()))
			.map((side) -> columns.stream()
				.map((column) -> cell(column.value(side)))
				.collect(Collectors.joining(" | ", "| " + side.title() + " | ", " |\n")))
			.collect(Collectors.joining());
		return lines.isEmpty() ? ""
				: "\n### " + title + "\n\n"
						+ columns.stream().map(Column::name).collect(Collectors.joining(" | ", "| | ", " |\n"))
						+ "|---|" + "--:|".repeat(columns.size()) + "\n" + lines;
	}

	private Column median(String name, String metric, int tables) {
		return column(name, metric, tables, this.measurements::median);
	}

	private static Column column(String name, String metric, int tables, Function<Subject, OptionalDouble> value) {
		return new Column(name, (side) -> value.apply(new Subject(metric, tables, side.id())));
	}

	private OptionalDouble heapGrowth(Side side) {
		Long bytes = this.measurements.heap().get(side.id());
		return (bytes != null) ? OptionalDouble.of(bytes / 1e6) : OptionalDouble.empty();
	}

	private static String line(String title, Map<String, String> facts) {
		return facts.entrySet()
			.stream()
			.map((fact) -> fact.getKey() + " " + fact.getValue())
			.collect(Collectors.joining(", ", "- " + title + ": ", "\n"));
	}

	private static String cell(OptionalDouble value) {
		if (value.isEmpty()) {
			return "";
		}
		double number = value.getAsDouble();
		return String.format(Locale.ROOT, (number < 10) ? "%.3f" : (number < 100) ? "%.1f" : "%.0f", number);
	}

	private record Column(String name, Function<Side, OptionalDouble> values) {

		OptionalDouble value(Side side) {
			return this.values.apply(side);
		}

	}

}
