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
import java.util.List;
import java.util.Properties;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;

import dev.pristine.resource.Notice;
import dev.pristine.resource.ResourceException;

/**
 * Where a connection factory leads that does not tell its address, as that of Redisson:
 * its server is asked who it is.
 *
 * @param details the Redis of the tests
 * @param environment the properties of the context
 */
record UntoldAddress(ObjectProvider<DataRedisConnectionDetails> details, Environment environment) {

	private static final Log logger = LogFactory.getLog(UntoldAddress.class);

	/**
	 * Check where a factory leads.
	 * @param factory the factory
	 * @param name its name, as in {@code pristine.foreign}
	 * @throws ResourceException if that is no place for tests
	 */
	void check(RedisConnectionFactory factory, String name) {
		if (Binder.get(this.environment)
			.bind("pristine.foreign", Bindable.listOf(String.class))
			.orElse(List.of())
			.contains(name)) {
			return;
		}
		RedisDatabase own = (RedisDatabase) this.details.getObject();
		Properties server = ask(factory);
		if (server == null) {
			Notice.once(logger::warn,
					"The RedisConnectionFactory '%s' does not tell where it leads: if that is a server, nothing protects it from the tests"
						.formatted(name));
		}
		else if (!isOfTests(server, own)) {
			throw new ResourceException(
					"The RedisConnectionFactory '%s' leads to a Redis with the port %s, which is no server of the tests."
						.formatted(name, server.getProperty("tcp_port")),
					("Have it take its address from 'spring.data.redis.url', which leads to the tests' Redis."
							+ " If tests may change what is there, write 'pristine.foreign=%s',"
							+ " or 'pristine.redis.enabled=false' to have none from Pristine.")
						.formatted(name));
		}
		else if (!own.isOwn()) {
			Notice.once(logger::warn,
					"The RedisConnectionFactory '%s' leads to the Redis of the tests, but does not tell to which database: only number %d is reset, and protected from them"
						.formatted(name, own.number()));
		}
	}

	private static boolean isOfTests(Properties server, RedisDatabase own) {
		try {
			return own.server().lines().anyMatch(("run_id:" + server.getProperty("run_id"))::equals);
		}
		catch (IOException ex) {
			throw new ResourceException("The Redis of the tests does not answer: " + ex.getMessage(),
					"See the server's log.", ex);
		}
	}

	// A mock has no server
	private static @Nullable Properties ask(RedisConnectionFactory factory) {
		try (org.springframework.data.redis.connection.RedisConnection connection = factory.getConnection()) {
			Properties server = connection.serverCommands().info("server");
			return (server != null && server.containsKey("run_id")) ? server : null;
		}
		catch (RuntimeException ex) {
			logger.debug("No connection", ex);
			return null;
		}
	}

}
