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
import java.util.List;

import com.example.benchmark.side.Side;
import com.example.benchmark.work.Workload;

/**
 * The time between the end of one test body and the start of the next, and that from
 * start to start.
 */
class Gaps extends Experiment {

	Gaps(BenchmarkOptions options, Workers workers, Measurements measurements) {
		super(options, workers, measurements);
	}

	@Override
	void measure(int tables) {
		List<Turn> turns = new ArrayList<>();
		for (Side side : Side.ofPostgres()) {
			turns.add(turn(tables, side, Workload.WRITE, "write"));
			turns.add(turn(tables, side, Workload.READ, "read"));
		}
		rounds(tables + " tables", turns);
	}

	private Turn turn(int tables, Side side, Workload workload, String name) {
		return new Turn(side, request(side.testClass(), workload), (result) -> {
			measurements().add(new Subject("gap." + name, tables, side.id()), result.gaps());
			measurements().add(new Subject("test." + name, tables, side.id()), result.periods());
		});
	}

}
