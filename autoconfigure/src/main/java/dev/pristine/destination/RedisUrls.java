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

package dev.pristine.destination;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisNode;

/**
 * Where a {@link RedisConnectionFactory} leads, of Lettuce or of Jedis.
 */
final class RedisUrls {

	private static final List<String> SEVERAL = List.of("cluster.nodes", "sentinel.nodes", "masterreplica.nodes");

	private RedisUrls() {
	}

	static @Nullable List<String> of(RedisConnectionFactory factory, Environment environment, boolean asked) {
		List<String> urls = new ArrayList<>(several(environment));
		BeanWrapper bean = PropertyAccessorFactory.forBeanPropertyAccess(factory);
		// A factory may have a standalone configuration beside another one
		Object configuration = Stream.of("cluster", "sentinel", "socket", "standalone")
			.map((kind) -> kind + "Configuration")
			.filter(bean::isReadableProperty)
			.map(bean::getPropertyValue)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		if (configuration instanceof RedisConfiguration.ClusterConfiguration cluster) {
			urls.add(url(cluster.getClusterNodes()));
		}
		else if (configuration instanceof RedisConfiguration.SentinelConfiguration sentinel) {
			urls.add(url(sentinel.getSentinels()));
		}
		else if (configuration instanceof RedisConfiguration.DomainSocketConfiguration socket) {
			// Without a port it would have Redis' own
			urls.add("redis-socket://socket:0" + socket.getSocket());
		}
		else if (configuration instanceof RedisConfiguration.WithHostAndPort server) {
			Object database = bean.isReadableProperty("database") ? bean.getPropertyValue("database") : 0;
			urls.add("redis://" + server.getHostName() + ":" + server.getPort() + "/" + database);
		}
		else if (urls.isEmpty() && asked) {
			// One of another library
			return null;
		}
		return urls;
	}

	// With the address of one server in its place, the application would be another
	private static List<String> several(Environment environment) {
		return SEVERAL.stream()
			.map((name) -> Binder.get(environment)
				.bind("spring.data.redis." + name, Bindable.listOf(String.class))
				.orElse(List.of()))
			.filter((nodes) -> !nodes.isEmpty())
			.map((nodes) -> "redis-several://" + String.join(",", nodes))
			.toList();
	}

	private static String url(Collection<RedisNode> nodes) {
		return "redis-several://" + String.join(",", nodes.stream().map(RedisNode::asString).sorted().toList());
	}

	static @Nullable String of(DataRedisConnectionDetails details) {
		DataRedisConnectionDetails.Standalone server = details.getStandalone();
		return (server != null) ? "redis://" + server.getHost() + ":" + server.getPort() + "/" + server.getDatabase()
				: null;
	}

}
