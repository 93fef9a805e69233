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

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

import dev.pristine.launch.NativeProcess;
import dev.pristine.launch.Place;
import dev.pristine.launch.ProcessStart;
import dev.pristine.redis.RedisServer.Origin;

/**
 * Starts Redis or Valkey as a child process of this JVM: on the loopback interface, with
 * a random password, in memory alone.
 */
final class NativeRedis {

	private NativeRedis() {
	}

	static RedisServer start(Path executable, int databases) {
		String temporary = RandomPassword.create();
		NativeProcess process = ProcessStart.of("redis", (place) -> command(executable, databases, place, temporary))
			.readyWhen((place) -> isReady(address(place.port(), temporary)))
			.start();
		String password = RandomPassword.create();
		// Other users of this machine can read the command line
		try (RedisConnection connection = RedisConnection.open(address(process.port(), temporary))) {
			connection.call("CONFIG", "SET", "requirepass", password);
		}
		catch (RuntimeException ex) {
			process.stop();
			throw ex;
		}
		return new RedisServer(address(process.port(), password), Origin.PRISTINE, process);
	}

	private static List<String> command(Path executable, int databases, Place place, String password) {
		return List.of(executable.toString(), "--port", Integer.toString(place.port()), "--bind", "127.0.0.1", "--save",
				"", "--appendonly", "no", "--databases", Integer.toString(databases), "--requirepass", password);
	}

	private static RedisAddress address(int port, String password) {
		return new RedisAddress("127.0.0.1", port, null, password, null);
	}

	private static boolean isReady(RedisAddress address) {
		try {
			RedisConnection.open(address).close();
			return true;
		}
		catch (UncheckedIOException | RedisErrorException ex) {
			return false;
		}
	}

}
