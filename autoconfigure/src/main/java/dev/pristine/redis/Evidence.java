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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.pristine.redis.RedisConnection.ErrorReply;

/**
 * What tells whether anybody changed anything: figures that the server counts. If they
 * are equal at two moments, its state was the same at both.
 *
 * @param changes a number that grows with every write and expiry of a key
 * @param lastSave the time of the last save, which sets that number back
 * @param saves the number of saves, or {@code null} up to Redis 6, which does not tell
 * @param settings how often commands were called that change what is not a key
 * @param asked how often the server was asked for its figures
 */
record Evidence(long changes, String lastSave, @Nullable String saves, List<Long> settings, long asked) {

	/**
	 * Tells nothing: everything may have changed since.
	 */
	static final Evidence NONE = new Evidence(0, "", null, List.of(), Long.MAX_VALUE);

	// Up to Redis 6, subcommands are counted together
	private static final Set<String> SETTINGS = Set.of("config", "config|set", "config|resetstat", "acl", "acl|setuser",
			"acl|deluser", "acl|load", "function|load", "function|delete", "function|flush", "function|restore", "save",
			"bgsave");

	private static final int QUESTIONS = 2;

	/**
	 * Ask for the evidence. Two commands rather than one: Redis 6 takes one section at a
	 * time, and together they cost the same.
	 * @param connection the connection to ask through
	 * @throws IOException if the connection is lost
	 */
	static void ask(RedisConnection connection) throws IOException {
		connection.ask("INFO", "persistence").ask("INFO", "commandstats");
	}

	/**
	 * Read the evidence.
	 * @param replies the replies, of which those to {@link #ask} are the last
	 * @return the evidence
	 * @throws IOException if one of them is an error
	 */
	static Evidence read(List<@Nullable Object> replies) throws IOException {
		Map<String, String> figures = new HashMap<>();
		for (Object reply : replies.subList(replies.size() - QUESTIONS, replies.size())) {
			if (reply instanceof ErrorReply error) {
				throw error;
			}
			RedisConnection.text(reply)
				.lines()
				.filter((line) -> line.contains(":"))
				.forEach((line) -> figures.put(line.substring(0, line.indexOf(':')),
						line.substring(line.indexOf(':') + 1)));
		}
		List<Long> settings = SETTINGS.stream().map((command) -> calls(command, figures)).toList();
		long asked = calls("info", figures);
		// A server that does not count may have changed each time
		String changes = figures.getOrDefault("rdb_changes_since_last_save", String.valueOf(asked));
		return new Evidence(Long.parseLong(changes), figures.getOrDefault("rdb_last_save_time", ""),
				figures.get("rdb_saves"), settings, asked);
	}

	private static long calls(String command, Map<String, String> figures) {
		String figure = figures.getOrDefault("cmdstat_" + command, "calls=0,");
		return Long.parseLong(figure.substring(figure.indexOf('=') + 1, figure.indexOf(',')));
	}

	/**
	 * Return the evidence that will be there after the transaction in which this one was
	 * read: up to Redis 6, its end counts as a change.
	 * @return the evidence to compare with
	 */
	Evidence afterTransaction() {
		return (this.saves != null) ? this
				: new Evidence(this.changes + 1, this.lastSave, null, this.settings, this.asked);
	}

	boolean isSettledSince(Evidence before) {
		// Fewer questions than before: counting has begun anew (CONFIG RESETSTAT)
		return this.asked > before.asked && this.settings.equals(before.settings);
	}

	boolean isUnchangedSince(Evidence before) {
		return isSettledSince(before) && this.changes == before.changes && this.lastSave.equals(before.lastSave)
				&& Objects.equals(this.saves, before.saves);
	}

}
