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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import io.r2dbc.spi.Connection;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.reactivestreams.Publisher;
import org.springframework.aop.framework.ProxyFactory;
import reactor.core.publisher.Mono;

import dev.pristine.ownership.TestOwner;
import dev.pristine.resource.Patience;

/**
 * The connections of R2DBC that are in use for tests.
 */
final class LentConnections {

	private static final Log logger = LogFactory.getLog(LentConnections.class);

	private final Map<Connection, TestOwner> lent = new ConcurrentHashMap<>();

	/**
	 * Take note that a connection is used.
	 * @param connection the connection
	 * @param owner whom it is used for
	 * @return the connection, which tells when it is given back
	 */
	Connection lend(Connection connection, TestOwner owner) {
		this.lent.put(connection, owner);
		ProxyFactory proxy = new ProxyFactory(connection);
		proxy.addAdvice((MethodInterceptor) (invocation) -> {
			Object result = invocation.proceed();
			return (invocation.getMethod().getName().equals("close") && result instanceof Publisher<?> close)
					? Mono.from(close)
						.doOnTerminate(() -> this.lent.remove(connection))
						.doOnCancel(() -> this.lent.remove(connection))
					: result;
		});
		return (Connection) proxy.getProxy(connection.getClass().getClassLoader());
	}

	/**
	 * Wait for those who use a connection for a test that is over, then cut them off.
	 * @param culprit who is named in warnings
	 * @param name what has lent the connections
	 * @param patience how long to wait
	 */
	void end(String culprit, String name, Duration patience) {
		Patience wait = new Patience(patience);
		this.lent.forEach((connection, owner) -> {
			while (owner.isEnded() && this.lent.containsKey(connection) && wait.lasts()) {
				LockSupport.parkNanos(1_000_000);
			}
			if (owner.isEnded() && this.lent.remove(connection) != null) {
				logger.warn(("%s ended while a connection of the ConnectionFactory '%s' was still in use for it. It was"
						+ " waited for, then cut off after %d ms. Have the test wait for the end of what it has"
						+ " started, and close its connections.")
					.formatted(culprit, name, patience.toMillis()));
				R2dbcPool.close(connection).timeout(R2dbcPool.LIMIT).onErrorComplete().block();
			}
		});
	}

}
