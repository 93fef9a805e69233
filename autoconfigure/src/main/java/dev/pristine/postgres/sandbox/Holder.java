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

package dev.pristine.postgres.sandbox;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Somebody who has or keeps the {@link ConnectionLock}, or wants it.
 *
 * @param connection the logical connection it is for
 * @param thread the thread
 * @param statement what it is for
 * @param since when it was wanted
 */
record Holder(Object connection, Thread thread, String statement, long since) {

	/**
	 * Return whether those who keep the lock let this one in.
	 * @param keepers those who keep it
	 * @return whether there are none, or one is of the same thread or connection
	 */
	boolean mayEnter(List<Holder> keepers) {
		return keepers.isEmpty() || keepers.stream()
			.anyMatch((keeper) -> this.connection == keeper.connection || this.thread == keeper.thread);
	}

	/**
	 * Return whether another thread, which lives, is meant.
	 * @return whether it is worth waiting for
	 */
	boolean isOther() {
		return this.thread != Thread.currentThread() && this.thread.isAlive();
	}

	String description() {
		return "thread '" + this.thread.getName() + "'" + (this.thread.isAlive() ? "" : " (which has ended)") + ", ["
				+ this.statement + "], for " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.since) + " ms"
				+ Stack.of(this.thread.getStackTrace());
	}

}
