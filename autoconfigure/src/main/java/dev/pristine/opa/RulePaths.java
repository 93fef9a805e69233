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
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The places of the data document that rules compute. OPA shows them together with the
 * base documents; this tells the two apart. No base document can be below a rule.
 */
class RulePaths {

	private final Collection<List<String>> packages = new ArrayList<>();

	private final Collection<List<String>> rules = new ArrayList<>();

	/**
	 * Add the rules of a policy.
	 * @param ast the policy's syntax tree
	 */
	void add(JsonNode ast) {
		List<String> withRoot = strings(ast.path("package").path("path"));
		List<String> path = withRoot.subList(1, withRoot.size());
		this.packages.add(path);
		for (JsonNode rule : ast.path("rules")) {
			if (!rule.path("head").has("args")) {
				List<String> rulePath = new ArrayList<>(path);
				rulePath.addAll(strings(rule.path("head").path("ref")));
				this.rules.add(rulePath);
			}
		}
	}

	/**
	 * Return a query whose result {@code x} is the data document, without any rule being
	 * evaluated: they may be slow, call other services or fail without input.
	 * @return the query
	 */
	String query() {
		return outermost().stream()
			.map((path) -> " with " + reference(path) + " as null")
			.collect(Collectors.joining("", "x = data", ""));
	}

	/**
	 * Remove from the data document what is there only because of policies.
	 * @param data the document
	 */
	void removeFrom(JsonNode data) {
		outermost().forEach((path) -> remove(data, path, true));
		this.packages.forEach((path) -> remove(data, path, false));
	}

	// A rule cannot be replaced in part, so of nested ones only the outer is named
	private Collection<List<String>> outermost() {
		Collection<List<String>> outermost = new TreeSet<>((a, b) -> reference(a).compareTo(reference(b)));
		for (List<String> path : this.rules) {
			if (this.rules.stream().noneMatch((other) -> other.size() < path.size() && startsWith(path, other))) {
				outermost.add(path);
			}
		}
		return outermost;
	}

	private static boolean startsWith(List<String> path, List<String> start) {
		return path.subList(0, start.size()).equals(start);
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
