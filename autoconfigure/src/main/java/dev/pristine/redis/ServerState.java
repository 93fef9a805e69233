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

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.pristine.redis.RedisConnection.Batch;

/**
 * What all databases of a server share: its configuration, functions and users, and how
 * many scripts it has cached. What the server does not tell, because it is too old or
 * does not allow it, is {@code null} and left alone.
 *
 * @param configuration the configuration by name
 * @param functions the functions, as {@code FUNCTION DUMP} writes them
 * @param users the rules of the users by name
 * @param scripts the number of cached scripts
 */
record ServerState(@Nullable Map<String, String> configuration, byte @Nullable [] functions,
		@Nullable Map<String, String> users, long scripts) {

	static final ServerState UNKNOWN = new ServerState(null, null, null, 0);

	/**
	 * Read the state of the server, as far as it may have changed.
	 * @param connection the connection
	 * @param known the state as it was
	 * @param now the activity of the server
	 * @param since its activity when the state was known
	 * @return the state now, which is the known one if the server was not asked
	 */
	static ServerState capture(RedisConnection connection, ServerState known, Activity now, Activity since) {
		Batch batch = connection.batch();
		boolean configuration = add(now.configured(since), batch, "CONFIG", "GET", "*");
		boolean functions = add(now.changedFunctions(since), batch, "FUNCTION", "DUMP");
		boolean users = add(now.changedUsers(since), batch, "ACL", "LIST");
		boolean scripts = add(now.cachedScripts(since), batch, "INFO", "memory");
		if (batch.isEmpty()) {
			return known;
		}
		Iterator<@Nullable Object> replies = batch.send().iterator();
		return new ServerState(configuration ? configuration(replies.next()) : known.configuration,
				functions ? functions(replies.next()) : known.functions, users ? users(replies.next()) : known.users,
				scripts ? scripts(replies.next()) : known.scripts);
	}

	private static boolean add(boolean condition, Batch batch, Object... command) {
		if (condition) {
			batch.add(command);
		}
		return condition;
	}

	/**
	 * Add the commands that turn this state into another.
	 * @param target the state to reach
	 * @param batch the commands to add to
	 * @return what is different, for messages, in the order of the commands
	 */
	List<String> turnInto(ServerState target, Batch batch) {
		Map<String, Object[]> commands = new LinkedHashMap<>();
		configurationTo(target, commands);
		functionsTo(target, commands);
		usersTo(target, commands);
		scriptsTo(target, commands);
		commands.values().forEach(batch::add);
		return List.copyOf(commands.keySet());
	}

	private void configurationTo(ServerState target, Map<String, Object[]> commands) {
		if (this.configuration != null && target.configuration != null) {
			Map<String, String> now = this.configuration;
			target.configuration.forEach((name, value) -> {
				if (!value.equals(now.get(name))) {
					commands.put("the setting " + name, new Object[] { "CONFIG", "SET", name, value });
				}
			});
		}
	}

	private void functionsTo(ServerState target, Map<String, Object[]> commands) {
		if (this.functions != null && target.functions != null && !Arrays.equals(this.functions, target.functions)) {
			commands.put("functions", new Object[] { "FUNCTION", "RESTORE", target.functions, "FLUSH" });
		}
	}

	private void usersTo(ServerState target, Map<String, Object[]> commands) {
		if (this.users != null && target.users != null) {
			Map<String, String> now = this.users;
			Map<String, String> then = target.users;
			then.forEach((name, rules) -> {
				if (!rules.equals(now.get(name))) {
					commands.put("the user " + name, ("ACL SETUSER " + name + " reset " + rules).split(" "));
				}
			});
			now.keySet()
				.stream()
				.filter((name) -> !then.containsKey(name))
				.forEach((name) -> commands.put("the user " + name, new Object[] { "ACL", "DELUSER", name }));
		}
	}

	private void scriptsTo(ServerState target, Map<String, Object[]> commands) {
		if (this.scripts > 0 && target.scripts == 0) {
			commands.put("cached scripts", new Object[] { "SCRIPT", "FLUSH" });
		}
	}

	private static @Nullable Map<String, String> configuration(@Nullable Object reply) {
		if (reply instanceof RedisErrorException) {
			return null;
		}
		Map<String, String> configuration = new TreeMap<>();
		List<@Nullable Object> elements = RedisConnection.list(reply);
		for (int i = 0; i + 1 < elements.size(); i += 2) {
			configuration.put(RedisConnection.text(elements.get(i)), RedisConnection.text(elements.get(i + 1)));
		}
		return configuration;
	}

	private static byte @Nullable [] functions(@Nullable Object reply) {
		return (reply instanceof byte[] dump) ? dump : null;
	}

	private static @Nullable Map<String, String> users(@Nullable Object reply) {
		if (reply instanceof RedisErrorException) {
			return null;
		}
		Map<String, String> users = new TreeMap<>();
		for (Object element : RedisConnection.list(reply)) {
			String[] parts = RedisConnection.text(element).split(" ", 3);
			String rules = (parts.length > 2) ? parts[2] : "";
			// A reset of the user adds what is the default anyway
			users.put(parts[1], rules.replace(" sanitize-payload", ""));
		}
		return users;
	}

	private static long scripts(@Nullable Object reply) {
		return RedisConnection.text(reply)
			.lines()
			.filter((line) -> line.startsWith("number_of_cached_scripts:"))
			.mapToLong((line) -> Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
			.findFirst()
			.orElse(0);
	}

}
