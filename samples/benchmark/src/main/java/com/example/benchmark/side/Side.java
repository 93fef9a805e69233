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

package com.example.benchmark.side;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import com.example.benchmark.worker.TimedTests;

/**
 * All that are compared. Each has a worker of its own.
 */
public enum Side {

	FLOOR_ROLLBACK("floor, rollback", FloorRollback.class),

	FLOOR_DELETE("floor, delete", FloorDelete.class),

	NO_ISOLATION("Spring Boot, nothing undone", NoIsolation.class),

	PRISTINE_TRANSACTION("Pristine TRANSACTION", PristineTransaction.class),

	PRISTINE_TRUNCATE("Pristine TRUNCATE", PristineTruncate.class),

	PRISTINE_DATABASE("Pristine DATABASE", PristineDatabase.class),

	PRISTINE_NONE("Pristine NONE", PristineNone.class),

	SPRING_TRANSACTIONAL("Spring `@Transactional`", SpringTransactional.class),

	TRUNCATE_ALL("`TRUNCATE` of all tables", TruncateAll.class),

	ZONKY_REFRESH("Zonky refresh", ZonkyRefresh.class),

	FLYWAY_CLEAN_MIGRATE("Flyway `clean` + `migrate`", FlywayCleanMigrate.class),

	PRISTINE_TWO_THREADS("Pristine TRUNCATE, 2 threads", PristineTruncate.class),

	H2_MEMORY("Spring Boot with H2 in memory", NoIsolation.class),

	REDIS_OPA_NONE("nothing undone", RedisOpaNone.class),

	REDIS_OPA_PRISTINE("Pristine", RedisOpaPristine.class),

	REDIS_OPA_RELOAD("`flushAll`, policies and data again", RedisOpaReload.class);

	private final String title;

	private final Class<? extends TimedTests> testClass;

	Side(String title, Class<? extends TimedTests> testClass) {
		this.title = title;
		this.testClass = testClass;
	}

	/**
	 * Return those that undo a test on PostgreSQL in one way or another.
	 */
	public static Set<Side> ofPostgres() {
		return EnumSet.range(FLOOR_ROLLBACK, FLYWAY_CLEAN_MIGRATE);
	}

	/**
	 * Return those that work on Redis and OPA.
	 */
	public static List<Side> ofRedisAndOpa() {
		return Stream.of(values()).filter(Side::isRedisAndOpa).toList();
	}

	public String title() {
		return this.title;
	}

	public String testClass() {
		return this.testClass.getName();
	}

	/**
	 * Return the class that does the same over HTTP.
	 */
	public String httpTestClass() {
		return switch (this) {
			case PRISTINE_TRANSACTION -> PristineHttpTransaction.class.getName();
			case PRISTINE_TRUNCATE -> PristineHttpTruncate.class.getName();
			default -> throw new IllegalStateException(this + " is not measured over HTTP");
		};
	}

	/**
	 * Return the class that gets an application context of its own.
	 */
	public static String newContextTestClass() {
		return NewContext.class.getName();
	}

	/**
	 * Return the class each test of which launches a PostgreSQL server.
	 */
	public static String postgresStartTestClass() {
		return PostgresStart.class.getName();
	}

	/**
	 * Return the class that has the servers of all resources started.
	 */
	public static String serverStartTestClass() {
		return ServerStart.class.getName();
	}

	/**
	 * Return the name that options and files use, such as {@code truncate-all}.
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Return how JUnit runs its tests, if not one after the other on what the application
	 * started with. With one thread, each test leases a slot, too.
	 */
	public Map<String, String> properties() {
		return switch (this) {
			case PRISTINE_DATABASE -> parallel(1);
			case PRISTINE_TWO_THREADS -> parallel(2);
			default -> Map.of();
		};
	}

	private static Map<String, String> parallel(int threads) {
		String prefix = "junit.jupiter.execution.parallel.";
		return Map.of(prefix + "enabled", "true", prefix + "mode.default", (threads > 1) ? "concurrent" : "same_thread",
				prefix + "config.strategy", "fixed", prefix + "config.fixed.parallelism", String.valueOf(threads),
				prefix + "config.fixed.max-pool-size", String.valueOf(threads));
	}

	public boolean isPristine() {
		return name().startsWith("PRISTINE");
	}

	/**
	 * Return whether Pristine launches what this side works on.
	 */
	public boolean hasPristine() {
		return isPristine() || isRedisAndOpa();
	}

	private boolean isRedisAndOpa() {
		return name().startsWith("REDIS_OPA");
	}

}
