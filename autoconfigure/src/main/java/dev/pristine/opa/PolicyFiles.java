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
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternUtils;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.pristine.resource.ResourceException;

/**
 * The policy and data files of the application. The content of a data file belongs at the
 * path of its directory, as with {@code opa run}.
 */
final class PolicyFiles {

	private final Map<String, Resource> files = new LinkedHashMap<>();

	/**
	 * Find the files below some locations. Of several with the same path the first on the
	 * class path wins: that of the tests.
	 * @param locations the directories, such as {@code classpath*:opa/}
	 * @param resourceLoader finds them
	 */
	PolicyFiles(List<String> locations, @Nullable ResourceLoader resourceLoader) {
		ResourcePatternResolver resolver = ResourcePatternUtils.getResourcePatternResolver(resourceLoader);
		for (String location : locations) {
			try {
				for (Resource directory : resolver.getResources(location.endsWith("/") ? location : location + "/")) {
					if (directory.exists()) {
						collect(directory.getURL().toString(), resolver);
					}
				}
			}
			catch (IOException ex) {
				throw unreadable(location, ex);
			}
		}
	}

	private void collect(String root, ResourcePatternResolver resolver) throws IOException {
		for (Resource file : resolver.getResources(root + "**/*.*")) {
			String path = StringUtils.uriDecode(file.getURL().toString().substring(root.length()),
					StandardCharsets.UTF_8);
			if (path.matches(".*\\.(rego|json|ya?ml)")) {
				this.files.putIfAbsent(path, file);
			}
		}
	}

	boolean containPolicies() {
		return this.files.keySet().stream().anyMatch(PolicyFiles::isPolicy);
	}

	/**
	 * Read the files as they are.
	 * @return their contents by their paths
	 */
	Map<String, byte[]> contents() {
		Map<String, byte[]> contents = new LinkedHashMap<>();
		this.files.forEach((path, file) -> contents.put(path, content(file)));
		return contents;
	}

	/**
	 * Add the files to what an OPA holds that was not started with them.
	 * @param state what it holds
	 * @param opa reads YAML
	 * @return what it is to hold
	 */
	OpaState addTo(OpaState state, OpaHttp opa) {
		Map<String, String> policies = new LinkedHashMap<>(state.policies());
		ObjectNode data = OpaHttp.JSON.createObjectNode();
		this.files.forEach((path, file) -> {
			String text = new String(content(file), StandardCharsets.UTF_8);
			if (isPolicy(path)) {
				policies.put(path, text);
				return;
			}
			try {
				merge(data, placed(path, path.endsWith(".json") ? OpaHttp.JSON.readTree(text)
						: opa.query("yaml.unmarshal(" + OpaHttp.JSON.writeValueAsString(text) + ")")));
			}
			catch (OpaException | JacksonException | IllegalArgumentException ex) {
				throw unreadable(file.getDescription(), ex);
			}
		});
		ObjectNode all = (ObjectNode) state.data().deepCopy();
		all.setAll(data);
		return new OpaState(policies, all);
	}

	private static byte[] content(Resource file) {
		try {
			return file.getContentAsByteArray();
		}
		catch (IOException ex) {
			throw unreadable(file.getDescription(), ex);
		}
	}

	private static JsonNode placed(String path, JsonNode document) {
		int slash = path.indexOf('/');
		return (slash == -1) ? document : OpaHttp.JSON.createObjectNode()
			.set(path.substring(0, slash), placed(path.substring(slash + 1), document));
	}

	private static void merge(ObjectNode target, JsonNode document) {
		Assert.isTrue(document.isObject(), "It is no object, so that its documents have no path.");
		document.properties().forEach((entry) -> {
			JsonNode present = target.get(entry.getKey());
			if (present instanceof ObjectNode object && entry.getValue().isObject()) {
				merge(object, entry.getValue());
			}
			else {
				Assert.isTrue(present == null, () -> "Another file defines '" + entry.getKey() + "', too.");
				target.set(entry.getKey(), entry.getValue());
			}
		});
	}

	private static boolean isPolicy(String path) {
		return path.endsWith(".rego");
	}

	private static ResourceException unreadable(String what, Exception cause) {
		return new ResourceException("The policies and data in " + what + " cannot be read: " + cause.getMessage(),
				"Correct the file, or the location in pristine.opa.policies.", cause);
	}

}
