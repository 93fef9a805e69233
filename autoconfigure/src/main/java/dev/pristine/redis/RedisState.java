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

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a test finds in a {@link RedisDatabase}.
 *
 * @param keys the keys of each number that has some
 * @param server what the server holds besides
 */
record RedisState(Map<Integer, KeySnapshot> keys, ServerState server) {

	static RedisState capture(RedisDatabase database, ServerState server) throws IOException {
		RedisConnection connection = database.connection();
		Map<Integer, KeySnapshot> keys = new TreeMap<>();
		List<Integer> numbers = database.isOwn() ? RedisConnection.text(connection.call("INFO", "keyspace"))
			.lines()
			.filter((line) -> line.startsWith("db"))
			.map((line) -> Integer.valueOf(line.substring(2, line.indexOf(':'))))
			.toList() : List.of(database.number());
		for (int number : numbers) {
			connection.call("SELECT", number);
			keys.put(number, KeySnapshot.capture(connection));
		}
		return new RedisState(keys, server);
	}

	/**
	 * Ask for the keys to be as they were.
	 * @param database the database: that of the keys, or another of its kind
	 * @throws IOException if the connection is lost
	 */
	void restoreKeys(RedisDatabase database) throws IOException {
		RedisConnection connection = database.connection();
		connection.ask(database.isOwn() ? "FLUSHALL" : "FLUSHDB");
		for (Map.Entry<Integer, KeySnapshot> number : this.keys.entrySet()) {
			connection.ask("SELECT", database.isOwn() ? number.getKey() : database.number());
			number.getValue().restore(connection);
		}
	}

}
