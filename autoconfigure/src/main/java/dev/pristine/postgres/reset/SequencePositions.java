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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Where sequences stand, read and set.
 */
final class SequencePositions {

	private SequencePositions() {
	}

	// Add a look at the positions of sequences to a batch
	static void read(Batch batch, Session session, List<Sequence> sequences, BiConsumer<Long, Position> handler) {
		if (sequences.isEmpty()) {
			return;
		}
		boolean function = session.version() >= 180000;
		for (List<Sequence> some : function ? List.of(sequences) : Batch.parts(sequences)) {
			batch.query(function
					? "SELECT s::bigint, (d).last_value, (d).is_called FROM (SELECT s, pg_get_sequence_data(s::regclass)"
							+ " FROM unnest(" + Session.array(some.stream().map(Sequence::oid).toList())
							+ ") s OFFSET 0) AS data(s, d)"
					: some.stream()
						.map((sequence) -> "SELECT " + sequence.oid() + "::bigint, last_value, is_called FROM "
								+ sequence.name())
						.collect(Collectors.joining(" UNION ALL ")),
					(row) -> handler.accept(row.getLong(1), new Position(row.getLong(2), row.getBoolean(3))));
		}
	}

	static Map<Long, Position> read(Session session, List<Sequence> sequences) throws SQLException {
		Map<Long, Position> positions = new HashMap<>();
		Batch batch = new Batch();
		read(batch, session, sequences, positions::put);
		batch.run(session);
		return positions;
	}

	/**
	 * Return whether the unlogged sequences, whose use leaves no trace in the WAL, stand
	 * where they did.
	 * @param known where they stood
	 * @return whether none has moved
	 */
	static boolean unloggedStand(Session session, Baseline known) throws SQLException {
		List<Sequence> unlogged = known.catalog().sequences().values().stream().filter(Sequence::unlogged).toList();
		Map<Long, Position> now = read(session, unlogged);
		return unlogged.stream()
			.allMatch((sequence) -> Objects.equals(now.get(sequence.oid()), known.positions().get(sequence.oid())));
	}

	/**
	 * Set sequences as {@code setval} leaves them, so that the next use is seen in the
	 * WAL. A sequence of which sessions keep values gets a new file as well, which makes
	 * them forget these.
	 * @param moved is called for those that stood elsewhere
	 */
	static void set(Batch batch, Session session, Catalog catalog, Map<Long, Position> positions, LongConsumer moved) {
		List<Sequence> sequences = catalog.sequences()
			.values()
			.stream()
			.filter((sequence) -> positions.containsKey(sequence.oid()))
			.toList();
		if (sequences.isEmpty()) {
			return;
		}
		read(batch, session, sequences, (oid, position) -> {
			if (!position.equals(positions.get(oid))) {
				moved.accept(oid);
			}
		});
		StringBuilder values = new StringBuilder("{");
		StringBuilder called = new StringBuilder("{");
		for (Sequence sequence : sequences) {
			if (sequence.cached()) {
				batch.add("ALTER SEQUENCE " + sequence.name() + " RESTART");
			}
			Position position = Objects.requireNonNull(positions.get(sequence.oid()));
			values.append((values.length() > 1) ? "," : "").append(position.last());
			called.append((called.length() > 1) ? "," : "").append(position.called());
		}
		batch.add(
				"SELECT setval(s::regclass, v, c) FROM unnest("
						+ Session.array(sequences.stream().map(Sequence::oid).toList())
						+ ", CAST(? AS bigint[]), CAST(? AS boolean[])) u(s, v, c)",
				values.append('}').toString(), called.append('}').toString());
	}

}
