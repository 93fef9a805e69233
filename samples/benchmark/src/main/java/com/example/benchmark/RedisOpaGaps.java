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
 * The time between two tests on Redis and OPA, without a database.
 */
class RedisOpaGaps extends Experiment {

	RedisOpaGaps(BenchmarkOptions options, Workers workers, Measurements measurements) {
		super(options, workers, measurements);
	}

	@Override
	void measure(int tables) {
		List<Turn> turns = new ArrayList<>();
		for (Side side : Side.ofRedisAndOpa()) {
			turns.add(turn(side, Workload.WRITE, "write"));
			turns.add(turn(side, Workload.READ, "read"));
		}
		rounds("Redis and OPA", turns);
	}

	private Turn turn(Side side, Workload workload, String name) {
		return new Turn(side, request(side.testClass(), workload),
				(result) -> measurements().add(new Subject("gap.redis-opa." + name, 0, side.id()), result.gaps()));
	}

}
