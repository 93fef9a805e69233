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

package dev.pristine.resource;

import java.time.Duration;

/**
 * How long to wait for others in this JVM, look by look. Where the JVM was paused, by a
 * breakpoint or a busy machine, so were they: no look counts for more than a twentieth of
 * the time.
 *
 * @since 0.1.0
 */
public final class Patience {

	private static final int LOOKS = 20;

	private final long most;

	private long left;

	private long last = System.nanoTime();

	/**
	 * Begin to wait.
	 * @param duration how long to wait, a millisecond at least
	 */
	public Patience(Duration duration) {
		this.left = Math.max(duration.toNanos(), 1_000_000);
		this.most = this.left / LOOKS;
	}

	/**
	 * Return whether to look once more, a few milliseconds after the last time.
	 * @return whether there is time left
	 */
	public boolean lasts() {
		long now = System.nanoTime();
		this.left -= Math.min(now - this.last, this.most);
		this.last = now;
		return this.left > 0;
	}

}
