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
import java.util.function.Function;

/**
 * What may have changed, by object identifier.
 */
final class Differences {

	/** How far the server was before anything was looked at. */
	final Evidence evidence;

	/** Tables with the blocks that were written; none if these are not known. */
	final Map<Long, Set<Long>> tables = new LinkedHashMap<>();

	final Set<Long> sequences = new TreeSet<>();

	final Set<Long> views = new TreeSet<>();

	boolean largeObjects;

	/** Whether anything in the catalogs changed, be it only physically. */
	boolean schema;

	/** What a {@link CatalogLook} saw, empty if nobody looked although it matters. */
	Map<String, Object> catalogs = Map.of();

	/** Whether objects of the whole server may have changed. */
	boolean server;

	Differences(Evidence evidence) {
		this.evidence = evidence;
	}

	// Return that all contents may have changed
	static Differences everything(Catalog catalog, Evidence evidence) {
		Differences differences = new Differences(evidence);
		catalog.tables().keySet().forEach((oid) -> differences.tables.put(oid, Set.of()));
		differences.sequences.addAll(catalog.sequences().keySet());
		differences.views.addAll(catalog.views().keySet());
		differences.largeObjects = true;
		return differences;
	}

	// Return that the contents of each table, each sequence that still exists, and the
	// large objects may have changed, by their names
	static Map<String, Differences> oneByOne(Catalog catalog, Definitions present, Evidence evidence) {
		Map<String, Differences> steps = new LinkedHashMap<>();
		Function<String, Differences> step = (name) -> steps.computeIfAbsent(name, (key) -> new Differences(evidence));
		catalog.tables().forEach((oid, table) -> {
			if (present.has(oid)) {
				step.apply(table.name()).tables.put(oid, Set.of());
			}
		});
		catalog.sequences().forEach((oid, sequence) -> {
			if (present.has(oid)) {
				step.apply(sequence.name()).sequences.add(oid);
			}
		});
		step.apply("large objects").largeObjects = true;
		return steps;
	}

	// Return whether all contents are the same
	boolean isEmpty() {
		return this.tables.isEmpty() && this.sequences.isEmpty() && this.views.isEmpty() && !this.largeObjects;
	}

	// Add what differs between two baselines of the same schema
	void add(Baseline known, Baseline target) {
		if (known == target) {
			return;
		}
		target.catalog().tables().keySet().forEach((oid) -> {
			if (known.rows(oid) != target.rows(oid)) {
				this.tables.put(oid, Set.of());
			}
		});
		target.positions().forEach((oid, position) -> {
			if (!position.equals(known.positions().get(oid))) {
				this.sequences.add(oid);
			}
		});
		target.views().forEach((oid, view) -> {
			if (!view.equals(known.views().get(oid))) {
				this.views.add(oid);
			}
		});
		this.largeObjects |= !known.largeObjects().equals(target.largeObjects());
	}

}
