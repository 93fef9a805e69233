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

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.ResourceException;

/**
 * The wait for a server's first answer.
 */
final class Readiness {

	/** So that a question with a bound can say why it was in vain. */
	private static final Duration GRACE = Duration.ofSeconds(1);

	private final Probe probe;

	private final Duration patience;

	private String answer = "";

	Readiness(Probe probe, Duration patience) {
		this.probe = probe;
		this.patience = patience;
	}

	// What the server said of itself
	String answer() {
		return this.answer;
	}

	// In a thread of its own: a server that stands still accepts connections, and not
	// every question to it has a bound
	void await(LaunchedServer server) throws NotReadyException {
		FutureTask<@Nullable NotReadyException> wait = new FutureTask<>(() -> failure(server));
		Thread thread = new Thread(wait, "pristine-readiness");
		thread.setDaemon(true);
		thread.start();
		try {
			NotReadyException failure = wait.get(this.patience.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
			if (failure != null) {
				throw failure;
			}
		}
		catch (TimeoutException ex) {
			throw new NotReadyException("did not answer within %d s".formatted(this.patience.toSeconds()), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NotReadyException("was interrupted while it started", ex);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Error error) {
				throw error;
			}
			throw (RuntimeException) ex.getCause();
		}
		finally {
			wait.cancel(true);
		}
	}

	private @Nullable NotReadyException failure(LaunchedServer server) {
		long end = System.nanoTime() + this.patience.toNanos();
		while (true) {
			Exception reason = ask(server);
			if (reason == null) {
				return null;
			}
			if (!server.isAlive()) {
				return new NotReadyException("ended while it started", null);
			}
			if (System.nanoTime() > end || !pause()) {
				return new NotReadyException(
						"did not answer within %d s: %s".formatted(this.patience.toSeconds(), reason.getMessage()),
						reason);
			}
		}
	}

	private @Nullable Exception ask(LaunchedServer server) {
		try {
			String answer = this.probe.ask(server);
			if (answer == null) {
				return new NotReadyException("it is not ready", null);
			}
			this.answer = answer;
			return null;
		}
		catch (ResourceException ex) {
			throw ex;
		}
		catch (Exception ex) {
			return ex;
		}
	}

	private static boolean pause() {
		try {
			Thread.sleep(1);
			return true;
		}
		catch (InterruptedException ex) {
			return false;
		}
	}

}
