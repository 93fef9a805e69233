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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What a server holds besides keys. What it does not know (functions before Redis 7) is
 * absent.
 *
 * @param settings its configuration
 * @param users its users, and the rules of each
 * @param functions its functions, as {@code FUNCTION DUMP} writes them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ServerState(Map<String, String> settings, Map<String, String> users, byte @Nullable [] functions) {

	// What tells one server from another that starts like it
	private static final List<String> IDENTITY = List.of("port", "dir");

	static final ServerState NONE = new ServerState(Map.of(), Map.of(), null);

	static ServerState capture(RedisConnection connection) throws IOException {
		List<@Nullable Object> replies = connection.ask("CONFIG", "GET", "*")
			.ask("ACL", "LIST")
			.ask("FUNCTION", "DUMP")
			.replies();
		Map<String, String> settings = new TreeMap<>();
		List<@Nullable Object> pairs = RedisConnection.list(replies.get(0));
		for (int i = 0; i + 1 < pairs.size(); i += 2) {
			settings.put(RedisConnection.text(pairs.get(i)), RedisConnection.text(pairs.get(i + 1)));
		}
		settings.keySet().removeAll(IDENTITY);
		Map<String, String> users = new TreeMap<>();
		for (Object user : RedisConnection.list(replies.get(1))) {
			String[] parts = RedisConnection.text(user).split(" ", 3);
			// A reset of the user adds what is the default anyway
			users.put(parts[1], parts[2].replace(" sanitize-payload", ""));
		}
		return new ServerState(settings, users, (replies.get(2) instanceof byte[] dump) ? dump : null);
	}

	/**
	 * Find the way to another state.
	 * @param target the state to reach
	 * @return the commands
	 */
	List<Object[]> commandsTo(ServerState target) {
		List<Object[]> commands = new ArrayList<>();
		target.settings.forEach((name, value) -> {
			if (!value.equals(this.settings.get(name))) {
				commands.add(new Object[] { "CONFIG", "SET", name, value });
			}
		});
		target.users.forEach((name, rules) -> {
			if (!rules.equals(this.users.get(name))) {
				commands.add(("ACL SETUSER " + name + " reset " + rules).split(" "));
			}
		});
		this.users.keySet()
			.stream()
			.filter((name) -> !target.users.containsKey(name))
			.forEach((name) -> commands.add(new Object[] { "ACL", "DELUSER", name }));
		if (target.functions != null && !Arrays.equals(this.functions, target.functions)) {
			commands.add(new Object[] { "FUNCTION", "RESTORE", target.functions, "FLUSH" });
		}
		return commands;
	}

}
