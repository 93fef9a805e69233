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

package dev.pristine.postgres.reset;

import java.util.List;

/**
 * A table that holds rows of its own: an ordinary table or a leaf of a partitioned one.
 *
 * @param oid the table's object identifier
 * @param name its qualified name, quoted where needed
 * @param referenced whether a foreign key of another table points to it, so that it
 * cannot be truncated alone
 * @param unlogged whether it changes without leaving a trace in the WAL
 * @param heap whether its rows are in the file whose size the server tells
 * @param guards what keeps its triggers, rules and policies from interfering
 * @param filtered whether row security hides rows even from its owner
 * @param columns the columns that can be written, quoted where needed
 */
record Table(long oid, String name, boolean referenced, boolean unlogged, boolean heap, List<Guard> guards,
		boolean filtered, List<String> columns) {

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * Something that would interfere, and how it is switched off and on again.
	 *
	 * @param off the statement that disables it
	 * @param on the statement that puts it back
	 */
	record Guard(String off, String on) {

	}

}
