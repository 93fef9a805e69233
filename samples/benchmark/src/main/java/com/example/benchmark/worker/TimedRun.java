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

package com.example.benchmark.worker;

import java.util.Arrays;

import com.example.benchmark.work.Workload;

/**
 * The tests of one class that are running now, and when each of their bodies began and
 * ended.
 */
final class TimedRun {

	private static TimedRun current;

	private final Workload workload;

	private final long deadline;

	private final long[] begins;

	private final long[] ends;

	private int count;

	private TimedRun(Workload workload, int tests, long budget) {
		this.workload = workload;
		this.deadline = System.nanoTime() + budget;
		this.begins = new long[tests];
		this.ends = new long[tests];
	}

	static TimedRun start(Workload workload, int tests, long budget) {
		current = new TimedRun(workload, tests, budget);
		return current;
	}

	static TimedRun current() {
		return current;
	}

	Workload workload() {
		return this.workload;
	}

	/**
	 * Return whether there is another test. The first two always are, so that there is
	 * something between them.
	 */
	boolean hasNext() {
		return this.count < this.begins.length && (this.count < 2 || System.nanoTime() < this.deadline);
	}

	void begin() {
		this.begins[this.count++] = System.nanoTime();
	}

	void end() {
		this.ends[this.count - 1] = System.nanoTime();
	}

	long[] begins() {
		return Arrays.copyOf(this.begins, this.count);
	}

	long[] ends() {
		return Arrays.copyOf(this.ends, this.count);
	}

}
