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

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.pristine.launch.NativeProcess;
import dev.pristine.launch.Server;
import dev.pristine.launch.Servers;
import dev.pristine.resource.ResourceException;

/**
 * A Redis server, and which context of this JVM has which of its databases.
 */
final class RedisServer implements Server {

	/**
	 * More than an application context each, so that the numbers that an application may
	 * select itself, usually the first sixteen, remain its own.
	 */
	static final int DATABASES = 128;

	private static final int DEFAULT_DATABASES = 16;

	private final RedisAddress address;

	private final Origin origin;

	private final @Nullable Server process;

	private volatile boolean trusted = true;

	private final Map<Integer, RedisDatabase> claimed = new TreeMap<>();

	private @Nullable KeySnapshot seed;

	private ServerState baseline = ServerState.UNKNOWN;

	/**
	 * Create a server.
	 * @param address where it is
	 * @param origin where it comes from
	 * @param process what runs it, or {@code null} if that is not Pristine's business
	 */
	RedisServer(RedisAddress address, Origin origin, @Nullable Server process) {
		this.address = address;
		this.origin = origin;
		this.process = process;
	}

	@Override
	public boolean isAlive() {
		return this.trusted && (this.process == null || this.process.isAlive());
	}

	@Override
	public void stop() {
		if (this.process != null) {
			this.process.stop();
		}
	}

	/**
	 * Have no further context use the server, because it could not be put right.
	 */
	void distrust() {
		this.trusted = false;
	}

	@Nullable Server process() {
		return this.process;
	}

	RedisAddress address() {
		return this.address;
	}

	/**
	 * Return whether the server exists for tests alone, so that all of it may be reset.
	 * @return whether more than the claimed databases may be changed
	 */
	boolean isDisposable() {
		return this.origin != Origin.FOREIGN;
	}

	/**
	 * Claim a database for an application context.
	 * @param preferred the number to take if it is free
	 * @return the database, or {@code null} if none is free
	 */
	synchronized @Nullable RedisDatabase claim(int preferred) {
		RedisConnection connection = connect();
		try {
			for (int number : candidates(preferred, size(connection))) {
				if (!this.claimed.containsKey(number) && take(connection, number)) {
					populate(connection, number == preferred);
					RedisDatabase database = new RedisDatabase(this, number, connection);
					this.claimed.put(number, database);
					return database;
				}
			}
			connection.close();
			return null;
		}
		catch (RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	/**
	 * Return the server at an address that Pristine did not start.
	 * @param address the address
	 * @param origin where it comes from
	 * @return the server, the same one for the same address
	 */
	static RedisServer at(RedisAddress address, Origin origin) {
		return Servers.get(address, () -> new RedisServer(address, origin, null));
	}

	/**
	 * Connect to the server.
	 * @return the connection
	 * @throws ResourceException if the server cannot be used
	 */
	RedisConnection connect() {
		try {
			return RedisConnection.open(this.address);
		}
		catch (UncheckedIOException ex) {
			throw unreachable(ex);
		}
		catch (RedisErrorException ex) {
			throw new ResourceException(
					"Redis at %s refuses the connection: %s".formatted(this.address, ex.getMessage()),
					"Put the user and the password into 'pristine.redis.url', as in redis://user:password@host:port.",
					ex);
		}
	}

	private ResourceException unreachable(UncheckedIOException ex) {
		if (this.origin != Origin.PRISTINE) {
			return new ResourceException(
					"Redis at %s cannot be reached: %s. Tests that use it cannot run.".formatted(this.address,
							ex.getMessage()),
					"Start the server, correct 'pristine.redis.url', or remove that property to have one started.", ex);
		}
		String log = (this.process instanceof NativeProcess child)
				? "%nThe end of its log:%n%s".formatted(child.logTail().indent(2)) : "";
		return new ResourceException(
				"Redis at %s, which Pristine started, cannot be reached any more: %s.%s".formatted(this.address,
						ex.getMessage(), log),
				"Find out what ended it. The next application context gets a new server.", ex);
	}

	// The first context has the number that the application would have in production.
	// Further ones begin at the other end, away from numbers that it may select itself
	private static Set<Integer> candidates(int preferred, int size) {
		Set<Integer> candidates = new LinkedHashSet<>();
		if (preferred < size) {
			candidates.add(preferred);
		}
		for (int number = size - 1; number >= 0; number--) {
			candidates.add(number);
		}
		return candidates;
	}

	private static int size(RedisConnection connection) {
		Object reply = connection.batch().add("CONFIG", "GET", "databases").send().get(0);
		List<@Nullable Object> setting = RedisConnection.list(reply);
		return (setting.size() == 2) ? Integer.parseInt(RedisConnection.text(setting.get(1))) : DEFAULT_DATABASES;
	}

	private boolean take(RedisConnection connection, int number) {
		select(connection, number);
		if (this.origin != Origin.PRISTINE && isTakenElsewhere(connection, number)) {
			return false;
		}
		return isDisposable() || Long.valueOf(0).equals(connection.call("DBSIZE"));
	}

	/**
	 * Select a database and show other JVMs that it is taken, for as long as the
	 * connection lives.
	 * @param connection the connection
	 * @param number the number of the database
	 */
	static void select(RedisConnection connection, int number) {
		connection.call("SELECT", number);
		connection.call("CLIENT", "SETNAME", name(number));
	}

	private static String name(int number) {
		return "pristine-database-" + number;
	}

	private static boolean isTakenElsewhere(RedisConnection connection, int number) {
		return RedisConnection.text(connection.call("CLIENT", "LIST"))
			.lines()
			.filter((line) -> line.contains(" name=" + name(number) + " "))
			.count() > 1;
	}

	// A container that the test declares may have been filled by it
	private void populate(RedisConnection connection, boolean preferred) {
		KeySnapshot seed = this.seed;
		if (seed == null) {
			seed = (this.origin == Origin.CONTAINER && preferred) ? KeySnapshot.capture(connection) : KeySnapshot.EMPTY;
			this.seed = seed;
		}
		seed.restore(connection.batch()).send();
	}

	/**
	 * Give a database back, as it was when it was claimed.
	 * @param database the database
	 */
	synchronized void release(RedisDatabase database) {
		this.claimed.remove(database.number());
		try (RedisConnection connection = database.connection()) {
			populate(connection, false);
		}
		catch (UncheckedIOException | RedisErrorException ex) {
			// With the server gone or in disorder, there is nothing to give back
			distrust();
		}
	}

	synchronized Collection<RedisDatabase> databasesBeside(RedisDatabase database) {
		List<RedisDatabase> others = new ArrayList<>(this.claimed.values());
		others.remove(database);
		return others;
	}

	synchronized boolean isClaimed(int number) {
		return this.claimed.containsKey(number);
	}

	/**
	 * Return what every test finds of what the databases share. It is as the application
	 * that started last left it: those that started before have to live with it, too.
	 * @return the state of the server
	 */
	synchronized ServerState baseline() {
		return this.baseline;
	}

	synchronized void baseline(ServerState baseline) {
		this.baseline = baseline;
	}

	/**
	 * Where a server comes from, and hence what may be done to it.
	 */
	enum Origin {

		/**
		 * Pristine started it.
		 */
		PRISTINE,

		/**
		 * A container of the test.
		 */
		CONTAINER,

		/**
		 * It was there, and the configuration names it as disposable.
		 */
		DISPOSABLE,

		/**
		 * It was there. Only what Pristine put there may be touched.
		 */
		FOREIGN

	}

}
