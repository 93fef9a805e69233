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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.pristine.opa.RequestLog.Writes;
import dev.pristine.resource.ResourceException;

/**
 * Reads what an OPA holds, and has it hold that again.
 */
final class OpaStore {

	private static final String POLICIES = "/v1/policies";

	private static final String DATA = "/v1/data";

	private final OpaHttp http;

	private final RequestLog log;

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
	 * Return what others wrote, or may have written, since this was last called.
	 * @return what may have changed
	 */
	Writes writes() {
		return this.log.writes();
	}

	/**
	 * Return a request of others for a decision since this was last called.
	 * @return its path, or {@code null} if there was none, or nothing is known of it
	 */
	@Nullable String decision() {
		return this.log.decision();
	}

	/**
	 * Read all policies and base documents.
	 * @return the state
	 */
	OpaState read() {
		JsonNode policies = policies();
		RulePaths rules = new RulePaths(policies);
		JsonNode data = this.http.query(rules.data());
		rules.removeFrom(data);
		return new OpaState(sources(policies), data);
	}

	/**
	 * Have OPA hold exactly this. Policies that are the same already are not written:
	 * each that is makes OPA compile all.
	 * @param state the state
	 * @param suspects what may differ from it
	 * @throws ResourceException if OPA does not accept it
	 */
	void write(OpaState state, Writes suspects) {
		if (runInAnyOrder(steps(state, suspects)).isEmpty()) {
			return;
		}
		// Policies that were swapped against each other
		runInAnyOrder(steps(OpaState.EMPTY, new Writes(true, true)));
		List<OpaException> refusals = runInAnyOrder(steps(state, new Writes(true, true)));
		if (!refusals.isEmpty()) {
			throw new ResourceException(
					refusals.stream()
						.map(ResourceException::getProblem)
						.collect(Collectors.joining("\n", "OPA does not accept the policies and data:\n", "")),
					"Correct the files.", refusals.get(0));
		}
	}

	private List<Runnable> steps(OpaState state, Writes suspects) {
		List<Runnable> steps = new ArrayList<>();
		if (suspects.data()) {
			steps.add(() -> send("PUT", DATA, state.data()));
		}
		if (suspects.policies()) {
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
