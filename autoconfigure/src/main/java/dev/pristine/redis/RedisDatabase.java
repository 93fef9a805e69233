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
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

import dev.pristine.launch.LaunchedServer;
import dev.pristine.resource.ResourceException;

/**
 * The Redis of one application context: a server of its own, or a database number of a
 * server that was there.
 */
final class RedisDatabase implements DataRedisConnectionDetails, AutoCloseable {

	static final String COMMANDS = "PING, INFO, CLIENT, SELECT, DBSIZE, FLUSHDB, SCAN, DUMP, PTTL, TIME, RESTORE, MULTI,"
			+ " EXEC.";

	private static final Duration WAIT = Duration.ofMillis(10);

	private final RedisAddress address;

	private final int number;

	private final @Nullable LaunchedServer server;

	private final KeySnapshot former;

	private final Supplier<RedisDatabase> origin;

	private RedisConnection connection;

	private boolean taken;

	private RedisDatabase(RedisAddress address, int number, @Nullable LaunchedServer server, KeySnapshot former,
			RedisConnection connection, Supplier<RedisDatabase> origin) {
		this.address = address;
		this.number = number;
		this.server = server;
		this.former = former;
		this.connection = connection;
		this.origin = origin;
	}

	static RedisDatabase own(RedisAddress address, LaunchedServer server, Supplier<RedisDatabase> origin)
			throws IOException {
		return new RedisDatabase(address, 0, server, KeySnapshot.EMPTY, RedisConnection.open(address), origin);
	}

	static RedisDatabase given(RedisAddress address, int number, RedisConnection connection,
			Supplier<RedisDatabase> origin) throws IOException {
		return new RedisDatabase(address, number, null, KeySnapshot.capture(connection), connection, origin);
	}

	/**
	 * Return a further database of the same kind: a server, or a number.
	 * @return an empty database, to be closed by the caller
	 */
	RedisDatabase another() {
		return this.origin.get();
	}

	@Override
	public @Nullable String getUsername() {
		return this.address.username();
	}

	@Override
	public @Nullable String getPassword() {
		return this.address.password();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		return this.address.ssl();
	}

	@Override
	public Standalone getStandalone() {
		return Standalone.of(this.address.host(), this.address.port(), this.number);
	}

	int number() {
		return this.number;
	}

	/**
	 * Return whether the server is the context's own, so that all of it is reset.
	 * @return {@code false} if only the number is
	 */
	boolean isOwn() {
		return this.server != null;
	}

	boolean isAlive() {
		return this.server == null || this.server.isAlive();
	}

	/**
	 * Ask the server who it is. Others may use the connection meanwhile.
	 */
	String server() throws IOException {
		try (RedisConnection own = RedisConnection.open(this.address)) {
			return RedisConnection.text(own.call("INFO", "server"));
		}
	}

	RedisConnection connection() {
		return this.connection;
	}

	/**
	 * Connect anew, after the connection was lost.
	 * @throws IOException if that fails
	 */
	void reconnect() throws IOException {
		this.connection.close();
		this.connection = RedisConnection.open(this.address);
		this.taken = !isOwn() && !select(this.connection, this.number);
		// The server may take a moment to see the end of the former connection
		for (int i = 0; this.taken && i < 20; i++) {
			LockSupport.parkNanos(WAIT.toNanos());
			this.taken = !select(this.connection, this.number);
		}
		if (this.taken) {
			throw new IOException("another application context has taken the number while the connection was lost");
		}
	}

	/**
	 * Select a number, and tell other users of the server so by the connection's name.
	 * @param connection the connection
	 * @param number the number
	 * @return whether nobody else has it
	 * @throws IOException if the server refuses that
	 */
	static boolean select(RedisConnection connection, int number) throws IOException {
		String name = "pristine-database-" + number;
		connection.call("SELECT", number);
		connection.call("CLIENT", "SETNAME", name);
		return RedisConnection.text(connection.call("CLIENT", "LIST"))
			.lines()
			.filter((line) -> line.contains(" name=" + name + " "))
			.count() == 1;
	}

	/**
	 * Say that the server does not do what it is asked.
	 * @param cause what it does instead
	 * @return the exception to throw
	 */
	ResourceException failure(IOException cause) {
		String log = (this.server != null) ? "%nThe end of its log:%n%s".formatted(this.server.logTail().indent(2))
				: "";
		return new ResourceException(
				"%s cannot be used any more: %s. The next test gets a new application context.%s".formatted(this,
						cause.getMessage(), log),
				isOwn() ? "If the test stopped or blocked the server, have it undo that; otherwise find out what ended it."
						: "See that the server runs, and that its user may use " + COMMANDS,
				cause);
	}

	/**
	 * End the server, or give the number back as it was.
	 */
	@Override
	public void close() {
		try (RedisConnection connection = this.connection) {
			if (!isOwn() && !this.taken) {
				this.former.restore(connection.ask("FLUSHDB"));
				connection.replies();
			}
		}
		catch (IOException ex) {
			// With the server gone, there is nothing to give back
		}
		if (this.server != null) {
			this.server.stop();
		}
	}

	@Override
	public String toString() {
		return isOwn() ? "Redis at " + this.address : "Database " + this.number + " of Redis at " + this.address;
	}

}
