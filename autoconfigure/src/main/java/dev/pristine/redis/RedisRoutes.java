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

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.util.ClassUtils;

import dev.pristine.resource.SlotCopies;

/**
 * Has every connection factory of the application ask, for each connection, which
 * database it shall lead to. It stays the factory that it was: same bean, same type, same
 * settings.
 */
final class RedisRoutes implements DestructionAwareBeanPostProcessor, PriorityOrdered {

	private static final Set<String> ROUTED = Set.of("getConnection", "getReactiveConnection", "getNativeClient",
			"getRequiredNativeClient");

	/**
	 * What connects to Redis without any factory.
	 */
	private static final List<Class<?>> CLIENTS = Stream
		.of("io.lettuce.core.AbstractRedisClient", "io.lettuce.core.api.StatefulConnection",
				"redis.clients.jedis.UnifiedJedis", "redis.clients.jedis.util.Pool", "org.redisson.api.RedissonClient")
		.filter((name) -> ClassUtils.isPresent(name, null))
		.<Class<?>>map((name) -> ClassUtils.resolveClassName(name, null))
		.toList();

	private final UntoldAddress untold;

	private final List<String> others = new CopyOnWriteArrayList<>();

	private final List<String> listeners = new CopyOnWriteArrayList<>();

	private final Map<Object, Map<RedisDatabase, FactoryCopy>> copies = new ConcurrentHashMap<>();

	private volatile @Nullable SlotCopies<RedisDatabase> databases;

	RedisRoutes(UntoldAddress untold) {
		this.untold = untold;
	}

	/**
	 * Direct the calls for connections.
	 * @param databases where to
	 */
	void to(SlotCopies<RedisDatabase> databases) {
		this.databases = databases;
	}

	/**
	 * Close what leads to a database.
	 * @param database the database
	 */
	void close(RedisDatabase database) {
		this.copies.values().forEach((copies) -> {
			FactoryCopy copy = copies.remove(database);
			if (copy != null) {
				copy.end().run();
			}
		});
	}

	/**
	 * Return the beans whose connections cannot be led elsewhere.
	 * @return their names and types
	 */
	List<String> others() {
		return this.others;
	}

	/**
	 * Return the beans that listen at the database that the application started with.
	 * @return their names
	 */
	List<String> listeners() {
		return this.listeners;
	}

	/**
	 * First, so that what other post processors put around a factory stays around.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (FactoryCopy.isPossible(bean)) {
			return route(bean);
		}
		if (bean instanceof RedisConnectionFactory factory && !(bean instanceof LettuceConnectionFactory)
				&& !(bean instanceof JedisConnectionFactory)) {
			this.untold.check(factory, beanName);
		}
		if (bean instanceof RedisConnectionFactory || bean instanceof ReactiveRedisConnectionFactory
				|| CLIENTS.stream().anyMatch((type) -> type.isInstance(bean))) {
			this.others.add("'%s' (%s)".formatted(beanName, bean.getClass().getName()));
		}
		if (bean instanceof RedisMessageListenerContainer || bean instanceof StreamMessageListenerContainer) {
			this.listeners.add(beanName);
		}
		return bean;
	}

	private Object route(Object bean) {
		Map<RedisDatabase, FactoryCopy> copies = this.copies.computeIfAbsent(bean, (key) -> new ConcurrentHashMap<>());
		ProxyFactory proxy = new ProxyFactory(bean);
		// The application may ask for the class of its factory
		proxy.setProxyTargetClass(true);
		// Mockito would see through it: a spy of Spring's is put around
		proxy.setOpaque(true);
		proxy.addAdvice((MethodInterceptor) (invocation) -> {
			SlotCopies<RedisDatabase> databases = this.databases;
			if (databases == null || !ROUTED.contains(invocation.getMethod().getName())) {
				return invocation.proceed();
			}
			RedisDatabase database = databases.current();
			if (database == databases.home()) {
				return invocation.proceed();
			}
			FactoryCopy copy = copies.computeIfAbsent(database, (to) -> FactoryCopy.of(bean, databases.home(), to));
			return AopUtils.invokeJoinpointUsingReflection(copy.factory(), invocation.getMethod(),
					invocation.getArguments());
		});
		return proxy.getProxy(bean.getClass().getClassLoader());
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return FactoryCopy.isPossible(bean);
	}

	// Before what it shares with its copies is destroyed
	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		Map<RedisDatabase, FactoryCopy> copies = this.copies.remove(bean);
		if (copies != null) {
			copies.values().forEach((copy) -> copy.end().run());
		}
	}

}
