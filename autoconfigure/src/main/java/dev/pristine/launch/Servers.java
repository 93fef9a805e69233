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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
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

	private static final Map<Object, Object> memory = new ConcurrentHashMap<>();

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
	public static <S extends Server> S get(Object configuration, Supplier<S> starter) {
		return Servers.<S>place(configuration).get(starter);
	}

	/**
	 * Start the server of a configuration in the background, unless it runs already. What
	 * goes wrong is told to the next one who asks for it.
	 * @param <S> the type of server
	 * @param configuration what makes two servers the same, compared by {@code equals}
	 * @param starter starts the server
	 */
	public static <S extends Server> void prepare(Object configuration, Supplier<S> starter) {
		Servers.<S>place(configuration).prepare(starter);
	}

	@SuppressWarnings("unchecked")
	private static <S extends Server> Place<S> place(Object configuration) {
		return (Place<S>) places.computeIfAbsent(configuration, (key) -> new Place<S>());
	}

	@SuppressWarnings("unchecked")
	static <T> T remember(Object key, Supplier<T> supplier) {
		return (T) memory.computeIfAbsent(key, (absent) -> supplier.get());
	}

	private static final class Place<S extends Server> {

		private @Nullable CompletableFuture<S> server;

		S get(Supplier<S> starter) {
			CompletableFuture<S> server = prepare(starter);
			try {
				return server.join();
			}
			catch (CompletionException ex) {
				forget(server);
				throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
			}
		}

		synchronized CompletableFuture<S> prepare(Supplier<S> starter) {
			CompletableFuture<S> server = this.server;
			if (server == null || isDead(server)) {
				CompletableFuture<S> started = new CompletableFuture<>();
				this.server = started;
				Thread thread = new Thread(() -> start(started, starter, server), "pristine-server");
				thread.setDaemon(true);
				thread.start();
				return started;
			}
			return server;
		}

		private synchronized void forget(CompletableFuture<S> failed) {
			if (this.server == failed) {
				this.server = null;
			}
		}

		private static <S extends Server> boolean isDead(CompletableFuture<S> server) {
			return server.isDone() && !server.isCompletedExceptionally() && !server.join().isAlive();
		}

		private static <S extends Server> void start(CompletableFuture<S> target, Supplier<S> starter,
				@Nullable CompletableFuture<S> dead) {
			try {
				if (dead != null) {
					dead.join().stop();
				}
				target.complete(starter.get());
			}
			catch (Throwable ex) {
				target.completeExceptionally(ex);
			}
		}

	}

}
