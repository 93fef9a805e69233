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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.example.benchmark.side.Side;
import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.RunRequest;
import com.example.benchmark.worker.RunResult;
import org.springframework.util.FileSystemUtils;

/**
 * The time until the first test body: in a new JVM, where Pristine also launches its
 * server (once with an empty cache, as on the first day), and with a further application
 * context. The database is empty at first, so that the migrations are part of it, unless
 * Pristine has kept what they made: in the second JVM, and for further contexts. Also the
 * time until all three servers can be used, and that of the PostgreSQL server alone in a
 * JVM that has done it before.
 */
class Starts extends Experiment {

	private static final Duration BUDGET = Duration.ofMinutes(2);

	Starts(BenchmarkOptions options, Workers workers, Measurements measurements) {
		super(options, workers, measurements);
	}

	@Override
	void measure(int tables) {
		List<Side> sides = List.of(Side.NO_ISOLATION, Side.H2_MEMORY, Side.PRISTINE_TRANSACTION);
		if (options().starts() > 0 && options().sides().contains(Side.PRISTINE_TRANSACTION)) {
			measurePostgres();
		}
		for (int start = 1; start <= options().starts(); start++) {
			Progress.print("start " + start + " of " + options().starts());
			for (Side side : sides) {
				if (options().sides().contains(side)) {
					measure(side, tables, start);
				}
			}
			if (options().sides().contains(Side.REDIS_OPA_PRISTINE)) {
				measureServers();
			}
		}
	}

	private void measure(Side side, int tables, int start) {
		workers().awaitIdleServer();
		RunResult alone = startAlone(side, Map.of());
		measurements().add(new Subject("start.jvm", tables, side.id()), alone.start());
		measurements().add(new Subject("start.application", tables, side.id()), alone.contextStart());
		// Its first application context, if it has none yet
		workers().run(side, once(side.testClass()));
		if (side.isPristine()) {
			measurements().add(new Subject("start.first", tables, side.id()),
					startAlone(side, Map.of("pristine.cache-directory", emptyDirectory(start))).start());
		}
		else {
			workers().createDatabase(side.id());
		}
		measurements().add(new Subject("start.context", tables, side.id()),
				workers().run(side, once(Side.newContextTestClass())).start());
	}

	// The first one finds classes that are not loaded yet
	private void measurePostgres() {
		Progress.print("starts of PostgreSQL");
		RunResult result = workers().runAlone(Workers.SERVER,
				new RunRequest(Side.postgresStartTestClass(), Workload.READ, 1 + options().starts(), BUDGET), Map.of());
		measurements().add(new Subject("start.postgres", 0, Side.PRISTINE_TRANSACTION.id()), result.bodies().skip(1));
	}

	private void measureServers() {
		Side side = Side.REDIS_OPA_PRISTINE;
		RunResult result = workers().runAlone(side.id(),
				new RunRequest(Side.serverStartTestClass(), Workload.READ, 2, BUDGET), Map.of());
		measurements().add(new Subject("start.spring", 0, side.id()), result.bodies().limit(1));
		measurements().add(new Subject("start.servers", 0, side.id()), result.bodies().skip(1));
	}

	private RunResult startAlone(Side side, Map<String, String> properties) {
		String worker = side.isPristine() ? Workers.SERVER : side.id();
		return workers().runAlone(worker, once(side.testClass()), properties);
	}

	// One that a user for the server can enter
	private String emptyDirectory(int start) {
		Path directory = options().output().resolve("cache-" + start).toAbsolutePath();
		try {
			FileSystemUtils.deleteRecursively(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return directory.toString();
	}

	private static RunRequest once(String testClass) {
		return new RunRequest(testClass, Workload.READ, 1, Duration.ZERO);
	}

}
