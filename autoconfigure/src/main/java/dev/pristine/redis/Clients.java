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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * The clients of one database that are in the middle of something: blocked, subscribed,
 * monitoring, or inside a transaction.
 */
final class Clients {

	static final Clients NONE = new Clients(List.of());

	private final List<Client> engaged;

	private Clients(List<Client> engaged) {
		this.engaged = engaged;
	}

	/**
	 * Read the clients of a database.
	 * @param database the database
	 * @return its clients that are engaged in something
	 */
	static Clients of(RedisDatabase database) {
		List<Client> engaged = new ArrayList<>();
		String reply = RedisConnection.text(database.connection().call("CLIENT", "LIST"));
		reply.lines().forEach((line) -> {
			Map<String, String> fields = new HashMap<>();
			for (String field : StringUtils.tokenizeToStringArray(line, " ")) {
				int sign = field.indexOf('=');
				fields.put(field.substring(0, Math.max(sign, 0)), field.substring(sign + 1));
			}
			Client client = Client.of(fields);
			if (client != null && number(fields, "db") == database.number()) {
				engaged.add(client);
			}
		});
		return engaged.isEmpty() ? NONE : new Clients(engaged);
	}

	private static long number(Map<String, String> fields, String name) {
		return Long.parseLong(fields.getOrDefault(name, "0"));
	}

	/**
	 * Return the clients that are engaged in something that they were not before. An
	 * application may always have, say, one worker blocked, each time on another
	 * connection: so many are left alone.
	 * @param before the clients to compare with
	 * @return the newly engaged clients
	 */
	List<Client> since(Clients before) {
		List<Client> known = new ArrayList<>(before.engaged);
		List<Client> fresh = new ArrayList<>(this.engaged);
		fresh.removeIf(known::remove);
		fresh.removeIf((client) -> client.engagement() == Engagement.BLOCKED && removeFirst(known, client));
		if (subscriptions() <= before.subscriptions()) {
			fresh.removeIf((client) -> client.engagement() == Engagement.SUBSCRIBED);
		}
		return fresh;
	}

	private long subscriptions() {
		return this.engaged.stream().mapToLong(Client::subscriptions).sum();
	}

	private static boolean removeFirst(List<Client> known, Client client) {
		return known.stream()
			.filter((each) -> each.engagement() == Engagement.BLOCKED && each.command().equals(client.command()))
			.findFirst()
			.map(known::remove)
			.orElse(false);
	}

	/**
	 * What a client is in the middle of.
	 */
	enum Engagement {

		BLOCKED, TRANSACTION, MONITOR, SUBSCRIBED

	}

	/**
	 * A client that is in the middle of something.
	 *
	 * @param id its number
	 * @param engagement what it is in the middle of
	 * @param command the command that it sent last
	 * @param subscriptions its number of subscriptions
	 */
	record Client(String id, Engagement engagement, String command, long subscriptions) {

		static @Nullable Client of(Map<String, String> fields) {
			String flags = fields.getOrDefault("flags", "");
			long subscriptions = number(fields, "sub") + number(fields, "psub") + number(fields, "ssub");
			Engagement engagement = flags.contains("b") ? Engagement.BLOCKED
					: (flags.contains("x") || number(fields, "watch") > 0) ? Engagement.TRANSACTION
							: flags.contains("O") ? Engagement.MONITOR
									: (subscriptions > 0) ? Engagement.SUBSCRIBED : null;
			return (engagement != null)
					? new Client(fields.getOrDefault("id", ""), engagement,
							(engagement == Engagement.BLOCKED) ? fields.getOrDefault("cmd", "") : "", subscriptions)
					: null;
		}

	}

}
