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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.pristine.opa.OpaHttp.Exchange;

/**
 * The policies that an OPA holds. As OPA lists them with all their syntax trees, many are
 * listed only if its counters say that somebody else has written some.
 */
class OpaPolicies {

	/**
	 * The length of all sources up to which they are listed sooner than the counters:
	 * 1,000 characters take about 1 ms, the counters take 0.5 to 1 ms.
	 */
	static final int SHORT = 600;

	private static final String LIST = "/v1/policies";

	private static final String COUNTERS = "/metrics";

	private static final String COUNTER = "http_request_duration_seconds_count{";

	private final OpaHttp http;

	private final Map<String, String> sources = new LinkedHashMap<>();

	private RulePaths rules = new RulePaths();

	/**
	 * Whether the rules are those of the sources.
	 */
	private boolean listed;

	/**
	 * The number of writing requests that led to the sources, or {@code null} if they are
	 * unknown.
	 */
	private @Nullable Long writes;

	OpaPolicies(OpaHttp http) {
		this.http = http;
	}

	/**
	 * Return the request whose answer tells the sources of all policies, or that they are
	 * the same as before.
	 * @return the request
	 */
	OpaRequest question() {
		return OpaRequest.get(areShort() ? LIST : COUNTERS);
	}

	/**
	 * Return the sources of all policies.
	 * @param exchange what has the answer to the {@link #question()}
	 * @param index the number of the question in it
	 * @return a copy: the sources by their ids
	 */
	Map<String, String> sources(Exchange exchange, int index) {
		if (areShort()) {
			list(exchange.json(index), null);
		}
		else {
			Long counted = writes(exchange, index);
			if (counted == null || !counted.equals(this.writes)) {
				list(this.http.get(LIST), counted);
			}
		}
		return new LinkedHashMap<>(this.sources);
	}

	Map<String, String> sources() {
		return sources(this.http.send(question()), 0);
	}

	private boolean areShort() {
		return this.sources.values().stream().mapToInt(String::length).sum() <= SHORT;
	}

	/**
	 * Return the paths of the rules of what {@link #sources()} returned last.
	 * @return the paths
	 */
	RulePaths rules() {
		if (!this.listed) {
			list(this.http.get(LIST), null);
		}
		return this.rules;
	}

	void put(String id, String source) {
		write(() -> this.http.put(LIST + OpaHttp.encode(id), source));
		this.sources.put(id, source);
	}

	void delete(String id) {
		write(() -> this.http.delete(LIST + OpaHttp.encode(id)));
		this.sources.remove(id);
	}

	// A request without an answer is not counted, so that the policies are listed anew
	private void write(Runnable request) {
		this.listed = false;
		try {
			request.run();
		}
		catch (OpaException ex) {
			if (ex.getStatus() == 0) {
				this.writes = null;
			}
			throw ex;
		}
		finally {
			this.writes = (this.writes != null) ? this.writes + 1 : null;
		}
	}

	// Counted before, so that what is written meanwhile is found the next time
	private void list(JsonNode policies, @Nullable Long counted) {
		this.writes = null;
		this.sources.clear();
		this.rules = new RulePaths();
		for (JsonNode policy : policies.path("result")) {
			this.sources.put(policy.path("id").asString(), policy.path("raw").asString());
			this.rules.add(policy.path("ast"));
		}
		this.listed = true;
		this.writes = counted;
	}

	private static @Nullable Long writes(Exchange exchange, int index) {
		List<String> counters;
		try {
			counters = exchange.text(index).lines().filter((line) -> line.startsWith(COUNTER)).toList();
		}
		catch (OpaException ex) {
			return null;
		}
		return counters.isEmpty() ? null
				: counters.stream().filter(OpaPolicies::isOfWrites).mapToLong(OpaPolicies::value).sum();
	}

	private static boolean isOfWrites(String counter) {
		return counter.contains("handler=\"v1/policies\"") && !counter.contains("method=\"get\"");
	}

	private static long value(String counter) {
		return (long) Double.parseDouble(counter.substring(counter.lastIndexOf(' ')));
	}

}
