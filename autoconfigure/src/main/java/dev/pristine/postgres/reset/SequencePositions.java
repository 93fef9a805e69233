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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Where sequences stand, read and set.
 */
final class SequencePositions {

	private SequencePositions() {
	}

	// Add a look at where sequences stand to a batch
	private static void look(Batch batch, Session session, Collection<Sequence> sequences,
			BiConsumer<Long, Position> found) {
		RowCallbackHandler handler = (row) -> found.accept(row.getLong(1),
				new Position(row.getLong(2), row.getBoolean(3)));
		if (session.version() < 180000) {
			batch.union(sequences.stream()
				.map((sequence) -> "SELECT " + sequence.oid() + "::bigint, last_value, is_called FROM "
						+ sequence.name())
				.toList(), handler);
		}
		else if (!sequences.isEmpty()) {
			batch.query(
					"SELECT s::bigint, (d).last_value, (d).is_called FROM (SELECT s, pg_get_sequence_data(s::regclass)"
							+ " FROM unnest(" + Batch.array(sequences.stream().map(Sequence::oid).toList())
							+ ") s OFFSET 0) AS data(s, d)",
					handler);
		}
	}

	static Map<Long, Position> read(Session session, Collection<Sequence> sequences) throws SQLException {
		Map<Long, Position> positions = new HashMap<>();
		Batch batch = new Batch();
		look(batch, session, sequences, positions::put);
		batch.run(session);
		return positions;
	}

	// Add a look for sequences that stand elsewhere to a batch
	static void compare(Batch batch, Session session, Collection<Sequence> sequences, Map<Long, Position> positions,
			LongConsumer moved) {
		look(batch, session, sequences, (oid, position) -> {
			if (!position.equals(positions.get(oid))) {
				moved.accept(oid);
			}
		});
	}

	/**
	 * Return whether the unlogged sequences, whose use leaves no trace in the WAL, stand
	 * where they did.
	 * @param known where they stood
	 * @return whether none has moved
	 */
	static boolean unloggedStand(Session session, Baseline known) throws SQLException {
		Set<Long> moved = new HashSet<>();
		Batch batch = new Batch();
		compare(batch, session, known.catalog().sequences().values().stream().filter(Sequence::unlogged).toList(),
				known.positions(), moved::add);
		batch.run(session);
		return moved.isEmpty();
	}

	/**
	 * Set sequences as {@code setval} leaves them, so that the next use is seen in the
	 * WAL. A sequence of which sessions keep values gets a new file as well, which makes
	 * them forget these.
	 * @param moved is called for those that stood elsewhere
	 */
	static void set(Batch batch, Session session, Catalog catalog, Map<Long, Position> positions, LongConsumer moved) {
		List<Long> oids = new ArrayList<>();
		List<Position> to = new ArrayList<>();
		List<Sequence> sequences = new ArrayList<>();
		catalog.sequences().forEach((oid, sequence) -> {
			Position position = positions.get(oid);
			if (position != null) {
				oids.add(oid);
				to.add(position);
				sequences.add(sequence);
			}
		});
		if (sequences.isEmpty()) {
			return;
		}
		compare(batch, session, sequences, positions, moved);
		sequences.stream()
			.filter(Sequence::cached)
			.forEach((sequence) -> batch.add("ALTER SEQUENCE " + sequence.name() + " RESTART"));
		batch.add(
				"SELECT setval(s::regclass, v, c) FROM unnest(" + Batch.array(oids)
						+ ", CAST(? AS bigint[]), CAST(? AS boolean[])) u(s, v, c)",
				array(to, Position::last), array(to, Position::called));
	}

	private static String array(List<Position> positions, Function<Position, Object> value) {
		return positions.stream()
			.map((position) -> value.apply(position).toString())
			.collect(Collectors.joining(",", "{", "}"));
	}

}
