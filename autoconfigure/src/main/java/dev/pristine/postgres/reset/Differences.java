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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What changed, by object identifier.
 */
final class Differences {

	/** Tables, and whether it is enough to remove the new rows. */
	final Map<Long, Boolean> tables = new LinkedHashMap<>();

	final Set<Long> sequences = new TreeSet<>();

	/** Sequences that stand where they did, but may have gone round meanwhile. */
	final Set<Long> cycled = new TreeSet<>();

	final Set<Long> views = new TreeSet<>();

	boolean largeObjects;

	/** Whether anything in the catalogs changed, be it only physically. */
	boolean schema;

	boolean isEmpty() {
		return this.tables.isEmpty() && this.sequences.isEmpty() && this.views.isEmpty() && !this.largeObjects
				&& !this.schema;
	}

}
