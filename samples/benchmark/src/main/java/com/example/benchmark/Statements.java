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

import java.util.stream.Stream;

import com.example.benchmark.side.Side;
import com.example.benchmark.work.Workload;

/**
 * The time of one statement inside a test.
 */
class Statements extends Experiment {

	Statements(BenchmarkOptions options, Workers workers, Measurements measurements) {
		super(options, workers, measurements);
	}

	@Override
	void measure(int tables) {
		rounds("statements",
				Stream
					.of(Side.NO_ISOLATION, Side.PRISTINE_TRANSACTION, Side.PRISTINE_TRUNCATE, Side.SPRING_TRANSACTIONAL)
					.map((side) -> turn(tables, side))
					.toList());
	}

	private Turn turn(int tables, Side side) {
		return new Turn(side, request(side.testClass(), Workload.STATEMENTS),
				(result) -> measurements().add(new Subject("statement", tables, side.id()),
						result.bodies().map((body) -> body / Workload.STATEMENT_COUNT)));
	}

}
