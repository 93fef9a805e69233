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

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Who uses the connection of all.
 *
 * @param thread the thread
 * @param statement what it runs, or has run last
 */
record Holder(Thread thread, String statement) {

	/** How many lines of a stack a message has. */
	private static final int DEPTH = 30;

	private static final String OWN = Holder.class.getPackageName() + ".";

	/**
	 * Return whether another one is worth waiting for.
	 * @param other who keeps the connection
	 * @return whether that is another thread, which lives
	 */
	boolean waitsFor(Holder other) {
		return other.thread != this.thread && other.thread.isAlive();
	}

	/**
	 * Describe it, with what the thread does now.
	 * @return several lines
	 */
	String description() {
		return this + (this.thread.isAlive() ? "" : " (which has ended)") + stack(this.thread.getStackTrace());
	}

	/**
	 * Describe the calls that led to the sandbox.
	 * @param elements innermost first
	 * @return a line for each, beginning with a line separator
	 */
	static String stack(StackTraceElement[] elements) {
		return Arrays.stream(elements)
			.dropWhile((element) -> isBelowCaller(element.getClassName()))
			.limit(DEPTH)
			.map((element) -> System.lineSeparator() + "\tat " + element)
			.collect(Collectors.joining());
	}

	private static boolean isBelowCaller(String type) {
		return type.equals("java.lang.Thread")
				|| (type.startsWith(OWN) && !type.endsWith("Tests") && !type.contains("Tests$"))
				|| type.startsWith("jdk.proxy") || type.startsWith("jdk.internal.reflect.");
	}

	@Override
	public String toString() {
		return "[" + this.statement + "] of thread '" + this.thread.getName() + "'";
	}

}
