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

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes the policies and data of Open Policy Agent, and asks it for decisions. What a
 * test changes is undone after it.
 *
 * @since 0.1.0
 */
public final class OpaClient {

	private final Supplier<OpaHttp> http;

	OpaClient(Supplier<OpaHttp> http) {
		this.http = http;
	}

	/**
	 * Create or replace a policy.
	 * @param id the id of the policy. Those from the class path have their path below
	 * {@code opa/}, such as {@code authz/roles.rego}
	 * @param rego the source
	 * @throws OpaException if the policies would not compile, with OPA's errors
	 */
	public void putPolicy(String id, String rego) {
		this.http.get().send("PUT", "/v1/policies" + OpaHttp.encode(id), rego);
	}

	/**
	 * Delete a policy.
	 * @param id the id of the policy
	 * @throws OpaException if there is no such policy, or others need it
	 */
	public void deletePolicy(String id) {
		this.http.get().send("DELETE", "/v1/policies" + OpaHttp.encode(id), null);
	}

	/**
	 * Return the ids of all policies.
	 * @return the ids
	 */
	public List<String> policies() {
		return this.http.get()
			.get("/v1/policies")
			.path("result")
			.valueStream()
			.map((policy) -> policy.path("id").asString())
			.sorted()
			.toList();
	}

	/**
	 * Create or replace a document.
	 * @param path the path of the document, such as {@code users/ann}
	 * @param document the document: anything that can be written as JSON
	 * @throws OpaException if OPA refuses it, because a rule has the same path, say
	 */
	public void putData(String path, Object document) {
		this.http.get().send("PUT", "/v1/data" + OpaHttp.encode(path), json(document));
	}

	/**
	 * Delete a document.
	 * @param path the path of the document
	 * @throws OpaException if there is no such document
	 */
	public void deleteData(String path) {
		this.http.get().send("DELETE", "/v1/data" + OpaHttp.encode(path), null);
	}

	/**
	 * Ask for a decision, or any other document.
	 * @param <T> the type of the decision
	 * @param path the path of the decision, such as {@code authz/allow}
	 * @param input the input: anything that can be written as JSON, or {@code null} for
	 * none
	 * @param type the type of the decision
	 * @return the decision
	 * @throws OpaException if it is undefined or could not be evaluated
	 */
	public <T> T evaluate(String path, @Nullable Object input, Class<T> type) {
		return find(path, input, type).orElseThrow(() -> new OpaException(404,
				"There is no decision at '" + path
						+ "' for this input: no rule applies, or nothing stands at the path.",
				"Check the path, which is the package and the rule, and the input. OPA has the policies " + policies()
						+ ". Where a decision may be undefined, use find().",
				null));
	}

	/**
	 * Ask for a decision, or any other document, that may be undefined.
	 * @param <T> the type of the decision
	 * @param path the path of the decision, such as {@code authz/allow}
	 * @param input the input: anything that can be written as JSON, or {@code null} for
	 * none
	 * @param type the type of the decision
	 * @return the decision, or empty if it is undefined for this input, or nothing stands
	 * at the path
	 * @throws OpaException if it could not be evaluated
	 */
	public <T> Optional<T> find(String path, @Nullable Object input, Class<T> type) {
		ObjectNode body = OpaHttp.JSON.createObjectNode();
		if (input != null) {
			body.set("input", json(input));
		}
		JsonNode result = this.http.get().send("POST", "/v1/data" + OpaHttp.encode(path), body).get("result");
		try {
			return Optional.ofNullable((result != null) ? OpaHttp.JSON.treeToValue(result, type) : null);
		}
		catch (JacksonException ex) {
			throw new OpaException(200,
					"The decision at '" + path + "' cannot be read as " + type.getName() + ". It is " + result,
					"Ask for another type, or another path.", ex);
		}
	}

	private static JsonNode json(Object value) {
		return OpaHttp.JSON.valueToTree(value);
	}

}
