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

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import reactor.core.publisher.Mono;

import dev.pristine.ownership.ReactiveOwner;
import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;
import dev.pristine.resource.CurrentSlot;

/**
 * Where one {@link ConnectionFactory} of R2DBC gets its connections from: the target of
 * the slot that the subscriber works on.
 */
public final class ConnectionFactoryRoute extends SlotRoute<ConnectionFactoryTarget> {

	ConnectionFactoryRoute(ConnectionFactoryTarget home, ObjectProvider<CurrentSlot> currentSlot) {
		super(home, currentSlot);
	}

	/**
	 * Return the route that a factory takes, whatever is around it.
	 * @param factory the factory
	 * @return its route, or {@code null} if it has none
	 */
	static @Nullable ConnectionFactoryRoute of(ConnectionFactory factory) {
		return (factory instanceof Wrapped<?> wrapped) ? wrapped.unwrap(ConnectionFactoryRoute.class) : null;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (invocation.getMethod().getName().equals("create")) {
			return Mono.deferContextual((context) -> {
				TestOwner owner = ReactiveOwner.of(context);
				return (owner != null) ? connect(owner) : current().connect(TestOwner.current());
			});
		}
		return super.invoke(invocation);
	}

	// The test may have ended while the connection was opened
	private Mono<Connection> connect(TestOwner owner) {
		return current(owner).connect(owner)
			.flatMap((connection) -> Mono.fromSupplier(() -> current(owner))
				.thenReturn(connection)
				.onErrorResume((late) -> Mono.from(connection.close()).then(Mono.error(late))));
	}

	private ConnectionFactoryTarget current(TestOwner owner) {
		try (Work work = owner.take()) {
			return current();
		}
	}

}
