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
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.pristine.redis.RedisConnection.ErrorReply;

/**
 * What tells whether anybody changed anything: figures that the server counts. If they
 * are equal at two moments, its state was the same at both.
 *
 * @param changes a number that grows with every write and expiry of a key
 * @param saves what changes when that number is set back
 * @param settings what changes with everything that is not a key
 * @param asked how often the server was asked for its figures
 */
record Evidence(long changes, String saves, String settings, long asked) {

	/**
	 * Tells nothing: everything may have changed since.
	 */
	static final Evidence NONE = new Evidence(0, "", "", Long.MAX_VALUE);

	private static final String SAVES = "rdb_saves";

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
		long changes = 0;
		StringBuilder saves = new StringBuilder();
		StringBuilder settings = new StringBuilder();
		long asked = 0;
		for (Object reply : replies.subList(replies.size() - QUESTIONS, replies.size())) {
			if (reply instanceof ErrorReply error) {
				throw error;
			}
			for (String line : RedisConnection.text(reply).split("\r\n")) {
				String name = line.substring(0, Math.max(line.indexOf(':'), 0));
				String command = name.startsWith("cmdstat_") ? name.substring("cmdstat_".length()) : "";
				if (name.equals("rdb_changes_since_last_save")) {
					changes = Long.parseLong(line.substring(line.indexOf(':') + 1));
				}
				else if (name.equals("rdb_last_save_time") || name.equals(SAVES)) {
					saves.append(line).append(' ');
				}
				else if (SETTINGS.contains(command)) {
					settings.append(command).append(' ').append(calls(line)).append(' ');
				}
				else if (command.equals("info")) {
					asked = calls(line);
				}
			}
		}
		return new Evidence(changes, saves.toString(), settings.toString(), asked);
	}

	private static long calls(String line) {
		return Long.parseLong(line.substring(line.indexOf('=') + 1, line.indexOf(',')));
	}

	/**
	 * Return the evidence that will be there after the transaction in which this one was
	 * read: up to Redis 6, its end counts as a change.
	 * @return the evidence to compare with
	 */
	Evidence afterTransaction() {
		return this.saves.contains(SAVES) ? this
				: new Evidence(this.changes + 1, this.saves, this.settings, this.asked);
	}

	boolean isSettledSince(Evidence before) {
		// Fewer questions than before: counting has begun anew (CONFIG RESETSTAT)
		return this.asked > before.asked && this.settings.equals(before.settings);
	}

	boolean isUnchangedSince(Evidence before) {
		return isSettledSince(before) && this.changes == before.changes && this.saves.equals(before.saves);
	}

}
