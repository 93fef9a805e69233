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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The places of the data document that rules compute. OPA shows them together with the
 * base documents; this tells the two apart. No base document can be below a rule.
 */
final class RulePaths {

	/**
	 * By the text that refers to the rule.
	 */
	private final SortedMap<String, List<String>> rules = new TreeMap<>();

	private final List<List<String>> packages = new ArrayList<>();

	/**
	 * Find the rules of policies.
	 * @param policies the policies, as OPA lists them
	 */
	RulePaths(JsonNode policies) {
		for (JsonNode policy : policies) {
			JsonNode ast = policy.path("ast");
			List<String> withRoot = strings(ast.path("package").path("path"));
			List<String> path = withRoot.subList(1, withRoot.size());
			this.packages.add(path);
			for (JsonNode rule : ast.path("rules")) {
				if (!rule.path("head").has("args")) {
					List<String> rulePath = new ArrayList<>(path);
					rulePath.addAll(strings(rule.path("head").path("ref")));
					this.rules.put(reference(rulePath), rulePath);
				}
			}
		}
		// A rule cannot be replaced in part, so of nested ones only the outer is named
		this.rules.keySet()
			.removeIf((inner) -> this.rules.headMap(inner).keySet().stream().anyMatch(inner::startsWith));
	}

	/**
	 * Return a term for the data document that evaluates no rule: they may be slow, call
	 * other services or fail without input.
	 * @return the term, in Rego
	 */
	String data() {
		return this.rules.keySet()
			.stream()
			.map((rule) -> " with " + rule + " as null")
			.collect(Collectors.joining("", "data", ""));
	}

	/**
	 * Remove from the data document what is there only because of policies.
	 * @param data the document
	 */
	void removeFrom(JsonNode data) {
		this.rules.values().forEach((path) -> remove(data, path, true));
		this.packages.forEach((path) -> remove(data, path, false));
	}

	// Objects that are empty then are those of packages
	private static void remove(JsonNode node, List<String> path, boolean filled) {
		if (!(node instanceof ObjectNode object) || !object.has(path.get(0))) {
			return;
		}
		JsonNode child = object.get(path.get(0));
		if (path.size() > 1) {
			remove(child, path.subList(1, path.size()), filled);
		}
		if ((path.size() == 1 && filled) || (child.isObject() && child.isEmpty())) {
			object.remove(path.get(0));
		}
	}

	private static String reference(List<String> path) {
		return path.stream()
			.map((segment) -> "[" + OpaHttp.JSON.writeValueAsString(segment) + "]")
			.collect(Collectors.joining("", "data", ""));
	}

	// The segments up to the first that is not fixed
	private static List<String> strings(JsonNode terms) {
		List<String> strings = new ArrayList<>();
		for (JsonNode term : terms) {
			boolean first = strings.isEmpty() && term.path("type").asString().equals("var");
			if (!first && !term.path("type").asString().equals("string")) {
				break;
			}
			strings.add(term.path("value").asString());
		}
		return strings;
	}

}
