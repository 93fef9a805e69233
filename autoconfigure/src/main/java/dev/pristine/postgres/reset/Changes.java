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

import java.util.ArrayList;
import java.util.List;

/**
 * What differed from the baseline and what became of it.
 *
 * @param tables the tables, materialized views and large objects whose content was put
 * back
 * @param sequences the sequences that were set back
 * @param schema the objects that were created, altered or dropped: these stay as they
 * are, so the database should be replaced
 * @param unrestored what could not be put back although the schema is the same, and why
 * @param rewritten tables of which so many rows have changed that a copy of the database
 * is sooner there: these stay as they are, so it should be replaced
 * @param sessions the sessions and prepared transactions that had written something, did
 * not end in time and were cut off
 * @param leftovers objects that are kept with the server and are new or altered: those of
 * this database are removed, others stay; each is named once
 * @since 0.1.0
 */
public record Changes(List<String> tables, List<String> sequences, List<String> schema, List<String> unrestored,
		List<String> rewritten, List<String> sessions, List<String> leftovers) {

	static Changes none() {
		return new Changes(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
				new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
	}

	/**
	 * Return whether nothing differed.
	 * @return {@code true} if the database equalled the baseline
	 */
	public boolean isEmpty() {
		return this.tables.isEmpty() && this.sequences.isEmpty() && this.sessions.isEmpty() && this.leftovers.isEmpty()
				&& isUndone();
	}

	/**
	 * Return whether the database equals the baseline again.
	 * @return {@code false} if something is left that a reset cannot undo
	 */
	public boolean isUndone() {
		return this.schema.isEmpty() && this.unrestored.isEmpty() && this.rewritten.isEmpty();
	}

	// Take note of content that was put back
	void undone(String what) {
		if (!this.tables.contains(what)) {
			this.tables.add(what);
		}
	}

}
