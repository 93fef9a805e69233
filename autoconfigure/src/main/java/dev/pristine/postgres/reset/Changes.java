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

import org.springframework.util.CollectionUtils;

/**
 * What differed from the baseline and what became of it.
 *
 * @param tables the tables, materialized views and large objects whose content was put
 * back
 * @param sequences the sequences that were set back
 * @param schema the objects that were created, altered or dropped: these stay as they
 * are, so the database should be replaced
 * @param unrestored what could not be put back although the schema is the same, and why
 * @since 0.1.0
 */
public record Changes(List<String> tables, List<String> sequences, List<String> schema, List<String> unrestored) {

	static final Changes NONE = new Changes(List.of(), List.of(), List.of(), List.of());

	/**
	 * Copy the lists.
	 */
	public Changes {
		tables = List.copyOf(tables);
		sequences = List.copyOf(sequences);
		schema = List.copyOf(schema);
		unrestored = List.copyOf(unrestored);
	}

	/**
	 * Return whether nothing differed.
	 * @return {@code true} if the database equalled the baseline
	 */
	public boolean isEmpty() {
		return this.tables.isEmpty() && this.sequences.isEmpty() && isUndone();
	}

	/**
	 * Return whether the database equals the baseline again.
	 * @return {@code false} if something is left that a reset cannot undo
	 */
	public boolean isUndone() {
		return this.schema.isEmpty() && this.unrestored.isEmpty();
	}

	/**
	 * What is being found out about the changes.
	 */
	static final class Collector {

		final List<String> tables = new ArrayList<>();

		final List<String> sequences = new ArrayList<>();

		final List<String> schema = new ArrayList<>();

		final List<String> unrestored = new ArrayList<>();

		Changes toChanges() {
			if (CollectionUtils.isEmpty(this.tables) && this.sequences.isEmpty() && this.schema.isEmpty()
					&& this.unrestored.isEmpty()) {
				return NONE;
			}
			return new Changes(this.tables, this.sequences, this.schema, this.unrestored);
		}

	}

}
