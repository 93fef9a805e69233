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

	private static final Map<Object, CompletableFuture<? extends Server>> servers = new ConcurrentHashMap<>();

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
		CompletableFuture<S> server = find(configuration, starter);
		try {
			return join(server);
		}
		catch (RuntimeException ex) {
			servers.remove(configuration, server);
			throw ex;
		}
	}

	/**
	 * Start the server of a configuration in the background, unless it runs already. What
	 * goes wrong is told to the next one who asks for it.
	 * @param <S> the type of server
	 * @param configuration what makes two servers the same, compared by {@code equals}
	 * @param starter starts the server
	 */
	public static <S extends Server> void prepare(Object configuration, Supplier<S> starter) {
		find(configuration, starter);
	}

	@SuppressWarnings("unchecked")
	private static <S extends Server> CompletableFuture<S> find(Object configuration, Supplier<S> starter) {
		return (CompletableFuture<S>) servers.compute(configuration, (key, known) -> {
			if (known == null) {
				return inBackground("server", starter);
			}
			return isDead(known) ? inBackground("server", () -> {
				known.join().stop();
				return starter.get();
			}) : known;
		});
	}

	private static boolean isDead(CompletableFuture<? extends Server> server) {
		return server.isDone() && !server.isCompletedExceptionally() && !server.join().isAlive();
	}

	/**
	 * Do something in the background, on a thread that does not keep the JVM alive.
	 * @param <T> the type of its result
	 * @param name what the thread is called
	 * @param work what to do
	 * @return the result
	 */
	public static <T extends @Nullable Object> CompletableFuture<T> inBackground(String name, Supplier<T> work) {
		return CompletableFuture.supplyAsync(work, (task) -> {
			Thread thread = new Thread(task, "pristine-" + name);
			thread.setDaemon(true);
			thread.start();
		});
	}

	static <T> T join(CompletableFuture<T> work) {
		try {
			return work.join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

}
