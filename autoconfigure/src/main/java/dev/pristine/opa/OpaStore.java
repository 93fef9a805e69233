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

package dev.pristine.opa;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.pristine.opa.OpaHttp.Exchange;
import dev.pristine.resource.ResourceException;

/**
 * Reads what an OPA holds, writes it back, and tells whether somebody has written to it.
 */
class OpaStore {

	private final OpaHttp http;

	/**
	 * OPA forgets its prepared queries whenever a change is committed, whoever makes it,
	 * and says in the metrics of a request whether the query was prepared already. As
	 * nobody else asks for this path, that is whether somebody wrote since it was asked
	 * for last.
	 */
	private final OpaRequest probe = OpaRequest.get("/v1/data/pristine/" + UUID.randomUUID() + "?metrics=true");

	private final OpaPolicies policies;

	private @Nullable Exchange question;

	private boolean suspect;

	OpaStore(OpaHttp http) {
		this.http = http;
		this.policies = new OpaPolicies(http);
	}

	/**
	 * Have OPA answer {@link #mayHaveChanged()} while others are at work. Whoever writes
	 * after this is found the next time. If OPA does not answer, that will tell.
	 */
	void ask() {
		Exchange asked = this.question;
		this.question = null;
		try {
			this.suspect = mayHaveChanged(asked) || this.suspect;
			this.question = this.http.send(this.probe);
		}
		catch (OpaException ex) {
			this.suspect = true;
		}
	}

	/**
	 * Return whether policies or data may have changed since this was last called. It
	 * takes one request, 0.1 ms.
	 * @return {@code false} if nothing has changed for sure
	 */
	boolean mayHaveChanged() {
		Exchange question = this.question;
		this.question = null;
		boolean changed = mayHaveChanged((question != null) ? question : this.http.send(this.probe)) || this.suspect;
		this.suspect = false;
		return changed;
	}

	// If the answer was lost, it may have been that something has changed
	private static boolean mayHaveChanged(@Nullable Exchange question) {
		return question != null
				&& (question.json(0).path("metrics").path("counter_server_query_cache_hit").asInt(0) == 0
						|| question.isRepeated());
	}

	/**
	 * Read all policies and base documents.
	 * @return the state
	 */
	OpaState read() {
		Map<String, String> sources = this.policies.sources();
		RulePaths rules = this.policies.rules();
		JsonNode answer = this.http.post("/v1/query", OpaHttp.JSON.createObjectNode().put("query", rules.query()));
		JsonNode data = answer.path("result").path(0).path("x");
		rules.removeFrom(data);
		return new OpaState(sources, data);
	}

	/**
	 * Make OPA hold exactly this. Policies that are the same already are not written.
	 * What changes from then on is found by {@link #mayHaveChanged()}.
	 * @param state the state
	 */
	void write(OpaState state) {
		startWriting(state).finish();
	}

	/**
	 * Begin to make OPA hold exactly this. Policies are looked at last, so that nobody
	 * can change them unseen meanwhile.
	 * @param state the state
	 * @return what finishes it
	 */
	Writing startWriting(OpaState state) {
		return new Writing(state,
				this.http.send(OpaRequest.put("/v1/data", state.data()), this.probe, this.policies.question()));
	}

	/**
	 * Add policies and documents.
	 * @param state what to add
	 * @throws ResourceException if the policies do not compile, with OPA's errors
	 */
	void add(OpaState state) {
		List<Runnable> steps = new ArrayList<>();
		state.data()
			.properties()
			.forEach((document) -> steps
				.add(() -> this.http.put("/v1/data" + OpaHttp.encode(document.getKey()), document.getValue())));
		state.policies().forEach((id, source) -> steps.add(() -> this.policies.put(id, source)));
		List<OpaException> failures = runInAnyOrder(steps);
		if (!failures.isEmpty()) {
			throw new ResourceException(
					failures.stream()
						.map(ResourceException::getProblem)
						.collect(Collectors.joining(System.lineSeparator(),
								"OPA does not accept the policies and data:" + System.lineSeparator(), "")),
					"Correct the files.", failures.get(0));
		}
	}

	// From an empty OPA, for policies that were swapped against each other
	private void rewrite(OpaState state) {
		List<Runnable> deletions = new ArrayList<>();
		this.policies.sources().keySet().forEach((id) -> deletions.add(() -> this.policies.delete(id)));
		runInAnyOrder(deletions);
		this.http.put("/v1/data", OpaHttp.JSON.createObjectNode());
		add(state);
		for (String id : this.policies.sources().keySet()) {
			if (!state.policies().containsKey(id)) {
				this.policies.delete(id);
			}
		}
	}

	/**
	 * A policy that calls functions of another can only come after it, and must go before
	 * it: whatever OPA refuses is tried again after the rest.
	 * @param steps the steps
	 * @return why the steps that remain are refused
	 */
	private static List<OpaException> runInAnyOrder(List<Runnable> steps) {
		List<Runnable> remaining = new ArrayList<>(steps);
		List<OpaException> failures = new ArrayList<>();
		int before;
		do {
			before = remaining.size();
			failures.clear();
			for (Iterator<Runnable> each = remaining.iterator(); each.hasNext();) {
				try {
					each.next().run();
					each.remove();
				}
				catch (OpaException ex) {
					if (ex.getStatus() != 400) {
						throw ex;
					}
					failures.add(ex);
				}
			}
		}
		while (!failures.isEmpty() && remaining.size() < before);
		return failures;
	}

	/**
	 * OPA is being made to hold a state.
	 */
	final class Writing {

		private final OpaState state;

		private final Exchange exchange;

		private Writing(OpaState state, Exchange exchange) {
			this.state = state;
			this.exchange = exchange;
		}

		/**
		 * Wait until OPA holds the state, and do what is left to do.
		 */
		void finish() {
			OpaPolicies policies = OpaStore.this.policies;
			List<Runnable> steps = new ArrayList<>();
			Map<String, String> missing = new LinkedHashMap<>(this.state.policies());
			policies.sources(this.exchange, 2).forEach((id, source) -> {
				if (!this.state.policies().containsKey(id)) {
					steps.add(() -> policies.delete(id));
				}
				missing.remove(id, source);
			});
			if (isDataRefused()) {
				steps.add(() -> OpaStore.this.http.put("/v1/data", this.state.data()));
			}
			missing.forEach((id, source) -> steps.add(() -> policies.put(id, source)));
			if (!steps.isEmpty()) {
				if (!runInAnyOrder(steps).isEmpty()) {
					rewrite(this.state);
				}
				mayHaveChanged();
			}
		}

		// By a policy that has to go first
		private boolean isDataRefused() {
			try {
				this.exchange.check(0);
				return false;
			}
			catch (OpaException ex) {
				if (ex.getStatus() != 400) {
					throw ex;
				}
				return true;
			}
		}

	}

}
