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

import java.util.Map;
import java.util.TreeMap;

/**
 * What a test finds: the keys of its database, those in numbers that belong to nobody,
 * what the whole server shares, and what the clients are in the middle of.
 *
 * @param keys the keys of the database
 * @param strays the keys in numbers that no context has claimed
 * @param server what all databases share
 * @param clients the clients of the database that are in the middle of something
 */
record RedisState(KeySnapshot keys, Map<Integer, KeySnapshot> strays, ServerState server, Clients clients) {

	static final RedisState UNKNOWN = new RedisState(KeySnapshot.EMPTY, Map.of(), ServerState.UNKNOWN, Clients.NONE);

	/**
	 * Read the state, as far as it may have changed.
	 * @param database the database
	 * @param known the state as it was
	 * @param now the activity of the server
	 * @param since its activity when the state was known
	 * @return the state now
	 */
	static RedisState capture(RedisDatabase database, RedisState known, Activity now, Activity since) {
		RedisConnection connection = database.connection();
		boolean wrote = now.wrote(since);
		ServerState server = ServerState.capture(connection, known.server, now, since);
		Clients clients = now.engagedClients(since) ? Clients.of(database) : known.clients;
		return new RedisState(wrote ? keys(connection, now.keys(database.number())) : known.keys,
				wrote ? strays(database, now) : known.strays, server, clients);
	}

	private static KeySnapshot keys(RedisConnection connection, long count) {
		return (count > 0) ? KeySnapshot.capture(connection) : KeySnapshot.EMPTY;
	}

	private static Map<Integer, KeySnapshot> strays(RedisDatabase database, Activity now) {
		RedisConnection connection = database.connection();
		Map<Integer, KeySnapshot> strays = new TreeMap<>();
		if (database.server().isDisposable()) {
			now.keys().keySet().stream().filter((number) -> !database.server().isClaimed(number)).forEach((number) -> {
				connection.call("SELECT", number);
				try {
					strays.put(number, KeySnapshot.capture(connection));
				}
				finally {
					connection.call("SELECT", database.number());
				}
			});
		}
		return strays;
	}

	RedisState with(ServerState server) {
		return new RedisState(this.keys, this.strays, server, this.clients);
	}

}
