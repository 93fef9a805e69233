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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.pristine.redis.RedisConnection.ErrorReply;
import dev.pristine.resource.ResourceException;

/**
 * The claim of one application context to a number of a server that was there. The name
 * of a connection tells other contexts, in this JVM and others, that its number is taken:
 * it is gone when the JVM is, however that ends, and no {@code FLUSHALL} removes it.
 */
final class NumberClaim {

	private static final int DEFAULT_NUMBERS = 16;

	private NumberClaim() {
	}

	/**
	 * Claim a number.
	 * @param address the server, and the number to take if possible
	 * @param consent what may be taken
	 * @return the number
	 * @throws ResourceException if there is none
	 */
	static synchronized RedisDatabase claim(RedisAddress address, Consent consent) {
		RedisConnection connection = connect(address);
		try {
			Evidence.ask(connection);
			Evidence.read(connection.replies());
			for (int number : candidates(connection, address.number(), consent)) {
				if (RedisDatabase.select(connection, number) && isFree(connection, consent)) {
					return RedisDatabase.given(address, number, connection,
							() -> claim(address, (consent == Consent.BASELINE) ? Consent.EMPTY : consent));
				}
			}
			connection.close();
		}
		catch (IOException ex) {
			connection.close();
			throw refused(address, ex);
		}
		throw new ResourceException(
				"Redis at %s has no database number for this application context: each one is taken by another context or run, or holds keys. Number 0 is everybody's default."
					.formatted(address),
				"Empty one of its numbers, or start it with more ('--databases'). If it exists for tests alone, set 'pristine.redis.disposable' to 'true'; number 0 has to be named in 'pristine.redis.url' then.");
	}

	/**
	 * Connect to a server that is expected to run.
	 * @param address the server
	 * @return the connection
	 * @throws ResourceException if that fails
	 */
	static RedisConnection connect(RedisAddress address) {
		try {
			return RedisConnection.open(address);
		}
		catch (ErrorReply ex) {
			throw refused(address, ex);
		}
		catch (IOException ex) {
			throw new ResourceException(
					"Redis at %s cannot be reached: %s. Tests that use it cannot run.".formatted(address,
							ex.getMessage()),
					"Start the server, correct its address ('pristine.redis.url'), or remove that to have one started.",
					ex);
		}
	}

	private static ResourceException refused(RedisAddress address, IOException ex) {
		return new ResourceException("Redis at %s refuses: %s".formatted(address, ex.getMessage()),
				"Put the user and the password into 'pristine.redis.url', as in redis://user:password@host:port. The user needs "
						+ RedisDatabase.COMMANDS,
				ex);
	}

	// From the highest down, because the low ones are those that applications select
	private static Set<Integer> candidates(RedisConnection connection, @Nullable Integer preferred, Consent consent)
			throws IOException {
		Object reply = connection.ask("CONFIG", "GET", "databases").replies().get(0);
		List<@Nullable Object> setting = RedisConnection.list(reply);
		int count = (setting.size() == 2) ? Integer.parseInt(RedisConnection.text(setting.get(1))) : DEFAULT_NUMBERS;
		Set<Integer> candidates = new LinkedHashSet<>();
		if (preferred != null && (preferred > 0 || consent != Consent.EMPTY)) {
			candidates.add(preferred);
		}
		for (int number = count - 1; number > 0; number--) {
			candidates.add(number);
		}
		return candidates;
	}

	private static boolean isFree(RedisConnection connection, Consent consent) throws IOException {
		if (consent == Consent.DISPOSABLE) {
			connection.call("FLUSHDB");
		}
		return consent == Consent.BASELINE || Long.valueOf(0).equals(connection.call("DBSIZE"));
	}

	/**
	 * What may be taken.
	 */
	enum Consent {

		/**
		 * A number that is empty, and not 0.
		 */
		EMPTY,

		/**
		 * The server exists for tests alone: any number, which is emptied, and 0 only if
		 * preferred.
		 */
		DISPOSABLE,

		/**
		 * The test has started the server: any number, whose keys belong to the baseline.
		 */
		BASELINE

	}

}
