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

package dev.pristine.redis;

import org.jspecify.annotations.Nullable;

/**
 * One numbered database of a server, which belongs to one application context.
 */
final class RedisDatabase {

	private final RedisServer server;

	private final int number;

	private RedisConnection connection;

	private @Nullable String run;

	private volatile boolean suspect;

	private volatile boolean busy;

	RedisDatabase(RedisServer server, int number, RedisConnection connection) {
		this.server = server;
		this.number = number;
		this.connection = connection;
		this.run = run(connection);
	}

	RedisServer server() {
		return this.server;
	}

	int number() {
		return this.number;
	}

	RedisConnection connection() {
		return this.connection;
	}

	/**
	 * Connect anew, after the connection was lost.
	 * @return whether it is still the same process, which holds the same data
	 */
	boolean reconnect() {
		this.connection.close();
		this.connection = this.server.connect();
		RedisServer.select(this.connection, this.number);
		String run = run(this.connection);
		boolean same = (run != null) && run.equals(this.run);
		this.run = run;
		return same;
	}

	/**
	 * Give the database back.
	 */
	void release() {
		this.server.release(this);
	}

	private static @Nullable String run(RedisConnection connection) {
		return RedisConnection.text(connection.call("INFO", "server"))
			.lines()
			.filter((line) -> line.startsWith("run_id:"))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return whether a test of another context may have changed this database.
	 * @return whether it has to be restored before it is used
	 */
	boolean isSuspect() {
		return this.suspect;
	}

	void suspect(boolean suspect) {
		this.suspect = suspect;
	}

	/**
	 * Return whether a test is using this database.
	 * @return whether changes are to be expected
	 */
	boolean isBusy() {
		return this.busy;
	}

	void busy(boolean busy) {
		this.busy = busy;
	}

	@Override
	public String toString() {
		return "database " + this.number + " of Redis at " + this.server.address();
	}

}
