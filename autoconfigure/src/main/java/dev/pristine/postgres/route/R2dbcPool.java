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

package dev.pristine.postgres.route;

import java.time.Duration;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;

/**
 * What pools of R2DBC can do and other connection factories cannot. The library may be
 * absent.
 *
 * @param pool the pool
 */
record R2dbcPool(ConnectionPool pool) {

	/** How long to wait for a connection to be closed. */
	static final Duration LIMIT = Duration.ofSeconds(3);

	/** How long a slot's pool has one wait for a connection; 30 s, as HikariCP does. */
	private static final Duration ACQUISITION = Duration.ofSeconds(30);

	private static final boolean PRESENT = ClassUtils.isPresent("io.r2dbc.pool.ConnectionPool",
			R2dbcPool.class.getClassLoader());

	/**
	 * Return the pool that a factory is.
	 * @param factory the factory
	 * @return the pool, or {@code null} if it is none
	 */
	static @Nullable R2dbcPool of(ConnectionFactory factory) {
		return (PRESENT && factory.getClass() == ConnectionPool.class) ? new R2dbcPool((ConnectionPool) factory) : null;
	}

	/**
	 * Return what opens the connections of the pool.
	 * @return the factory in the pool
	 */
	ConnectionFactory unpooled() {
		return this.pool.unwrap();
	}

	/**
	 * Return a pool of the same size. It opens no connection before it is asked for one.
	 * @param factory opens its connections
	 * @return the pool
	 */
	ConnectionFactory around(ConnectionFactory factory) {
		int size = this.pool.getMetrics().map(PoolMetrics::getMaxAllocatedSize).orElse(Integer.MAX_VALUE);
		return new ConnectionPool(ConnectionPoolConfiguration.builder(factory)
			.initialSize(0)
			.maxSize(size)
			.maxAcquireTime(ACQUISITION)
			.build());
	}

	/**
	 * Close the connections that nobody uses. The pool forgets those that it finds
	 * closed.
	 * @return whether none is left
	 */
	boolean evict() {
		if (idle() > 0) {
			Mono.usingWhen(this.pool.create(), R2dbcPool::close, Connection::close)
				.onErrorComplete()
				.repeat(() -> idle() > 0)
				.timeout(LIMIT)
				.onErrorComplete()
				.blockLast();
		}
		return idle() == 0;
	}

	private int idle() {
		return this.pool.getMetrics().map(PoolMetrics::idleSize).orElse(0);
	}

	/**
	 * Close a connection itself, rather than give it back to its pool.
	 * @param connection the connection
	 * @return what closes it
	 */
	static Mono<Void> close(Connection connection) {
		Object physical = (connection instanceof Wrapped<?> wrapped) ? wrapped.unwrap() : null;
		return Mono.from(((physical instanceof Connection unpooled) ? unpooled : connection).close());
	}

}
