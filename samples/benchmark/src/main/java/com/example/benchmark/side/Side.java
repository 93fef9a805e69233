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

import java.util.List;
import java.util.Locale;
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

	PRISTINE_NONE("Pristine NONE", PristineNone.class),

	SPRING_TRANSACTIONAL("Spring `@Transactional`", SpringTransactional.class),

	TRUNCATE_ALL("`TRUNCATE` of all tables", TruncateAll.class),

	ZONKY_REFRESH("Zonky refresh", ZonkyRefresh.class),

	FLYWAY_CLEAN_MIGRATE("Flyway `clean` + `migrate`", FlywayCleanMigrate.class),

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
	 * Return those that work on PostgreSQL.
	 */
	public static List<Side> ofPostgres() {
		return Stream.of(values()).filter((side) -> !side.isRedisAndOpa()).toList();
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
