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

import dev.pristine.resource.ResourceException;

/**
 * The wait for a server's first answer.
 */
final class Readiness {

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

	void await(LaunchedServer server) throws NotReadyException {
		long end = System.nanoTime() + this.patience.toNanos();
		Exception reason = new NotReadyException("it is not ready", null);
		while (System.nanoTime() < end) {
			try {
				String answer = this.probe.ask(server);
				if (answer != null) {
					this.answer = answer;
					return;
				}
			}
			catch (ResourceException ex) {
				throw ex;
			}
			catch (Exception ex) {
				reason = ex;
			}
			if (!server.isAlive()) {
				throw new NotReadyException("ended while it started", null);
			}
			pause();
		}
		throw new NotReadyException(
				"did not answer within %d s: %s".formatted(this.patience.toSeconds(), reason.getMessage()), reason);
	}

	private static void pause() throws NotReadyException {
		try {
			Thread.sleep(1);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NotReadyException("was interrupted while it started", ex);
		}
	}

}
