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

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Looks at everything, unless nobody wrote, for servers and roles with which the WAL
 * cannot be read.
 */
final class ScanDetector implements ChangeDetector {

	private final Session session;

	private final ServerObjects serverObjects;

	private final CatalogCounts catalogs;

	private @Nullable Scan scan;

	private AlteredRelations altered = new AlteredRelations(List.of());

	ScanDetector(Session session, ServerObjects serverObjects) {
		this.session = session;
		this.serverObjects = serverObjects;
		this.catalogs = new CatalogCounts(session);
	}

	// Look at the relations of this catalog from now on
	void watch(Catalog catalog) {
		this.altered = new AlteredRelations(catalog.definitions().relations());
		this.scan = null;
	}

	// Take the present catalogs for those of the known state
	void rememberCatalogs() throws SQLException {
		this.catalogs.remember(this.session);
	}

	// Take what was seen of the relations for the known state
	void acceptRelations() {
		this.altered.accept();
	}

	// The reset itself has altered relations: if nobody wrote since, it was alone
	void acceptRelations(@Nullable Evidence after) throws SQLException {
		if (look().equals(after)) {
			this.altered.accept();
		}
	}

	@Override
	public Detection detect(KnownState known) throws SQLException {
		Baseline baseline = known.baseline();
		Evidence now = this.session.evidence();
		if (now.equals(known.evidence()) && SequencePositions.unloggedStand(this.session, baseline)) {
			return new Detection(now, null);
		}
		if (this.scan == null || this.scan.baseline() != baseline) {
			this.scan = new Scan(this.session, baseline, this.catalogs, this.serverObjects, this.altered);
		}
		Differences differences = this.scan.run(known.newRows());
		MaterializedViews.read(this.session, baseline.catalog(), baseline.views().keySet()).forEach((oid, view) -> {
			if (!view.equals(baseline.views().get(oid))) {
				differences.views.add(oid);
			}
		});
		return new Detection(now, differences);
	}

	private Evidence look() throws SQLException {
		List<Evidence> found = new ArrayList<>(1);
		Batch batch = new Batch().query(this.session.evidenceSql(), (row) -> found.add(Evidence.of(row)));
		this.altered.look(batch);
		batch.run(this.session);
		return found.get(0);
	}

}
