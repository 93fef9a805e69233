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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

	OpaStore(OpaHttp http, RequestLog log) {
		this.http = http;
		this.log = log;
	}

	/**
	 * Return whether the log of this OPA shows writing requests, by sending one.
	 * @return whether it does
	 */
	boolean isLogged() {
		this.log.writes();
		try {
			this.http.delete(POLICIES + "/pristine-" + System.nanoTime());
		}
		catch (OpaException ex) {
			if (ex.getStatus() == 0) {
				throw ex;
			}
		}
		return this.log.writes().equals(new Writes(true, false));
	}

	/**
	 * Read all policies and base documents.
	 * @return the state
	 */
	OpaState read() {
		JsonNode policies = policies();
		RulePaths rules = new RulePaths(policies);
		JsonNode data = this.http.post("/v1/query", OpaHttp.JSON.createObjectNode().put("query", rules.query()))
			.at("/result/0/x");
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
		List<Runnable> steps = new ArrayList<>();
		if (suspects.data()) {
			steps.add(() -> put(state.data()));
		}
		if (suspects.policies()) {
			Map<String, String> sources = sources(policies());
			sources.keySet()
				.stream()
				.filter((id) -> !state.policies().containsKey(id))
				.forEach((id) -> steps.add(() -> delete(id)));
			state.policies().forEach((id, source) -> {
				if (!source.equals(sources.get(id))) {
					steps.add(() -> put(id, source));
				}
			});
		}
		if (!runInAnyOrder(steps).isEmpty()) {
			rewrite(state);
		}
	}

	// For policies that were swapped against each other
	private void rewrite(OpaState state) {
		List<Runnable> deletions = new ArrayList<>();
		sources(policies()).keySet().forEach((id) -> deletions.add(() -> delete(id)));
		runInAnyOrder(deletions);
		List<Runnable> steps = new ArrayList<>(List.of(() -> put(state.data())));
		state.policies().forEach((id, source) -> steps.add(() -> put(id, source)));
		List<OpaException> refusals = runInAnyOrder(steps);
		if (!refusals.isEmpty()) {
			throw new ResourceException(
					refusals.stream()
						.map(ResourceException::getProblem)
						.collect(Collectors.joining(System.lineSeparator(),
								"OPA does not accept the policies and data:" + System.lineSeparator(), "")),
					"Correct the files.", refusals.get(0));
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
		List<OpaException> refusals = new ArrayList<>();
		int before;
		do {
			before = remaining.size();
			refusals.clear();
			for (Iterator<Runnable> each = remaining.iterator(); each.hasNext();) {
				try {
					each.next().run();
					each.remove();
				}
				catch (OpaException ex) {
					if (ex.getStatus() != 400) {
						throw ex;
					}
					refusals.add(ex);
				}
			}
		}
		while (!refusals.isEmpty() && remaining.size() < before);
		return refusals;
	}

	private JsonNode policies() {
		return this.http.get(POLICIES).path("result");
	}

	private static Map<String, String> sources(JsonNode policies) {
		Map<String, String> sources = new HashMap<>();
		policies.forEach((policy) -> sources.put(policy.path("id").asString(), policy.path("raw").asString()));
		return sources;
	}

	private void put(JsonNode data) {
		this.log.expect(DATA);
		this.http.put(DATA, data);
	}

	private void put(String id, String source) {
		this.log.expect(POLICIES);
		this.http.put(POLICIES + OpaHttp.encode(id), source);
	}

	private void delete(String id) {
		this.log.expect(POLICIES);
		this.http.delete(POLICIES + OpaHttp.encode(id));
	}

}
