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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.ResourceException;

/**
 * The wait for a server's first answer.
 */
final class Readiness {

	private final Probe probe;

	private final Duration patience;

	private volatile String answer = "";

	private volatile String reason = "it is not ready";

	Readiness(Probe probe, Duration patience) {
		this.probe = probe;
		this.patience = patience;
	}

	// What the server said of itself
	String answer() {
		return this.answer;
	}

	/**
	 * Wait for the answer, in the background: a server that stands still accepts
	 * connections, and not every question to it has a bound.
	 * @param server the server
	 * @return why there was none, or {@code null} if the server can be used
	 * @throws ResourceException if the server never will be ready
	 */
	@Nullable String await(LaunchedServer server) {
		boolean ready = Servers.join(Servers.inBackground("readiness", () -> answers(server))
			.completeOnTimeout(false, this.patience.toMillis(), TimeUnit.MILLISECONDS));
		if (!server.isAlive()) {
			return "ended while it started";
		}
		return ready ? null : "did not answer within %d s: %s".formatted(this.patience.toSeconds(), this.reason);
	}

	private boolean answers(LaunchedServer server) {
		long end = System.nanoTime() + this.patience.toNanos();
		do {
			try {
				@Nullable String answer = this.probe.ask(server);
				if (answer != null) {
					this.answer = answer;
					return true;
				}
			}
			catch (ResourceException ex) {
				throw ex;
			}
			catch (Exception ex) {
				this.reason = String.valueOf(ex.getMessage());
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
		}
		while (System.nanoTime() < end && server.isAlive());
		return false;
	}

}
