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
import java.util.concurrent.atomic.AtomicInteger;

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

	private int started;

	private final AtomicInteger begun = new AtomicInteger();

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
	 * Start another test, unless all have run or the time is up. The first two always
	 * run, so that there is something between them.
	 * @return whether there is another test
	 */
	boolean next() {
		boolean next = this.started < this.begins.length && (this.started < 2 || System.nanoTime() < this.deadline);
		this.started += next ? 1 : 0;
		return next;
	}

	/**
	 * A test body begins, maybe beside another one.
	 * @return its number
	 */
	int begin() {
		int test = this.begun.getAndIncrement();
		this.begins[test] = System.nanoTime();
		return test;
	}

	void end(int test) {
		this.ends[test] = System.nanoTime();
	}

	long[] begins() {
		return Arrays.copyOf(this.begins, this.begun.get());
	}

	long[] ends() {
		return Arrays.copyOf(this.ends, this.begun.get());
	}

}
