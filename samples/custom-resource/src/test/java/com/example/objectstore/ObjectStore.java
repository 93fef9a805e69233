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

package com.example.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.env.Environment;
import org.springframework.web.client.RestClient;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.Place;
import dev.pristine.launch.ServerDefinition;
import dev.pristine.resource.SnapshotResource;

/**
 * The object store of an application context: how to launch it, and how to bring its
 * state back.
 */
public final class ObjectStore implements SnapshotResource<String>, DisposableBean {

	private static final String PROGRAM = "com/example/objectstore/ObjectStoreEmulator.class";

	private static final String IMAGE = "eclipse-temurin:17-jre";

	private final ServerDefinition definition;

	private final Environment environment;

	private LaunchedServer server;

	ObjectStore(Environment environment) {
		this.environment = environment;
		this.definition = ServerDefinition.named("objectstore")
			.image(environment.getProperty("pristine.objectstore.image", IMAGE), 8080)
			.program(() -> Path.of(System.getProperty("java.home"), "bin", "java"))
			.files(Map.of(PROGRAM, read(PROGRAM)))
			.arguments(ObjectStore::arguments)
			.readyWhen((server) -> "Object store " + get(server, "/version"));
		this.server = this.definition.start(environment);
	}

	public LaunchedServer server() {
		return this.server;
	}

	@Override
	public String name() {
		return "objectstore";
	}

	@Override
	public String capture() {
		return get(this.server, "/state");
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * A store that a test has killed is started again at the same address.
	 */
	@Override
	public void restore(String state) {
		if (!this.server.isAlive()) {
			this.server = this.definition.port(this.server.port()).start(this.environment);
		}
		if (!state.equals(capture())) {
			client(this.server).put().uri("/state").body(state).retrieve().toBodilessEntity();
		}
	}

	@Override
	public void destroy() {
		this.server.stop();
	}

	private static List<String> arguments(Place place) {
		List<String> arguments = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-cp", place.directory(),
				ObjectStoreEmulator.class.getName(), place.host(), "" + place.port()));
		if (place.launch() == Launch.CONTAINER) {
			arguments.add(0, "java");
		}
		return arguments;
	}

	private static String get(LaunchedServer server, String path) {
		String body = client(server).get().uri(path).retrieve().body(String.class);
		return (body != null) ? body : "";
	}

	private static RestClient client(LaunchedServer server) {
		return RestClient.create(server.url());
	}

	private static byte[] read(String resource) {
		try (InputStream stream = ObjectStore.class.getClassLoader().getResourceAsStream(resource)) {
			return stream.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
