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
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import dev.pristine.redis.RedisConnection.ErrorReply;
import dev.pristine.resource.ResourceLease;

/**
 * Brings a {@link RedisDatabase} back to a state. Redis has no transaction that could
 * span a test, so this is the same in every mode: if the server has counted nothing, one
 * round trip; otherwise a flush, and the keys that were there.
 */
final class RedisLease implements ResourceLease<RedisState> {

	private static final Log logger = LogFactory.getLog(RedisLease.class);

	private final RedisDatabase database;

	private final Runnable end;

	/**
	 * What was captured first.
	 */
	private volatile @Nullable RedisState start;

	/**
	 * The state that held when the server gave the evidence {@link #seen}.
	 */
	private RedisState current = new RedisState(Map.of(), ServerState.NONE);

	private Evidence seen = Evidence.NONE;

	private boolean usable = true;

	RedisLease(RedisDatabase database, Runnable end) {
		this.database = database;
		this.end = end;
	}

	/**
	 * Return what the database started with.
	 * @return what was captured first
	 */
	RedisState start() {
		RedisState start = this.start;
		Assert.state(start != null, "The state that the tests start from was not captured yet");
		return start;
	}

	@Override
	public void announce(@Nullable RedisState next) {
		try {
			Evidence.ask(this.database.connection());
			this.database.connection().send();
		}
		catch (IOException ex) {
			// Whoever reads the answer finds the connection lost, and connects anew
		}
	}

	@Override
	public RedisState capture() {
		return attempt(() -> {
			Evidence now = evidence();
			if (!now.isUnchangedSince(this.seen)) {
				ServerState server = (!this.database.isOwn() || now.isSettledSince(this.seen)) ? this.current.server()
						: ServerState.capture(this.database.connection());
				this.current = RedisState.capture(this.database, server);
				this.seen = now;
			}
			if (this.start == null) {
				this.start = this.current;
			}
			return this.current;
		});
	}

	@Override
	public void restore(RedisState state, String culprit) {
		attempt(() -> {
			Evidence now = evidence();
			if (state != this.current || !now.isUnchangedSince(this.seen)) {
				bring(state, now);
			}
			return state;
		});
	}

	private Evidence evidence() throws IOException {
		RedisConnection connection = this.database.connection();
		if (!connection.isUnanswered()) {
			Evidence.ask(connection);
		}
		return Evidence.read(connection.replies());
	}

	private void bring(RedisState state, Evidence now) throws IOException {
		RedisConnection connection = this.database.connection();
		boolean settled = now.isSettledSince(this.seen) && state.server() == this.current.server();
		if (this.database.isOwn() && !settled) {
			// First, because a lack of memory or rights would forbid the rest
			for (Object[] setting : ServerState.capture(connection).commandsTo(state.server())) {
				connection.ask(setting);
			}
		}
		// At once, so that what others write meanwhile comes before or shows in the
		// evidence
		connection.ask("MULTI");
		state.restoreKeys(this.database);
		Evidence.ask(connection);
		List<@Nullable Object> replies = connection.ask("EXEC").replies();
		List<@Nullable Object> results = RedisConnection.list(replies.remove(replies.size() - 1));
		replies.addAll(results);
		for (Object reply : replies) {
			if (reply instanceof ErrorReply error) {
				throw error;
			}
		}
		this.seen = Evidence.read(results).afterTransaction();
		this.current = state;
	}

	private RedisState attempt(Action action) {
		try {
			try {
				return action.run();
			}
			catch (IOException ex) {
				if (ex instanceof ErrorReply || ex instanceof SocketTimeoutException || !this.database.isAlive()) {
					throw ex;
				}
				logger
					.info("Lost the connection to %s (%s), connecting anew".formatted(this.database, ex.getMessage()));
				this.database.reconnect();
				this.seen = Evidence.NONE;
				return action.run();
			}
		}
		catch (IOException ex) {
			this.usable = false;
			throw this.database.failure(ex);
		}
	}

	RedisConnection connection() {
		return this.database.connection();
	}

	@Override
	public boolean isUsable() {
		return this.usable && this.database.isAlive();
	}

	@Override
	public void close() {
		this.end.run();
	}

	/**
	 * Something to do with the database.
	 */
	private interface Action {

		RedisState run() throws IOException;

	}

}
