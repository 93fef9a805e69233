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

import com.example.benchmark.side.Side;
import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.RunRequest;

/**
 * The time of a whole test class that waits for the database most of the time, its
 * methods one after the other and two at a time.
 */
class SideBySide extends Experiment {

	static final int TESTS = 40;

	private static final Duration BUDGET = Duration.ofMinutes(2);

	SideBySide(BenchmarkOptions options, Workers workers, Measurements measurements) {
		super(options, workers, measurements);
	}

	@Override
	void measure(int tables) {
		rounds("tests side by side",
				List.of(turn(tables, Side.PRISTINE_TRUNCATE), turn(tables, Side.PRISTINE_TWO_THREADS)));
	}

	private Turn turn(int tables, Side side) {
		RunRequest request = new RunRequest(side.testClass(), Workload.WAIT, Math.min(TESTS, options().tests()),
				BUDGET);
		return new Turn(side, request,
				(result) -> measurements().add(new Subject("suite", tables, side.id()), result.whole()));
	}

}
