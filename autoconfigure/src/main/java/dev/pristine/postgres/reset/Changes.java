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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

	/**
	 * Copy the lists.
	 */
	public Changes {
		tables = List.copyOf(tables);
		sequences = List.copyOf(sequences);
		schema = List.copyOf(schema);
		unrestored = List.copyOf(unrestored);
		rewritten = List.copyOf(rewritten);
		sessions = List.copyOf(sessions);
		leftovers = List.copyOf(leftovers);
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

	/**
	 * What is being found out about the changes.
	 */
	static final class Collector {

		final Set<String> tables = new LinkedHashSet<>();

		final List<String> sequences = new ArrayList<>();

		final List<String> schema = new ArrayList<>();

		final List<String> unrestored = new ArrayList<>();

		final List<String> rewritten = new ArrayList<>();

		final List<String> sessions = new ArrayList<>();

		final List<String> leftovers = new ArrayList<>();

		Changes toChanges() {
			return new Changes(List.copyOf(this.tables), this.sequences, this.schema, this.unrestored, this.rewritten,
					this.sessions, this.leftovers);
		}

	}

}
