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
import java.util.Locale;
import java.util.OptionalDouble;

import com.example.benchmark.side.Side;

/**
 * What Pristine wants to reach, and what it did.
 *
 * @param what what the goal is about
 * @param target the target, in the unit
 * @param unit milliseconds or a factor
 * @param atLeast whether more is better
 * @param actual the value that was measured, if it was
 */
record Goal(String what, double target, String unit, boolean atLeast, OptionalDouble actual) {

	static List<Goal> all(Measurements measured) {
		return List.of(
				most("`TRANSACTION`, what Pristine adds to a test, 50 tables", 0.5,
						added(measured, "gap.write", 50, Side.PRISTINE_TRANSACTION)),
				most("`TRUNCATE`, 3 dirty of 50 tables", 1, added(measured, "gap.write", 50, Side.PRISTINE_TRUNCATE)),
				most("`TRUNCATE`, 3 dirty of 1000 tables", 3,
						added(measured, "gap.write", 1000, Side.PRISTINE_TRUNCATE)),
				least("`TRUNCATE` against `TRUNCATE` of all 50 tables", 50,
						addedRatio(measured, "gap.write", Side.TRUNCATE_ALL, Side.PRISTINE_TRUNCATE)),
				// Zonky's test waits for its new database when it opens the first
				// connection
				least("`TRUNCATE` against Zonky's refresh, whole test, 50 tables", 50,
						addedRatio(measured, "test.write", Side.ZONKY_REFRESH, Side.PRISTINE_TRUNCATE)),
				most("a test that only reads, `TRANSACTION`", 0.15,
						added(measured, "gap.read", 50, Side.PRISTINE_TRANSACTION)),
				most("a test that only reads, `TRUNCATE`", 0.15,
						added(measured, "gap.read", 50, Side.PRISTINE_TRUNCATE)),
				atMost("a statement in `TRANSACTION` against auto-commit", 1.4, "x",
						ratio(median(measured, "statement", Side.PRISTINE_TRANSACTION),
								median(measured, "statement", Side.NO_ISOLATION))),
				atMost("the last 100 tests of a long run against the first, `TRANSACTION`", 1.2, "x",
						growth(measured, Side.PRISTINE_TRANSACTION)),
				atMost("the last 100 tests of a long run against the first, `TRUNCATE`", 1.2, "x",
						growth(measured, Side.PRISTINE_TRUNCATE)),
				atMost("a `RANDOM_PORT` test in `TRANSACTION` against `TRUNCATE`", 1, "x",
						ratio(median(measured, "test.http", Side.PRISTINE_TRANSACTION),
								median(measured, "test.http", Side.PRISTINE_TRUNCATE))),
				most("PostgreSQL from the cached cluster, to the first connection", 300,
						measured.median(new Subject("start.postgres", 0, Side.PRISTINE_TRANSACTION.id()))),
				most("reset of Redis and OPA together, 10 keys and a datum written", 1,
						measured.added(new Subject("gap.redis-opa.write", 0, Side.REDIS_OPA_PRISTINE.id()),
								Side.REDIS_OPA_NONE)),
				most("start of all three servers, programs in the cache", 1000,
						measured.median(new Subject("start.servers", 0, Side.REDIS_OPA_PRISTINE.id()))),
				least("two threads against one, tests that wait for the database", 1.7,
						ratio(median(measured, "suite", Side.PRISTINE_TRUNCATE),
								median(measured, "suite", Side.PRISTINE_TWO_THREADS))),
				most("hand-over of a warm `DATABASE` slot, 3 dirty of 50 tables", 2,
						median(measured, "gap.write", Side.PRISTINE_DATABASE)),
				least("hand-over of a warm `DATABASE` slot against Zonky's refresh, whole test", 25,
						ratio(median(measured, "test.write", Side.ZONKY_REFRESH),
								median(measured, "gap.write", Side.PRISTINE_DATABASE))),
				most("application context in a new JVM, template kept, beyond H2 in memory", 100,
						beyondH2(measured, "start.application")),
				most("further application context, template kept, beyond H2 in memory", 100,
						beyondH2(measured, "start.context")),
				most("new JVM to its first test body, template kept, beyond H2 in memory", 200,
						beyondH2(measured, "start.jvm")));
	}

	boolean isMet() {
		double actual = this.actual.orElseThrow();
		return this.atLeast ? actual >= this.target : actual <= this.target;
	}

	String targetText() {
		return (this.atLeast ? "≥ " : "≤ ") + String.format(Locale.ROOT, "%s %s", this.target, this.unit);
	}

	String actualText() {
		return String.format(Locale.ROOT, "%.2f %s", this.actual.orElseThrow(), this.unit);
	}

	private static Goal most(String what, double target, OptionalDouble actual) {
		return atMost(what, target, "ms", actual);
	}

	private static Goal atMost(String what, double target, String unit, OptionalDouble actual) {
		return new Goal(what, target, unit, false, actual);
	}

	private static Goal least(String what, double target, OptionalDouble actual) {
		return new Goal(what, target, "x", true, actual);
	}

	private static OptionalDouble added(Measurements measured, String metric, int tables, Side side) {
		return measured.added(new Subject(metric, tables, side.id()), Side.NO_ISOLATION);
	}

	private static OptionalDouble addedRatio(Measurements measured, String metric, Side peer, Side side) {
		return ratio(added(measured, metric, 50, peer), added(measured, metric, 50, side));
	}

	private static OptionalDouble median(Measurements measured, String metric, Side side) {
		return measured.median(new Subject(metric, 50, side.id()));
	}

	private static OptionalDouble beyondH2(Measurements measured, String metric) {
		return measured.added(new Subject(metric, 50, Side.PRISTINE_TRANSACTION.id()), Side.H2_MEMORY);
	}

	private static OptionalDouble growth(Measurements measured, Side side) {
		return ratio(median(measured, "gap.last", side), median(measured, "gap.first", side));
	}

	private static OptionalDouble ratio(OptionalDouble value, OptionalDouble base) {
		return (value.isPresent() && base.isPresent()) ? OptionalDouble.of(value.getAsDouble() / base.getAsDouble())
				: OptionalDouble.empty();
	}

}
