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

import org.jspecify.annotations.Nullable;

/**
 * Something that an application does, and how it turns out in TRANSACTION mode compared
 * to production. In TRUNCATE mode everything is the same.
 *
 * @param name what the application does
 * @param outcome how it turns out
 * @param report what the log or the exception says if it is not the same
 * @param program the doing
 */
record Situation(String name, Outcome outcome, @Nullable String report, Program program) {

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * Return the row of the documentation's table.
	 * @return a row in Markdown
	 */
	String row() {
		String transaction = switch (this.outcome) {
			case SAME -> "same";
			case OVERLAP -> "overlap" + ((this.report != null) ? ": \"" + this.report + "\"" : "");
			case DIFFERS ->
				(this.report != null) ? "differs: warning \"" + this.report + "\"" : "differs, not detected";
			case REFUSED -> "refused: \"" + this.report + "\"";
		};
		return "| " + this.name + " | " + transaction + " | same |";
	}

	/**
	 * How a situation turns out.
	 */
	enum Outcome {

		/**
		 * Same results, SQLSTATEs and events.
		 */
		SAME,

		/**
		 * The test is told that work overlaps, and may come out otherwise.
		 */
		OVERLAP,

		/**
		 * Something else happens, and the log says so.
		 */
		DIFFERS,

		/**
		 * An exception says what to do.
		 */
		REFUSED

	}

	/**
	 * A program that may be run in any world.
	 */
	@FunctionalInterface
	interface Program {

		void run(World world) throws Exception;

	}

}
