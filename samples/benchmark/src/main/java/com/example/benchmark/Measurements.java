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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

import com.example.benchmark.side.Side;

/**
 * All values that were measured, in nanoseconds, and what follows from them.
 */
class Measurements {

	private final Map<Subject, List<Long>> values = new LinkedHashMap<>();

	private final Map<String, Long> heap = new LinkedHashMap<>();

	void add(Subject subject, LongStream nanoseconds) {
		List<Long> values = this.values.computeIfAbsent(subject, (key) -> new ArrayList<>());
		nanoseconds.forEach(values::add);
	}

	void add(Subject subject, long nanoseconds) {
		add(subject, LongStream.of(nanoseconds));
	}

	void heap(Side side, long bytes) {
		this.heap.put(side.id(), bytes);
	}

	/**
	 * Return by how many bytes the heap grew in the long run, for each side.
	 */
	Map<String, Long> heap() {
		return this.heap;
	}

	/**
	 * Return the median in milliseconds, if there is one.
	 */
	OptionalDouble median(Subject subject) {
		return percentile(subject, 0.5);
	}

	/**
	 * Return what a side adds to the gap that JUnit and Spring have anyway, in
	 * milliseconds, if both were measured.
	 * @param subject the gap
	 * @param bare the side that undoes nothing
	 */
	OptionalDouble added(Subject subject, Side bare) {
		OptionalDouble base = median(subject.of(bare.id()));
		OptionalDouble median = median(subject);
		return (base.isPresent() && median.isPresent()) ? OptionalDouble.of(median.getAsDouble() - base.getAsDouble())
				: OptionalDouble.empty();
	}

	/**
	 * Return the value in milliseconds that a share of the values does not exceed.
	 */
	OptionalDouble percentile(Subject subject, double share) {
		List<Long> sorted = this.values.getOrDefault(subject, List.of()).stream().sorted().toList();
		int index = Math.max(0, (int) Math.ceil(share * sorted.size()) - 1);
		return sorted.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(sorted.get(index) / 1e6);
	}

	List<Measurement> all() {
		return this.values.keySet().stream().map(this::measurement).toList();
	}

	private Measurement measurement(Subject subject) {
		double median = median(subject).orElseThrow();
		Map<String, Double> ratios = new LinkedHashMap<>();
		for (Subject other : this.values.keySet()) {
			if (!other.equals(subject) && other.of(subject.side()).equals(subject)) {
				ratios.put(other.side(), rounded(median(other).orElseThrow() / median));
			}
		}
		return new Measurement(subject.name(), subject.metric(), subject.tables(), subject.side(), rounded(median),
				rounded(percentile(subject, 0).orElseThrow()), rounded(percentile(subject, 0.95).orElseThrow()),
				this.values.get(subject).size(), ratios);
	}

	private static double rounded(double value) {
		return Math.round(value * 10_000) / 10_000.0;
	}

}
