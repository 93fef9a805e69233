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
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.Place;
import dev.pristine.launch.SearchPath;
import dev.pristine.launch.ServerDefinition;
import dev.pristine.resource.ResourceException;

/**
 * The OPA that the application gets from Pristine: started for it with its policies and
 * data, or the one at the configured address, which may lose all that it has.
 */
final class ProvidedOpa implements OpaConnectionDetails {

	/**
	 * The port that OPA listens on in a container.
	 */
	static final int PORT = 8181;

	private final LaunchedServer server;

	private final @Nullable String token;

	ProvidedOpa(LaunchedServer server, OpaProperties properties) {
		if (server.launch() == Launch.EXTERNAL && !properties.disposable()) {
			throw new ResourceException(
					"Tests would replace all policies and data of the OPA at " + server
							+ ", which Pristine has not started.",
					"If nobody else needs them, set pristine.opa.disposable to true. Otherwise remove pristine.opa.url.");
		}
		this.server = server;
		this.token = properties.token();
	}

	/**
	 * Define the server. An OPA that starts with policies compiles them once, which it
	 * does for each that it is given later.
	 * @param files its policies and data
	 * @param environment the environment of the context
	 * @return the server
	 */
	static ServerDefinition server(Map<String, byte[]> files, Environment environment) {
		OpaProperties properties = OpaProperties.from(environment);
		String id = UUID.randomUUID().toString();
		return ServerDefinition.named("opa")
			.image(properties.image(), PORT)
			.program(() -> new OpaProgram(properties, LaunchProperties.from(environment)::cache,
					new SearchPath(System.getenv("PATH")))
				.find())
			.arguments((place) -> arguments(place, id, properties, !files.isEmpty()))
			.files(files)
			.port(properties.port())
			.readyWhen((server) -> version(server, id, properties))
			.within(properties.startupTimeout());
	}

	// The requests in its log tell whether a test has written something
	private static List<String> arguments(Place place, String id, OpaProperties properties, boolean hasFiles) {
		List<String> arguments = new ArrayList<>(List.of("run", "--server", "--addr", place.host() + ":" + place.port(),
				"--skip-version-check", "--set", "labels.pristine=" + id));
		arguments.addAll(properties.arguments());
		arguments.addAll(List.of("--log-level", "info", "--log-format", "json"));
		if (hasFiles) {
			arguments.addAll(List.of("--", "."));
		}
		return arguments;
	}

	// While it does not answer at all, it may still come. What answers without the id is
	// a stranger on a port that was lost
	static @Nullable String version(LaunchedServer server, String id, OpaProperties properties) throws IOException {
		try {
			JsonNode runtime = new OpaHttp(new ProvidedOpa(server, properties)).query("opa.runtime()");
			boolean ours = server.launch() == Launch.EXTERNAL
					|| runtime.at("/config/labels/pristine").asString().equals(id);
			return ours ? "OPA " + runtime.path("version").asString() : null;
		}
		catch (OpaException ex) {
			boolean stranger = ex.getStatus() == 404 && server.launch() != Launch.EXTERNAL;
			if (ex.getStatus() == 0 || stranger) {
				throw new IOException(ex.getProblem(), ex);
			}
			throw ex;
		}
	}

	/**
	 * Return whether this OPA has the policies and data of the application already.
	 * @return {@code false} if it ran before
	 */
	boolean isStarted() {
		return this.server.launch() != Launch.EXTERNAL;
	}

	/**
	 * Return whether OPA still runs, as far as that can be told without asking it.
	 * @return {@code false} if its process has ended
	 */
	boolean isAlive() {
		return this.server.launch() != Launch.EMBEDDED || this.server.isAlive();
	}

	void stop() {
		this.server.stop();
	}

	@Nullable Path log() {
		return this.server.logFile();
	}

	@Override
	public URI getUrl() {
		return URI.create(this.server.url());
	}

	@Override
	public @Nullable String getToken() {
		return isStarted() ? null : this.token;
	}

}
