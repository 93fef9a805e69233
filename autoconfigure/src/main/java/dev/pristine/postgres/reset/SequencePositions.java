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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where the sequences stand now.
 */
final class SequencePositions {

	private final Session session;

	SequencePositions(Session session) {
		this.session = session;
	}

	/**
	 * Return whether the unlogged sequences, whose use leaves no trace in the WAL, stand
	 * where they did.
	 * @param known where they stood
	 * @return whether none has moved
	 */
	boolean unloggedStand(Baseline known) throws SQLException {
		List<Sequence> unlogged = known.catalog().sequences().values().stream().filter(Sequence::unlogged).toList();
		if (unlogged.isEmpty()) {
			return true;
		}
		Map<Long, Position> now = now(unlogged);
		return unlogged.stream()
			.allMatch((sequence) -> Objects.equals(now.get(sequence.oid()), known.positions().get(sequence.oid())));
	}

	/**
	 * Leave sequences where they are, but as setval leaves them, so that the next use is
	 * seen in the WAL.
	 * @param catalog the schema
	 * @param sequences the sequences
	 * @return where they stand
	 */
	Map<Long, Position> settle(Catalog catalog, Collection<Sequence> sequences) throws SQLException {
		Map<Long, Position> positions = now(sequences);
		if (!positions.isEmpty()) {
			Batch batch = new Batch().add("BEGIN");
			Undo.setSequences(batch, this.session,
					new Baseline(catalog, Map.of(), positions, Map.of(), LargeObjects.NONE), positions.keySet());
			batch.add("COMMIT").run(this.session);
		}
		return positions;
	}

	private Map<Long, Position> now(Collection<Sequence> sequences) throws SQLException {
		Map<Long, Position> positions = new HashMap<>();
		if (!sequences.isEmpty()) {
			new Batch()
				.query(Probe.positions(this.session, sequences),
						(row) -> positions.put(row.getLong(1), new Position(row.getLong(2), row.getBoolean(3))))
				.run(this.session);
		}
		return positions;
	}

}
