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

package dev.pristine.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import dev.pristine.launch.ContextServer;
import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchProperties;
import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.Place;
import dev.pristine.launch.ServerDefinition;
import dev.pristine.redis.NumberClaim.Consent;
import dev.pristine.resource.ResourceException;

/**
 * The way to the Redis of an application context that declares none: a server that is
 * started for it, with a password and in memory alone, or a number of the given one.
 */
final class RedisLaunch {

	private static final int PORT = 6379;

	private final RedisProperties properties;

	private final Environment environment;

	/**
	 * The password of the start: other users of this machine can read it in the command
	 * line, so it does not last. Only our own server knows it, no stranger on its port.
	 */
	private final String temporary = UUID.randomUUID().toString();

	private final String password;

	RedisLaunch(Environment environment) {
		this.environment = environment;
		this.properties = RedisProperties.from(environment);
		this.password = Objects.requireNonNullElse(this.properties.password(), UUID.randomUUID().toString());
	}

	ContextServer server() {
		return definition().port(this.properties.port()).inContext(this.environment);
	}

	private ServerDefinition definition() {
		return ServerDefinition.named("redis")
			.scheme("redis")
			.image(this.properties.image(), PORT)
			.program(() -> RedisExecutable.find(this.properties.executable(), System.getenv("PATH"),
					LaunchProperties.from(this.environment)))
			.arguments(this::arguments)
			.readyWhen(this::probe)
			.within(Duration.ofSeconds(20));
	}

	private List<String> arguments(Place place) {
		return List.of("--port", Integer.toString(place.port()), "--bind", place.host(), "--save", "", "--appendonly",
				"no", "--requirepass", this.temporary);
	}

	private @Nullable String probe(LaunchedServer server) throws IOException {
		try (RedisConnection connection = (server.launch() == Launch.EXTERNAL)
				? NumberClaim.connect(RedisAddress.of(server.url()))
				: RedisConnection.open(address(server, this.temporary))) {
			return RedisConnection.text(connection.ask("INFO", "server").replies().get(0))
				.lines()
				.filter((line) -> line.matches("(redis|valkey)_version:.*"))
				.reduce((first, second) -> second)
				.map((line) -> line.replace("redis_version:", "Redis ").replace("valkey_version:", "Valkey "))
				.orElse("Redis");
		}
	}

	private static RedisAddress address(LaunchedServer server, String password) {
		return new RedisAddress(server.host(), server.port(), null, password, null, null);
	}

	/**
	 * Take what is the application context's.
	 * @param server the server
	 * @return all of it, or a number
	 */
	RedisDatabase database(LaunchedServer server) {
		if (server.launch() == Launch.EXTERNAL) {
			return NumberClaim.claim(RedisAddress.of(server.url()),
					this.properties.disposable() ? Consent.DISPOSABLE : Consent.EMPTY);
		}
		try (RedisConnection connection = RedisConnection.open(address(server, this.temporary))) {
			connection.call("CONFIG", "SET", "requirepass", this.password);
			return RedisDatabase.own(address(server, this.password), server,
					() -> database(definition().start(this.environment)));
		}
		catch (IOException ex) {
			ResourceException failure = new ResourceException(
					"%s started but cannot be used: %s%n%s".formatted(server, ex.getMessage(), server.logTail()),
					"Mend what the log names, or choose another way with 'pristine.redis.launch'.", ex);
			server.stop();
			throw failure;
		}
	}

}
