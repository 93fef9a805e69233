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

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

import com.example.benchmark.side.Side;
import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.RunRequest;
import com.example.benchmark.worker.RunResult;

/**
 * Many tests in one JVM: the first hundred against the last, and the memory that stays in
 * use.
 */
class LongRun extends Experiment {

	private static final int WINDOW = 100;

	private static final Duration BUDGET = Duration.ofMinutes(10);

	LongRun(BenchmarkOptions options, Workers workers, Measurements measurements) {
		super(options, workers, measurements);
	}

	@Override
	void measure(int tables) {
		if (options().longRun() < 2 * WINDOW) {
			return;
		}
		for (Side side : List.of(Side.NO_ISOLATION, Side.SPRING_TRANSACTIONAL, Side.PRISTINE_TRANSACTION,
				Side.PRISTINE_TRUNCATE)) {
			if (options().sides().contains(side)) {
				Progress.print(options().longRun() + " tests: " + side.id());
				measure(side, tables);
			}
		}
	}

	private void measure(Side side, int tables) {
		workers().awaitIdleServer();
		RunResult result = workers().run(side,
				new RunRequest(side.testClass(), Workload.WRITE, options().longRun(), BUDGET));
		LongStream first = result.gaps().limit(WINDOW);
		LongStream last = result.gaps().skip(result.begins().length - 1 - WINDOW);
		measurements().add(new Subject("gap.first", tables, side.id()), first);
		measurements().add(new Subject("gap.last", tables, side.id()), last);
		measurements().heap(side, result.heapAfter() - result.heapBefore());
	}

}
