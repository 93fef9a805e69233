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

package dev.pristine.launch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The servers of this JVM. The state is static because servers outlive the application
 * contexts that share them: they end with the JVM.
 *
 * @since 0.1.0
 */
public final class Servers {

	private static final Map<Object, Place<?>> places = new ConcurrentHashMap<>();

	private Servers() {
	}

	/**
	 * Return the running server of a configuration. The first request starts it, and so
	 * does the first one that finds it dead.
	 * @param <S> the type of server
	 * @param configuration what makes two servers the same, compared by {@code equals}
	 * @param starter starts the server
	 * @return the server
	 */
	@SuppressWarnings("unchecked")
	public static <S extends Server> S get(Object configuration, Supplier<S> starter) {
		return ((Place<S>) places.computeIfAbsent(configuration, (key) -> new Place<S>())).server(starter);
	}

	private static final class Place<S extends Server> {

		private final ReentrantLock lock = new ReentrantLock();

		private @Nullable S server;

		S server(Supplier<S> starter) {
			this.lock.lock();
			try {
				S server = this.server;
				if (server != null && server.isAlive()) {
					return server;
				}
				if (server != null) {
					this.server = null;
					server.stop();
				}
				server = starter.get();
				this.server = server;
				return server;
			}
			finally {
				this.lock.unlock();
			}
		}

	}

}
