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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.redis.Clients.Client;
import dev.pristine.redis.Clients.Engagement;
import dev.pristine.redis.RedisConnection.Batch;
import dev.pristine.redis.RedisConnection.Replies;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestScope;

/**
 * Brings a database back to the state that a scope started from. Redis has no transaction
 * that could span a test, so this is the same in every mode: if the server has counted
 * nothing, one round trip; otherwise a flush, and the keys that were there.
 */
final class RedisLease implements ResourceLease<RedisState> {

	private static final Log logger = LogFactory.getLog(RedisLease.class);

	private static final String FOREIGN = " changed, and Pristine leaves it alone because it did not create that server";

	private final RedisDatabase database;

	private final PendingCommands pending;

	private final RedisState baseline;

	private RedisState target;

	private final Set<String> reported = new HashSet<>();

	/**
	 * The state that held when the server had counted {@link #seen}.
	 */
	private RedisState current;

	private Activity seen;

	/**
	 * What the server had counted when the innermost scope started, or was last known
	 * good: the changes since then are its own.
	 */
	private Activity started;

	private @Nullable Replies asked;

	private boolean usable = true;

	RedisLease(RedisDatabase database, PendingCommands pending, RedisState baseline, Activity seen) {
		this.database = database;
		this.pending = pending;
		this.baseline = baseline;
		this.target = baseline;
		this.current = baseline;
		this.seen = seen;
		this.started = seen;
	}

	@Override
	public void announce() {
		ask();
	}

	private void ask() {
		try {
			this.asked = Activity.askAhead(this.database.connection(), this.pending);
		}
		catch (UncheckedIOException ex) {
			// Whoever asks next finds the connection lost, and connects anew
			this.asked = null;
		}
	}

	@Override
	public RedisState capture() {
		RedisState[] state = new RedisState[1];
		attempt("the tests", () -> state[0] = observe());
		return state[0];
	}

	@Override
	public void enter(TestScope scope) {
		attempt(scope.name(), () -> {
			if (!this.database.isBusy()) {
				occupy();
			}
		});
	}

	private void occupy() {
		if (this.database.isSuspect()) {
			bring(baseline(), null);
			this.database.suspect(false);
		}
		this.database.busy(true);
		this.started = activity();
	}

	private RedisState observe() {
		Activity now = activity();
		RedisState state = RedisState.capture(this.database, this.current, now, this.seen);
		this.seen = (state.server() != this.current.server()) ? activity() : now;
		this.started = this.seen;
		this.current = state;
		return state;
	}

	@Override
	public void restore(RedisState state, String culprit) {
		this.target = state;
		attempt(culprit, () -> bring(state, culprit));
	}

	// What the databases share may have been changed by a context that started later
	private RedisState baseline() {
		return this.baseline.with(this.database.server().baseline());
	}

	private void bring(RedisState target, @Nullable String culprit) {
		Activity now = activity();
		List<String> findings = new ArrayList<>();
		Batch batch = this.database.connection().batch();
		// Up to Redis 6, what is asked here counts as if it were a change
		ServerState server = ServerState.capture(this.database.connection(), this.current.server(), now, this.seen);
		releaseClients(target, now, batch, findings);
		restoreServer(server, target.server(), batch, findings);
		restoreKeys(target, now, batch);
		restoreStrays(target, now, batch, findings);
		suspectOthers(now, findings);
		if (batch.isEmpty() && server == this.current.server()) {
			this.seen = now;
		}
		else {
			Activity.ask(batch);
			List<@Nullable Object> replies = batch.send();
			this.seen = Activity.read(replies);
			check(replies);
		}
		this.started = this.seen;
		this.current = target;
		if (!findings.isEmpty() && culprit != null) {
			logger.warn(culprit + " left its mark on Redis: " + String.join("; ", findings) + ".");
		}
	}

	private void restoreKeys(RedisState target, Activity now, Batch batch) {
		boolean changed = now.wrote(this.seen) || this.current.keys() != target.keys();
		if (changed && (now.keys(this.database.number()) > 0 || !target.keys().isEmpty())) {
			target.keys().restore(batch);
		}
	}

	private void restoreStrays(RedisState target, Activity now, Batch batch, List<String> findings) {
		if (!now.wrote(this.seen) && this.current.strays().equals(target.strays())) {
			return;
		}
		Set<Integer> numbers = new TreeSet<>(now.keys().keySet());
		numbers.addAll(target.strays().keySet());
		numbers.removeIf(this.database.server()::isClaimed);
		for (int number : numbers) {
			if (!this.database.server().isDisposable()) {
				if (now.keys(number) != this.started.keys(number)) {
					findings.add("keys in database " + number + FOREIGN);
				}
				continue;
			}
			KeySnapshot keys = target.strays().getOrDefault(number, KeySnapshot.EMPTY);
			batch.add("SELECT", number);
			keys.restore(batch);
			batch.add("SELECT", this.database.number());
			if (now.keys(number) != keys.size()) {
				findings.add("keys in database " + number + ", which is not the one of the application ("
						+ this.database.number() + "), have been put back as they were");
			}
		}
	}

	private void restoreServer(ServerState now, ServerState target, Batch batch, List<String> findings) {
		boolean disposable = this.database.server().isDisposable();
		Batch changes = disposable ? batch : this.database.connection().batch();
		now.turnInto(target, changes)
			.forEach(
					(difference) -> findings.add(difference + (disposable ? " has been put back as it was" : FOREIGN)));
	}

	private void releaseClients(RedisState target, Activity now, Batch batch, List<String> findings) {
		if (!now.engagedClients(this.seen)) {
			return;
		}
		for (Client client : Clients.of(this.database).since(target.clients())) {
			if (this.reported.add(client.id())) {
				findings.add(release(client, batch));
			}
		}
	}

	private String release(Client client, Batch batch) {
		if (client.engagement() == Engagement.SUBSCRIBED) {
			return "a client is still subscribed (" + client.subscriptions()
					+ " subscriptions) and will hear what the next tests publish";
		}
		if (client.engagement() == Engagement.BLOCKED) {
			batch.add("CLIENT", "UNBLOCK", client.id(), "ERROR");
			return "a client was still blocked in " + client.command() + " and has been released with an error";
		}
		batch.add("CLIENT", "KILL", "ID", client.id());
		if (client.engagement() == Engagement.MONITOR) {
			return "a client was still monitoring and has been disconnected";
		}
		// Only Lettuce would connect anew before the application notices
		this.usable = false;
		return "a client was still inside MULTI or WATCH and has been disconnected; the next test gets a new "
				+ "application context";
	}

	private void suspectOthers(Activity now, List<String> findings) {
		boolean all = now.touchedEveryDatabase(this.started);
		for (RedisDatabase other : this.database.server().databasesBeside(this.database)) {
			long before = this.started.keys(other.number());
			long after = now.keys(other.number());
			if (all || before != after) {
				other.suspect(true);
			}
			if (after > before && !other.isBusy() && this.started != Activity.UNKNOWN) {
				findings.add("keys in database " + other.number() + ", which belongs to another application context, "
						+ "appeared and will be removed before it is used");
			}
		}
	}

	private void check(List<@Nullable Object> replies) {
		for (Object reply : replies) {
			if (reply instanceof RedisErrorException error && !error.isNoSuchClient()) {
				throw error;
			}
		}
	}

	private Activity activity() {
		Replies asked = this.asked;
		this.asked = null;
		return (asked != null) ? Activity.read(asked.get())
				: Activity.ask(this.database.connection(), this.pending, this.seen);
	}

	private void attempt(String name, Runnable action) {
		try {
			try {
				action.run();
			}
			catch (UncheckedIOException ex) {
				reconnect(ex);
				action.run();
			}
		}
		catch (UncheckedIOException | RedisErrorException ex) {
			this.usable = false;
			this.database.server().distrust();
			throw new ResourceException(
					"The " + this.database + " could not be brought back to where " + name + " started: "
							+ ex.getMessage() + ". The next test gets a new application context.",
					"If the test stopped or blocked the server, have it undo that; otherwise look at the log of the server.",
					ex);
		}
		catch (ResourceException ex) {
			this.usable = false;
			throw ex;
		}
	}

	private void reconnect(UncheckedIOException cause) {
		logger.info("Lost the connection to the " + this.database + " (" + cause.getMessage() + "), connecting anew");
		boolean same = this.database.reconnect();
		this.seen = Activity.UNKNOWN;
		this.started = Activity.UNKNOWN;
		if (!same) {
			bring(this.target, null);
		}
	}

	@Override
	public boolean isUsable() {
		return this.usable;
	}

	@Override
	public void close() {
		// The application context gives its database back
	}

}
