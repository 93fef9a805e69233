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

import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.pristine.opa.RequestLog.Writes;
import dev.pristine.resource.ResourceException;

/**
 * What an OPA holds. It is remembered, read only after somebody may have written, and
 * only what may differ is written.
 */
final class OpaStore {

	private static final String POLICIES = "/v1/policies";

	private static final String DATA = "/v1/data";

	private final OpaHttp http;

	private final RequestLog log;

	/**
	 * The sources of the policies that OPA holds, or {@code null} if that is not known.
	 */
	private @Nullable Map<String, String> policies;

	/**
	 * The base documents that OPA holds, or {@code null} if that is not known.
	 */
	private @Nullable JsonNode data;

	private @Nullable HttpURLConnection announced;

	/**
	 * Create a view of an OPA.
	 * @param http the OPA
	 * @param log its log, which is used if it shows what it has to
	 */
	OpaStore(OpaHttp http, RequestLog log) {
		this.http = http;
		this.log = log;
		log.prove(() -> isAccepted(() -> http.send("DELETE", POLICIES + "/pristine/none", null), new ArrayList<>()));
	}

	/**
	 * Return all policies and base documents.
	 * @return the state
	 */
	OpaState read() {
		forgetWhatOthersWrote();
		Map<String, String> policies = this.policies;
		JsonNode data = this.data;
		if (policies == null || data == null) {
			JsonNode present = policies();
			RulePaths rules = new RulePaths(present);
			data = this.http.query(rules.data());
			rules.removeFrom(data);
			policies = sources(present);
			this.policies = policies;
			this.data = data;
		}
		return new OpaState(policies, data);
	}

	private void forgetWhatOthersWrote() {
		Writes writes = this.log.writes();
		this.policies = writes.policies() ? null : this.policies;
		this.data = writes.data() ? null : this.data;
	}

	/**
	 * Have OPA begin to hold this, if it takes no more than one request: {@link #write}
	 * waits for the answer.
	 * @param state the state
	 */
	void announce(OpaState state) {
		forgetWhatOthersWrote();
		if (state.policies().equals(this.policies) && !state.data().equals(this.data)) {
			try {
				this.announced = this.http.start("PUT", DATA, state.data());
				this.log.expect(DATA);
				this.data = null;
			}
			catch (OpaException ex) {
				// It is sent again, and tells
			}
		}
	}

	/**
	 * Have OPA hold exactly this. Policies that are the same already are not written:
	 * each that is makes OPA compile all.
	 * @param state the state
	 * @throws ResourceException if OPA does not accept it
	 */
	void write(OpaState state) {
		HttpURLConnection announced = this.announced;
		if (announced != null) {
			this.announced = null;
			this.data = isAnswered(announced) ? state.data() : null;
		}
		forgetWhatOthersWrote();
		List<Runnable> steps = steps(state);
		this.policies = null;
		this.data = null;
		if (!runInAnyOrder(steps).isEmpty()) {
			// Policies that were swapped against each other
			runInAnyOrder(steps(OpaState.EMPTY));
			List<OpaException> refusals = runInAnyOrder(steps(state));
			if (!refusals.isEmpty()) {
				throw new ResourceException(
						refusals.stream()
							.map(ResourceException::getProblem)
							.collect(Collectors.joining("\n", "OPA does not accept the policies and data:\n", "")),
						"Correct the files.", refusals.get(0));
			}
		}
		this.policies = state.policies();
		this.data = state.data();
	}

	// What is refused or lost is sent again
	private boolean isAnswered(HttpURLConnection request) {
		try {
			this.http.answer(request);
			return true;
		}
		catch (OpaException ex) {
			return false;
		}
	}

	private List<Runnable> steps(OpaState state) {
		List<Runnable> steps = new ArrayList<>();
		if (!state.data().equals(this.data)) {
			steps.add(() -> send("PUT", DATA, state.data()));
		}
		if (!state.policies().equals(this.policies)) {
			Map<String, String> sources = sources(policies());
			sources.forEach((id, source) -> {
				if (!state.policies().containsKey(id)) {
					steps.add(() -> send("DELETE", POLICIES + OpaHttp.encode(id), null));
				}
			});
			state.policies().forEach((id, source) -> {
				if (!source.equals(sources.get(id))) {
					steps.add(() -> send("PUT", POLICIES + OpaHttp.encode(id), source));
				}
			});
		}
		return steps;
	}

	/**
	 * A policy that calls functions of another can only come after it, and must go before
	 * it: whatever OPA refuses is tried again after the rest.
	 * @param steps the steps
	 * @return why the steps that remain are refused
	 */
	private static List<OpaException> runInAnyOrder(List<Runnable> steps) {
		List<OpaException> refusals = new ArrayList<>();
		int before;
		do {
			before = steps.size();
			refusals.clear();
			steps.removeIf((step) -> isAccepted(step, refusals));
		}
		while (!steps.isEmpty() && steps.size() < before);
		return refusals;
	}

	private static boolean isAccepted(Runnable step, List<OpaException> refusals) {
		try {
			step.run();
			return true;
		}
		catch (OpaException ex) {
			if (ex.getStatus() == 400) {
				refusals.add(ex);
				return false;
			}
			if (ex.getStatus() == 404) {
				// It was to be deleted
				return true;
			}
			throw ex;
		}
	}

	private void send(String method, String path, @Nullable Object body) {
		this.log.expect(path);
		this.http.send(method, path, body);
	}

	private JsonNode policies() {
		return this.http.get(POLICIES).path("result");
	}

	private static Map<String, String> sources(JsonNode policies) {
		Map<String, String> sources = new HashMap<>();
		policies.forEach((policy) -> sources.put(policy.path("id").asString(), policy.path("raw").asString()));
		return sources;
	}

}
