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

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One line of the results.
 *
 * @param name the name of the {@link Subject}
 * @param metric what was measured
 * @param tables number of tables in the schema, 0 without a database
 * @param side who was measured
 * @param median the median in milliseconds
 * @param minimum the lowest value in milliseconds
 * @param p95 the 95th percentile in milliseconds
 * @param runs number of values
 * @param ratios for each peer, how many times as long it takes
 */
record Measurement(String name, String metric, int tables, String side, @JsonProperty("median_ms") double median,
		@JsonProperty("min_ms") double minimum, @JsonProperty("p95_ms") double p95, int runs,
		Map<String, Double> ratios) {

}
