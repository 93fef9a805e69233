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

import com.example.benchmark.side.Side;
import com.example.benchmark.work.Workload;

/**
 * A test that sends an HTTP request to the application, which does the work.
 */
class Requests extends Experiment {

	Requests(BenchmarkOptions options, Workers workers, Measurements measurements) {
		super(options, workers, measurements);
	}

	@Override
	void measure(int tables) {
		rounds("tests over HTTP",
				List.of(turn(tables, Side.PRISTINE_TRANSACTION), turn(tables, Side.PRISTINE_TRUNCATE)));
	}

	private Turn turn(int tables, Side side) {
		return new Turn(side, request(side.httpTestClass(), Workload.WRITE), (result) -> {
			measurements().add(new Subject("gap.http", tables, side.id()), result.gaps());
			measurements().add(new Subject("test.http", tables, side.id()), result.periods());
		});
	}

}
