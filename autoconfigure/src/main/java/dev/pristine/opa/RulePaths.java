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
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The places of the data document that rules compute. OPA shows them together with the
 * base documents; this tells the two apart. No base document can be below a rule.
 */
final class RulePaths {

	/**
	 * The rules, as Rego refers to them.
	 */
	private final SortedSet<String> rules = new TreeSet<>();

	/**
	 * Where the packages and rules are.
	 */
	private final List<JsonPointer> places = new ArrayList<>();

	/**
	 * Find the rules of policies.
	 * @param policies the policies, as OPA lists them
	 */
	RulePaths(JsonNode policies) {
		for (JsonNode policy : policies) {
			List<String> path = path(policy.at("/ast/package/path")).skip(1).toList();
			this.places.add(pointer(path));
			for (JsonNode rule : policy.at("/ast/rules")) {
				if (!rule.path("head").has("args")) {
					List<String> rulePath = Stream.concat(path.stream(), path(rule.at("/head/ref"))).toList();
					this.places.add(pointer(rulePath));
					this.rules.add(reference(rulePath));
				}
			}
		}
		// A rule cannot be replaced in part, so of nested ones only the outer is named
		this.rules.removeIf((inner) -> this.rules.headSet(inner).stream().anyMatch(inner::startsWith));
	}

	/**
	 * Return a term for the data document that evaluates no rule: they may be slow, call
	 * other services or fail without input.
	 * @return the term, in Rego
	 */
	String data() {
		return this.rules.stream()
			.map((rule) -> " with " + rule + " as null")
			.collect(Collectors.joining("", "data", ""));
	}

	/**
	 * Remove from the value of that term what is there only because of policies: nothing
	 * in the place of rules, and the objects of packages, if they are empty.
	 * @param data the value
	 */
	void removeFrom(JsonNode data) {
		for (JsonPointer place : this.places) {
			for (JsonPointer each = place; !each.matches(); each = each.head()) {
				JsonNode value = data.at(each);
				if (data.at(each.head()) instanceof ObjectNode parent
						&& (value.isNull() || (value.isObject() && value.isEmpty()))) {
					parent.remove(each.last().getMatchingProperty());
				}
			}
		}
	}

	private static String reference(List<String> path) {
		return path.stream()
			.map((segment) -> "[" + OpaHttp.JSON.writeValueAsString(segment) + "]")
			.collect(Collectors.joining("", "data", ""));
	}

	private static JsonPointer pointer(List<String> path) {
		return path.stream().reduce(JsonPointer.empty(), JsonPointer::appendProperty, JsonPointer::append);
	}

	// A name, and what follows up to the first segment that is not fixed
	private static Stream<String> path(JsonNode terms) {
		return Stream
			.concat(terms.valueStream().limit(1),
					terms.valueStream().skip(1).takeWhile((term) -> term.path("type").asString().equals("string")))
			.map((term) -> term.path("value").asString());
	}

}
