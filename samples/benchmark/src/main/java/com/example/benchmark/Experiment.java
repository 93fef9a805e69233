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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

import com.example.benchmark.side.Side;
import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.RunRequest;
import com.example.benchmark.worker.RunResult;

/**
 * Something to measure on several sides. They take turns, so that what changes about the
 * machine meanwhile changes for all of them.
 */
abstract class Experiment {

	/**
	 * A stretch of the warming up has this many times the tests of a round.
	 */
	private static final int WARM_UP_TESTS = 5;

	private static final int WARM_UP_STRETCHES = 20;

	private final BenchmarkOptions options;

	private final Workers workers;

	private final Measurements measurements;

	Experiment(BenchmarkOptions options, Workers workers, Measurements measurements) {
		this.options = options;
		this.workers = workers;
		this.measurements = measurements;
	}

	/**
	 * Measure it.
	 * @param tables number of tables in the schema
	 */
	abstract void measure(int tables);

	/**
	 * Let the sides take turns, beginning with another one each time, after all of them
	 * have warmed up.
	 * @param title what is measured, for the user
	 * @param turns the turns of one round; those of sides that were not chosen are left
	 * out
	 */
	void rounds(String title, List<Turn> turns) {
		List<Turn> order = new ArrayList<>(turns);
		order.removeIf((turn) -> !this.options.sides().contains(turn.side()));
		if (order.isEmpty()) {
			return;
		}
		Progress.print(title + ": starting");
		order.parallelStream().forEach((turn) -> run(turn.side(), turn.request().times(1, 0)));
		// Without a budget, nothing is measured well anyway
		if (!this.options.budget().isZero()) {
			Progress.print(title + ": warming up");
			order.forEach(this::warmUp);
		}
		for (int round = 1; round <= this.options.rounds(); round++) {
			Progress.print(title + ": round " + round + " of " + this.options.rounds());
			for (Turn turn : order) {
				this.workers.awaitIdleServer();
				turn.evaluation().accept(run(turn.side(), turn.request()));
			}
			Collections.rotate(order, 1);
		}
	}

	// It takes some thousand tests until the JVM has compiled what they use
	private void warmUp(Turn turn) {
		long best = Long.MAX_VALUE;
		int idle = 0;
		for (int i = 0; i < WARM_UP_STRETCHES && idle < 3; i++) {
			long[] periods = run(turn.side(), turn.request().times(WARM_UP_TESTS, 1)).periods().sorted().toArray();
			long median = periods[periods.length / 2];
			idle = (median > 0.97 * best) ? idle + 1 : 0;
			best = Math.min(best, median);
		}
	}

	private RunResult run(Side side, RunRequest request) {
		return this.workers.run(side, request);
	}

	/**
	 * Return what a side does in one round, by default.
	 */
	RunRequest request(String testClass, Workload workload) {
		return new RunRequest(testClass, workload, this.options.tests(), this.options.budget());
	}

	BenchmarkOptions options() {
		return this.options;
	}

	Workers workers() {
		return this.workers;
	}

	Measurements measurements() {
		return this.measurements;
	}

	/**
	 * What one side does in one round.
	 *
	 * @param side the side
	 * @param request its tests
	 * @param evaluation takes what was measured
	 */
	record Turn(Side side, RunRequest request, Consumer<RunResult> evaluation) {

	}

}
