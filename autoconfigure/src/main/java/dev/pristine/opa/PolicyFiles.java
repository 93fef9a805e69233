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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternUtils;
import org.springframework.util.StringUtils;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.pristine.resource.ResourceException;

/**
 * The policy and data files of the application, read as {@code opa run} reads
 * directories: the content of a data file belongs at the path of its directory.
 */
final class PolicyFiles {

	private final Map<String, Resource> files;

	private PolicyFiles(Map<String, Resource> files) {
		this.files = files;
	}

	/**
	 * Find the files below some locations. Of several with the same path the first on the
	 * class path wins: that of the tests.
	 * @param locations the directories, such as {@code classpath*:opa/}
	 * @param resourceLoader finds them
	 * @return the files
	 */
	static PolicyFiles below(List<String> locations, @Nullable ResourceLoader resourceLoader) {
		ResourcePatternResolver resolver = ResourcePatternUtils.getResourcePatternResolver(resourceLoader);
		Map<String, Resource> files = new LinkedHashMap<>();
		for (String location : locations) {
			try {
				for (Resource directory : resolver.getResources(location.endsWith("/") ? location : location + "/")) {
					if (directory.exists()) {
						collect(directory, resolver, files);
					}
				}
			}
			catch (IOException ex) {
				throw unreadable(location, ex);
			}
		}
		return new PolicyFiles(files);
	}

	private static void collect(Resource directory, ResourcePatternResolver resolver, Map<String, Resource> files)
			throws IOException {
		String root = directory.getURL().toString();
		for (Resource file : resolver.getResources(root + "**/*.*")) {
			String path = StringUtils.uriDecode(file.getURL().toString().substring(root.length()),
					StandardCharsets.UTF_8);
			if (isPolicy(path) || isJson(path) || isYaml(path)) {
				files.putIfAbsent(path, file);
			}
		}
	}

	boolean containPolicies() {
		return this.files.keySet().stream().anyMatch(PolicyFiles::isPolicy);
	}

	/**
	 * Read the files.
	 * @return policies and data
	 */
	OpaState read() {
		Map<String, String> policies = new LinkedHashMap<>();
		ObjectNode data = OpaHttp.JSON.createObjectNode();
		this.files.forEach((path, file) -> {
			try {
				if (isPolicy(path)) {
					policies.put(path, file.getContentAsString(StandardCharsets.UTF_8));
				}
				else {
					merge(directory(data, path, file), parse(path, file), file);
				}
			}
			catch (IOException | JacksonException | YAMLException ex) {
				throw unreadable(file.getDescription(), ex);
			}
		});
		return new OpaState(policies, data);
	}

	private static JsonNode parse(String path, Resource file) throws IOException {
		try (InputStream in = file.getInputStream()) {
			return OpaHttp.JSON
				.readTree(isJson(path) ? in.readAllBytes() : OpaHttp.JSON.writeValueAsBytes(yaml().load(in)));
		}
	}

	private static ObjectNode directory(ObjectNode data, String path, Resource file) {
		ObjectNode node = data;
		String[] segments = path.split("/");
		for (int i = 0; i < segments.length - 1; i++) {
			if (!(node.path(segments[i]).isMissingNode() || node.path(segments[i]).isObject())) {
				throw conflict(segments[i], file);
			}
			node = node.withObjectProperty(segments[i]);
		}
		return node;
	}

	private static void merge(ObjectNode target, JsonNode document, Resource file) {
		if (!document.isObject()) {
			throw new ResourceException("The data in " + file.getDescription() + " is no object.",
					"Give it a key: the path of its directory and its keys make the paths of its documents.");
		}
		document.properties().forEach((entry) -> {
			JsonNode present = target.get(entry.getKey());
			if (present == null) {
				target.set(entry.getKey(), entry.getValue());
			}
			else if (present instanceof ObjectNode object && entry.getValue().isObject()) {
				merge(object, entry.getValue(), file);
			}
			else {
				throw conflict(entry.getKey(), file);
			}
		});
	}

	// As JSON has no dates, what looks like one is text
	private static Yaml yaml() {
		LoaderOptions options = new LoaderOptions();
		Resolver resolver = new Resolver() {

			@Override
			public void addImplicitResolver(Tag tag, Pattern regexp, String first, int limit) {
				if (tag != Tag.TIMESTAMP) {
					super.addImplicitResolver(tag, regexp, first, limit);
				}
			}

		};
		DumperOptions dumperOptions = new DumperOptions();
		return new Yaml(new SafeConstructor(options), new Representer(dumperOptions), dumperOptions, options, resolver);
	}

	private static boolean isPolicy(String path) {
		return path.endsWith(".rego");
	}

	private static boolean isJson(String path) {
		return path.endsWith(".json");
	}

	private static boolean isYaml(String path) {
		return path.endsWith(".yaml") || path.endsWith(".yml");
	}

	private static ResourceException conflict(String key, Resource file) {
		return new ResourceException(
				"The data in " + file.getDescription() + " conflicts with another file: both define '" + key + "'.",
				"Remove it from one of them.");
	}

	private static ResourceException unreadable(String what, Exception cause) {
		return new ResourceException("The policies and data in " + what + " cannot be read: " + cause.getMessage(),
				"Correct the file, or the location in pristine.opa.policies.", cause);
	}

}
