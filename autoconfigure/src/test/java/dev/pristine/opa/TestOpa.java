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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.mock.env.MockEnvironment;

import dev.pristine.launch.LaunchProperties;
import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.SearchPath;

/**
 * An OPA for a test.
 */
final class TestOpa implements AutoCloseable {

	final LaunchedServer server;

	final ProvidedOpa details;

	final OpaHttp http;

	final OpaClient client;

	private TestOpa(LaunchedServer server, OpaProperties properties) {
		this.server = server;
		this.details = new ProvidedOpa(server, properties);
		this.http = new OpaHttp(this.details);
		this.client = new OpaClient(() -> this.http);
	}

	static TestOpa start(String... arguments) {
		return start(Map.of(), arguments);
	}

	static TestOpa start(Map<String, String> files, String... arguments) {
		MockEnvironment environment = new MockEnvironment().withProperty("pristine.opa.launch", "embedded")
			.withProperty("pristine.opa.arguments", String.join(",", arguments));
		OpaProperties properties = OpaProperties.from(environment);
		Map<String, byte[]> contents = files.entrySet()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, (file) -> file.getValue().getBytes(StandardCharsets.UTF_8)));
		return new TestOpa(ProvidedOpa.server(contents, environment).start(environment), properties);
	}

	static Path program() {
		MockEnvironment environment = new MockEnvironment();
		return new OpaProgram(OpaProperties.from(environment), LaunchProperties.from(environment)::cache,
				new SearchPath(System.getenv("PATH")))
			.find();
	}

	URI url() {
		return this.details.getUrl();
	}

	OpaStore store() {
		return new OpaStore(this.http, new RequestLog(this.details.log()));
	}

	/**
	 * Send a request that Pristine knows nothing of.
	 * @param url the base URL
	 * @param method the method
	 * @param path the path, as it is
	 * @param body the body
	 */
	static void send(URI url, String method, String path, String body) {
		try {
			HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create(url + path))
					.method(method, BodyPublishers.ofString(body))
					.build(), BodyHandlers.discarding());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.server.stop();
	}

}
