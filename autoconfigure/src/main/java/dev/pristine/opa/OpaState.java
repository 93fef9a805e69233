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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;

/**
 * What an OPA holds.
 *
 * @param policies the sources of the policies by their id
 * @param data the base documents, without what rules compute
 */
record OpaState(Map<String, String> policies, JsonNode data) {

	private static final String DATA = "data.json";

	static final OpaState EMPTY = new OpaState(Map.of(), OpaHttp.JSON.createObjectNode());

	/**
	 * Write files that {@code opa run} reads.
	 * @param directory where to write them
	 * @return the names of the files: those of policies are their ids
	 * @throws IOException if that fails
	 */
	List<String> writeTo(Path directory) throws IOException {
		List<String> names = new ArrayList<>();
		for (Map.Entry<String, String> policy : this.policies.entrySet()) {
			Path file = directory.resolve(policy.getKey());
			Files.createDirectories(file.getParent());
			Files.writeString(file, policy.getValue());
			names.add(policy.getKey());
		}
		Files.write(directory.resolve(DATA), OpaHttp.JSON.writeValueAsBytes(this.data));
		names.add(DATA);
		return names;
	}

}
