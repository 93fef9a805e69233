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
 * How long to wait for others in this JVM. Time alone does not end the wait: where the
 * JVM was paused, by a breakpoint or a busy machine, so were they.
 *
 * @since 0.1.0
 */
public final class Patience {

	private static final int LOOKS = 20;

	private final long deadline;

	private int looks;

	/**
	 * Begin to wait.
	 * @param duration how long to wait
	 */
	public Patience(Duration duration) {
		this.deadline = System.nanoTime() + duration.toNanos();
	}

	/**
	 * Return whether to look once more, a few milliseconds after the last time.
	 * @return whether there is time left, or there were fewer than twenty looks
	 */
	public boolean lasts() {
		return this.looks++ < LOOKS || System.nanoTime() < this.deadline;
	}

}
