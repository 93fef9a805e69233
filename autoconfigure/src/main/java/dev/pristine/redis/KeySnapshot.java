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
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.pristine.redis.RedisConnection.ErrorReply;

/**
 * The keys of one database number, with their types and the moments at which they expire.
 *
 * @param entries the keys
 */
record KeySnapshot(List<Entry> entries) {

	static final KeySnapshot EMPTY = new KeySnapshot(List.of());

	private static final int PAGE_SIZE = 500;

	private static final long FOREVER = -1;

	private static final long GONE = -2;

	/**
	 * Read every key of the number that the connection has selected.
	 * @param connection the connection
	 * @return the keys
	 * @throws IOException if they cannot be read
	 */
	static KeySnapshot capture(RedisConnection connection) throws IOException {
		List<Entry> entries = new ArrayList<>();
		String cursor = "0";
		do {
			List<@Nullable Object> page = RedisConnection.list(connection.call("SCAN", cursor, "COUNT", PAGE_SIZE));
			cursor = RedisConnection.text(page.get(0));
			read(connection, RedisConnection.list(page.get(1)), entries);
		}
		while (!"0".equals(cursor));
		return new KeySnapshot(List.copyOf(entries));
	}

	private static void read(RedisConnection connection, List<@Nullable Object> keys, List<Entry> entries)
			throws IOException {
		connection.ask("TIME");
		for (Object key : keys) {
			if (key instanceof byte[] name) {
				connection.ask("DUMP", name).ask("PTTL", name);
			}
		}
		List<@Nullable Object> replies = connection.replies();
		List<@Nullable Object> time = RedisConnection.list(replies.get(0));
		long now = Long.parseLong(RedisConnection.text(time.get(0))) * 1000
				+ Long.parseLong(RedisConnection.text(time.get(1))) / 1000;
		for (int i = 0; i < keys.size(); i++) {
			if (replies.get(1 + 2 * i) instanceof ErrorReply error) {
				throw error;
			}
			if (keys.get(i) instanceof byte[] name && replies.get(1 + 2 * i) instanceof byte[] value
					&& replies.get(2 + 2 * i) instanceof Long remaining && remaining != GONE) {
				entries.add(new Entry(name, value, (remaining == FOREVER) ? 0 : now + remaining));
			}
		}
	}

	/**
	 * Ask for these keys to be written to the selected number, which is empty. Those
	 * whose time is over stay away.
	 * @param connection the connection
	 * @throws IOException if the connection is lost
	 */
	void restore(RedisConnection connection) throws IOException {
		for (Entry entry : this.entries) {
			connection.ask("RESTORE", entry.key(), entry.expiresAt(), entry.value(), "REPLACE", "ABSTTL");
		}
	}

	/**
	 * One key.
	 *
	 * @param key its name
	 * @param value its value and type, as {@code DUMP} writes them
	 * @param expiresAt when it expires, in milliseconds since 1970, or 0 for never
	 */
	@SuppressWarnings("ArrayRecordComponent") // never compared
	private record Entry(byte[] key, byte[] value, long expiresAt) {

	}

}
