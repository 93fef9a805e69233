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

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request to OPA.
 *
 * @param method the method, such as {@code PUT}
 * @param path the encoded path and query below the base URL, such as {@code /v1/data}
 * @param contentType the type of the body, or {@code null} without one
 * @param body the body, or {@code null} for none
 */
record OpaRequest(String method, String path, @Nullable String contentType, byte @Nullable [] body) {

	static OpaRequest get(String path) {
		return new OpaRequest("GET", path, null, null);
	}

	static OpaRequest delete(String path) {
		return new OpaRequest("DELETE", path, null, null);
	}

	static OpaRequest post(String path, JsonNode body) {
		return new OpaRequest("POST", path, "application/json", OpaHttp.JSON.writeValueAsBytes(body));
	}

	static OpaRequest put(String path, JsonNode body) {
		return new OpaRequest("PUT", path, "application/json", OpaHttp.JSON.writeValueAsBytes(body));
	}

	static OpaRequest put(String path, String text) {
		return new OpaRequest("PUT", path, "text/plain", text.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public String toString() {
		return this.method + " " + this.path;
	}

}
