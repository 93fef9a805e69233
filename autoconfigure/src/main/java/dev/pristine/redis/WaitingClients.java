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

import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.codec.ByteArrayCodec;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * {@link BeanPostProcessor} that sees which Lettuce clients have connections whose users
 * need not wait for an answer. Spring Data gives these another codec than those of its
 * blocking API.
 */
final class WaitingClients implements BeanPostProcessor {

	private final Map<AbstractRedisClient, Connections> clients = new ConcurrentHashMap<>();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof LettuceConnectionFactory connectionFactory && connectionFactory.isRunning()
				&& !connectionFactory.getEagerInitialization()) {
			AbstractRedisClient client = connectionFactory.getRequiredNativeClient();
			Connections connections = new Connections();
			client.addListener(connections);
			this.clients.put(client, connections);
		}
		return bean;
	}

	/**
	 * Return whether all users of a client wait for each answer.
	 * @param client the client
	 * @return {@code false} also if nobody has seen its connections: one that was made
	 * anew when the application context went on after a pause, say
	 */
	boolean include(AbstractRedisClient client) {
		Connections connections = this.clients.get(client);
		return connections != null && connections.wait;
	}

	private static final class Connections implements RedisConnectionStateListener {

		private volatile boolean wait = true;

		@Override
		public void onRedisConnected(RedisChannelHandler<?, ?> connection, @Nullable SocketAddress address) {
			this.wait = this.wait && connection instanceof StatefulRedisConnectionImpl<?, ?> plain
					&& plain.getCodec() instanceof ByteArrayCodec;
		}

	}

}
