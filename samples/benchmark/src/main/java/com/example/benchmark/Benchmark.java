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
import java.sql.SQLException;
import java.util.stream.Stream;

import com.example.benchmark.work.Schema;

/**
 * Measures Pristine and its peers on the same work. See {@code docs/performance.md}.
 */
public final class Benchmark {

	private final BenchmarkOptions options;

	private final Measurements measurements = new Measurements();

	private Benchmark(BenchmarkOptions options) {
		this.options = options;
	}

	public static void main(String[] args) throws IOException, SQLException {
		run(BenchmarkOptions.fromSystemProperties());
	}

	static void run(BenchmarkOptions options) throws IOException, SQLException {
		new Benchmark(options).run();
	}

	private Stream<Experiment> experiments(Workers workers, int tables) {
		Experiment gaps = new Gaps(this.options, workers, this.measurements);
		return (tables != this.options.usualTables()) ? Stream.of(gaps)
				: Stream.of(gaps, new Statements(this.options, workers, this.measurements),
						new Requests(this.options, workers, this.measurements),
						new SideBySide(this.options, workers, this.measurements),
						new RedisOpaGaps(this.options, workers, this.measurements),
						new LongRun(this.options, workers, this.measurements),
						new Starts(this.options, workers, this.measurements));
	}

	private void run() throws IOException, SQLException {
		Files.createDirectories(this.options.output());
		Environment environment = null;
		for (int tables : this.options.tables()) {
			Progress.print(tables + " tables: starting the workers");
			try (Workers workers = new Workers(this.options, new Schema(tables))) {
				experiments(workers, tables).filter((experiment) -> this.options.isChosen(experiment.getClass()))
					.forEach((experiment) -> experiment.measure(tables));
				environment = Environment.of(workers.server());
			}
		}
		new Report(this.options, environment, this.measurements).write();
	}

}
