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

package dev.pristine.launch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

import dev.pristine.resource.ResourceException;

/**
 * What a server is, however it is launched: as a container of an image, as a native
 * process of a program, or found at a given address. For a server called {@code echo},
 * the property {@code pristine.echo.launch} chooses. Without it, the server is the one at
 * {@code pristine.echo.url}, or else what {@code pristine.launch} says.
 *
 * <pre class="code">
 * &#064;Bean
 * static ContextServer echoServer(Environment environment) {
 *   return ServerDefinition.named("echo")
 *     .image("example/echo:1.2", 8080)
 *     .program(() -&gt; Path.of("/usr/bin/echo-server"))
 *     .arguments((place) -&gt; List.of("--listen", place.host() + ":" + place.port()))
 *     .readyWhen((server) -&gt; EchoClient.version(server.url()))
 *     .inContext(environment);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class ServerDefinition {

	private static final Log logger = LogFactory.getLog(ServerDefinition.class);

	private static final Set<Object> announced = ConcurrentHashMap.newKeySet();

	private final String name;

	private final Map<String, String> variables = new LinkedHashMap<>();

	private String scheme = "http";

	private @Nullable String image;

	private int imagePort;

	private @Nullable Supplier<Path> program;

	private Consumer<ProcessStart> options = (start) -> {
	};

	private Function<Place, List<String>> arguments = (place) -> List.of();

	private Map<String, byte[]> files = Map.of();

	private int port;

	private Duration patience = Duration.ofSeconds(30);

	private Probe probe = (server) -> "";

	private ServerDefinition(String name) {
		this.name = name;
	}

	/**
	 * Begin a definition.
	 * @param name the name of the server in properties, messages and names of folders,
	 * such as {@code redis}
	 * @return a definition to complete
	 */
	public static ServerDefinition named(String name) {
		return new ServerDefinition(name);
	}

	/**
	 * Set the scheme of the addresses of servers that are started.
	 * @param scheme the scheme; {@code http} by default
	 * @return this definition
	 */
	public ServerDefinition scheme(String scheme) {
		this.scheme = scheme;
		return this;
	}

	/**
	 * Allow a container.
	 * @param image its image
	 * @param port the port that the server listens on inside
	 * @return this definition
	 */
	public ServerDefinition image(String image, int port) {
		this.image = image;
		this.imagePort = port;
		return this;
	}

	/**
	 * Allow a native process.
	 * @param program finds its program; asked only if a process is to start, and may take
	 * long
	 * @return this definition
	 */
	public ServerDefinition program(Supplier<Path> program) {
		this.program = program;
		return this;
	}

	/**
	 * Set what only a native process knows.
	 * @param options customizes its start; called after the program was found
	 * @return this definition
	 */
	public ServerDefinition process(Consumer<ProcessStart> options) {
		this.options = options;
		return this;
	}

	/**
	 * Set the arguments of the program, or the command of the container.
	 * @param arguments makes the arguments for the place where the server will work
	 * @return this definition
	 */
	public ServerDefinition arguments(Function<Place, List<String>> arguments) {
		this.arguments = arguments;
		return this;
	}

	/**
	 * Add an environment variable of the container.
	 * @param name its name
	 * @param value its value
	 * @return this definition
	 */
	public ServerDefinition variable(String name, String value) {
		this.variables.put(name, value);
		return this;
	}

	/**
	 * Set files that the server finds in its working directory.
	 * @param files their content by relative path
	 * @return this definition
	 */
	public ServerDefinition files(Map<String, byte[]> files) {
		this.files = Map.copyOf(files);
		return this;
	}

	/**
	 * Set the port of the loopback interface at which the server is reached, for tools
	 * that remember it. Another one is taken where it is in use.
	 * @param port the port; 0, the default, for a free one
	 * @return this definition
	 */
	public ServerDefinition port(int port) {
		this.port = port;
		return this;
	}

	/**
	 * Set how to tell that the server is ready.
	 * @param probe asks the server
	 * @return this definition
	 */
	public ServerDefinition readyWhen(Probe probe) {
		this.probe = probe;
		return this;
	}

	/**
	 * Set how long the server may take to become ready.
	 * @param patience how long; 30 seconds by default
	 * @return this definition
	 */
	public ServerDefinition within(Duration patience) {
		this.patience = patience;
		return this;
	}

	/**
	 * Start a server for one application context, in the background.
	 * @param environment the environment of the context
	 * @return the bean to declare
	 */
	public ContextServer inContext(Environment environment) {
		return new ContextServer(this.name, () -> start(environment));
	}

	/**
	 * Start a server, or find the given one, and wait until it is ready.
	 * @param environment where the properties are
	 * @return the server; to be stopped by the caller
	 * @throws ResourceException if it does not become ready
	 */
	public LaunchedServer start(Environment environment) {
		long start = System.nanoTime();
		LaunchDecision decision = LaunchDecision.of(this.name, environment, this.image, this.program != null);
		Readiness readiness = new Readiness(this.probe, this.patience);
		try (SlowWork work = SlowWork.begin("Starting " + this.name + " (" + decision + ")")) {
			LaunchedServer server = switch (decision.launch()) {
				case EXTERNAL -> given(environment, readiness);
				case CONTAINER -> container(readiness);
				default -> process(readiness);
			};
			announce(readiness.answer(), decision, server, start);
			return server;
		}
	}

	private LaunchedServer given(Environment environment, Readiness readiness) {
		String property = "pristine." + this.name + ".url";
		String disposable = "pristine." + this.name + ".disposable";
		String url = environment.getRequiredProperty(property);
		LaunchedServer server = new LaunchedServer(Launch.EXTERNAL, url, Server.OF_OTHERS);
		if (ProductionAddress.matches(server.toString())
				&& !environment.getProperty(disposable, Boolean.class, false)) {
			throw new ResourceException(
					"'%s' is '%s', which looks like production: tests do not go there.".formatted(property, server),
					"Give the address of a server for tests or, if this is one, set '%s' to 'true'."
						.formatted(disposable));
		}
		String problem = readiness.await(server);
		if (problem != null) {
			throw new ResourceException("The server of '%s' (%s) %s.".formatted(property, server, problem),
					"Start it, correct '%s', or remove the property to have Pristine start a server."
						.formatted(property));
		}
		return server;
	}

	private LaunchedServer container(Readiness readiness) {
		Assert.state(this.image != null, "'image' must not be null");
		List<String> command = this.arguments
			.apply(new Place(Launch.CONTAINER, ServerContainer.DIRECTORY, "0.0.0.0", this.imagePort));
		return new ServerContainer(this.image, this.imagePort, this.port, command, this.variables, this.files)
			.start(this.scheme, readiness);
	}

	private LaunchedServer process(Readiness readiness) {
		Assert.state(this.program != null, "'program' must not be null");
		String program = this.program.get().toString();
		ProcessStart start = ProcessStart
			.of(this.name, (place) -> Stream.concat(Stream.of(program), this.arguments.apply(place).stream()).toList())
			.files(this.files);
		this.options.accept(start);
		return start.start(this.scheme, this.port, readiness);
	}

	// The others of a run would be noise
	private void announce(String version, LaunchDecision decision, LaunchedServer server, long start) {
		if (announced.add(List.of(this.name, decision.launch(), version))) {
			logger.info("%s (%s) at %s, ready after %d ms".formatted(version.isEmpty() ? this.name : version, decision,
					server, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
		}
	}

}
