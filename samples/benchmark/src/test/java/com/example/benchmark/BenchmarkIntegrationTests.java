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

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import com.example.benchmark.side.Side;
import com.example.benchmark.worker.ServerAddress;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the benchmark working: a run as short as can be.
 */
class BenchmarkIntegrationTests {

	private static final Path OUTPUT = Path.of("target", "smoke");

	// Each worker takes seconds to start: one with each class path
	private static final Set<Side> SIDES = EnumSet.of(Side.FLOOR_DELETE, Side.PRISTINE_TRUNCATE, Side.ZONKY_REFRESH,
			Side.PRISTINE_TWO_THREADS, Side.H2_MEMORY);

	@Test
	void measuresSides() throws Exception {
		Benchmark.run(new BenchmarkOptions(List.of(10), 3, 1, Duration.ZERO, 200, 1, List.of(), SIDES, "embedded",
				new ServerAddress("", "", ""), OUTPUT, null));
		assertThat(OUTPUT.resolve("benchmark.md")).isNotEmptyFile();
		JsonNode results = JsonMapper.shared().readTree(OUTPUT.resolve("benchmark.json").toFile());
		assertThat(results.findValuesAsString("name")).contains("gap.write.10.floor-delete",
				"gap.write.10.pristine-truncate", "gap.write.10.zonky-refresh", "suite.10.pristine-truncate",
				"suite.10.pristine-two-threads", "start.application.10.h2-memory", "start.context.10.h2-memory");
	}

}
