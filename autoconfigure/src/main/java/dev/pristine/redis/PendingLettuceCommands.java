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

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * {@link PendingCommands} of Lettuce. Spring's cache writes through the connection that
 * reactive callers share and does not wait, unless told to. A connection keeps the order
 * of its commands: when the answer to a {@code PING} is there, so are those before it.
 * Where no such connection was ever opened, nobody asks.
 */
final class PendingLettuceCommands implements PendingCommands {

	private static final Log logger = LogFactory.getLog(PendingLettuceCommands.class);

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final ObjectProvider<LettuceConnectionFactory> connectionFactories;

	private final WaitingClients waiting;

	private final RedisAddress address;

	PendingLettuceCommands(ObjectProvider<LettuceConnectionFactory> connectionFactories, WaitingClients waiting,
			RedisAddress address) {
		this.connectionFactories = connectionFactories;
		this.waiting = waiting;
		this.address = address;
	}

	@Override
	public boolean complete() {
		return this.connectionFactories.stream().filter(this::isShared).map(this::ping).toList().contains(true);
	}

	private boolean isShared(LettuceConnectionFactory connectionFactory) {
		return connectionFactory.isRunning() && connectionFactory.getShareNativeConnection()
				&& !this.waiting.include(connectionFactory.getRequiredNativeClient())
				&& connectionFactory.getPort() == this.address.port()
				&& connectionFactory.getHostName().equals(this.address.host());
	}

	private boolean ping(LettuceConnectionFactory connectionFactory) {
		try {
			ReactiveRedisConnection connection = connectionFactory.getReactiveConnection();
			try {
				return connection.ping().block(PATIENCE) != null;
			}
			finally {
				connection.close();
			}
		}
		catch (RuntimeException ex) {
			// The reset finds out by itself and tells
			logger.debug("Redis at " + this.address + " does not answer the application", ex);
			return false;
		}
	}

}
