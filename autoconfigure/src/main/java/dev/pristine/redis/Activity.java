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

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.pristine.redis.RedisConnection.Batch;
import dev.pristine.redis.RedisConnection.Replies;

/**
 * What the server has counted so far. Two of these tell what cannot have changed between
 * them, at the price of one short round trip.
 * <p>
 * {@code rdb_changes_since_last_save} counts the writes, in every database; it starts
 * again after a save, so the saves are compared as well. It does not count what a test
 * does to the server as a whole: that is read from the number of times each command was
 * called.
 */
final class Activity {

	/**
	 * Stands for not knowing: everything may have changed since.
	 */
	static final Activity UNKNOWN = new Activity(Map.of(), Map.of(), Map.of());

	// Subcommands are counted one by one since Redis 7.0, before that together

	private static final Set<String> CONFIGURATION = Set.of("config", "config|set", "config|resetstat");

	private static final Set<String> FUNCTIONS = Set.of("function|load", "function|delete", "function|flush",
			"function|restore");

	private static final Set<String> SCRIPTS = Set.of("script", "script|load", "script|flush", "eval", "eval_ro");

	private static final Set<String> USERS = Set.of("acl", "acl|setuser", "acl|deluser", "acl|load");

	private static final Set<String> SUBSCRIPTIONS = Set.of("subscribe", "psubscribe", "ssubscribe", "unsubscribe",
			"punsubscribe", "sunsubscribe", "monitor");

	private static final Set<String> EVERY_DATABASE = Set.of("flushall", "swapdb");

	// Counted before Redis 7.0 by the time alone, in seconds
	private static final Set<String> SAVES = Set.of("save", "bgsave");

	private static final List<String> WRITES = List.of("rdb_changes_since_last_save", "rdb_last_save_time",
			"rdb_saves");

	// What reading the activity itself calls
	private static final Set<String> OWN = Set.of("info", "ping");

	private static final int QUESTIONS = 4;

	private static final int ROUNDS = 10;

	private final Map<String, String> values;

	private final Map<String, Long> calls;

	private final Map<Integer, Long> keys;

	private Activity(Map<String, String> values, Map<String, Long> calls, Map<Integer, Long> keys) {
		this.values = values;
		this.calls = calls;
		this.keys = keys;
	}

	/**
	 * Have the server asked while others are at work.
	 * @param connection the connection to ask through
	 * @param pending what the application has not waited for
	 * @return what will have the answer, or {@code null} if more than one question may be
	 * needed
	 */
	static @Nullable Replies askAhead(RedisConnection connection, PendingCommands pending) {
		if (pending.complete()) {
			return null;
		}
		Batch batch = connection.batch();
		ask(batch);
		return batch.sendAhead();
	}

	/**
	 * Ask the server, after what the application has sent to it has arrived. A command
	 * may lead to the next one, as clearing a cache reads its keys first, so this asks
	 * again until nothing comes any more.
	 * @param connection the connection to ask through
	 * @param pending what the application has not waited for
	 * @param since an earlier activity
	 * @return the activity
	 */
	static Activity ask(RedisConnection connection, PendingCommands pending, Activity since) {
		Activity before = since;
		boolean possible = pending.complete();
		Activity now = ask(connection);
		for (int round = 1; possible && round < ROUNDS && now.served(before); round++) {
			possible = pending.complete();
			before = now;
			now = ask(connection);
		}
		return now;
	}

	private static Activity ask(RedisConnection connection) {
		Batch batch = connection.batch();
		ask(batch);
		return read(batch.send());
	}

	/**
	 * Add the commands whose replies tell the activity. Four commands rather than one:
	 * Redis 6 takes one section at a time, and together they cost the same.
	 * @param batch the commands to add to
	 */
	static void ask(Batch batch) {
		batch.add("INFO", "persistence").add("INFO", "clients").add("INFO", "keyspace").add("INFO", "commandstats");
	}

	/**
	 * Read the activity from the last replies of a batch.
	 * @param replies the replies, of which those to {@link #ask} are the last
	 * @return the activity
	 */
	static Activity read(List<@Nullable Object> replies) {
		Map<String, String> values = new HashMap<>();
		Map<String, Long> calls = new HashMap<>();
		Map<Integer, Long> keys = new HashMap<>();
		for (Object reply : replies.subList(replies.size() - QUESTIONS, replies.size())) {
			if (reply instanceof RedisErrorException error) {
				throw error;
			}
			RedisConnection.text(reply).lines().forEach((line) -> {
				int colon = line.indexOf(':');
				if (line.startsWith("cmdstat_")) {
					calls.put(line.substring("cmdstat_".length(), colon), number(line, "calls="));
				}
				else if (line.startsWith("db") && line.startsWith("keys=", colon + 1)) {
					keys.put(Integer.valueOf(line.substring(2, colon)), number(line, "keys="));
				}
				else if (colon != -1) {
					values.put(line.substring(0, colon), line.substring(colon + 1));
				}
			});
		}
		return new Activity(values, calls, keys);
	}

	private static long number(String line, String name) {
		int start = line.indexOf(name) + name.length();
		int end = line.indexOf(',', start);
		return Long.parseLong(line.substring(start, (end != -1) ? end : line.length()));
	}

	private boolean served(Activity since) {
		return this.calls.entrySet()
			.stream()
			.anyMatch((call) -> !OWN.contains(call.getKey()) && call.getValue() != since.calls(call.getKey()));
	}

	boolean wrote(Activity since) {
		return called(SAVES, since)
				|| !WRITES.stream().allMatch((name) -> Objects.equals(this.values.get(name), since.values.get(name)));
	}

	boolean configured(Activity since) {
		return called(CONFIGURATION, since);
	}

	boolean changedFunctions(Activity since) {
		return called(FUNCTIONS, since);
	}

	boolean cachedScripts(Activity since) {
		return called(SCRIPTS, since);
	}

	boolean changedUsers(Activity since) {
		return called(USERS, since);
	}

	boolean touchedEveryDatabase(Activity since) {
		return called(EVERY_DATABASE, since);
	}

	/**
	 * Return whether a client may be blocked, subscribed or inside a transaction that was
	 * not before.
	 * @param since the earlier activity
	 * @return whether the clients are worth a look
	 */
	boolean engagedClients(Activity since) {
		return called(SUBSCRIPTIONS, since) || blocked() > 0 || openTransactions() != since.openTransactions()
				|| openWatches() != since.openWatches();
	}

	private long blocked() {
		return Long.parseLong(this.values.getOrDefault("blocked_clients", "0"));
	}

	private long openTransactions() {
		return calls("multi") - calls("exec") - calls("discard");
	}

	private long openWatches() {
		return calls("watch") - calls("unwatch") - calls("exec") - calls("discard");
	}

	private boolean called(Set<String> commands, Activity since) {
		return !continues(since) || commands.stream().anyMatch((command) -> calls(command) != since.calls(command));
	}

	// Our own questions are counted, too. If they are missing, counting has begun anew
	private boolean continues(Activity since) {
		return since != UNKNOWN && calls("info") >= since.calls("info") + QUESTIONS;
	}

	private long calls(String command) {
		return this.calls.getOrDefault(command, 0L);
	}

	/**
	 * Return how many keys each database holds.
	 * @return the number of keys by the number of the database; empty ones are absent
	 */
	Map<Integer, Long> keys() {
		return this.keys;
	}

	long keys(int database) {
		return this.keys.getOrDefault(database, 0L);
	}

}
