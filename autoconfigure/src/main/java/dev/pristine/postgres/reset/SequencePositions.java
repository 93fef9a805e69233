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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Where sequences stand, read and set.
 */
final class SequencePositions {

	private SequencePositions() {
	}

	static Map<Long, Position> read(Session session, List<Sequence> sequences) throws SQLException {
		Map<Long, Position> positions = new HashMap<>();
		Batch batch = new Batch();
		if (session.version() < 180000) {
			sequences.forEach((sequence) -> batch.query("SELECT last_value, is_called FROM " + sequence.name(),
					(row) -> positions.put(sequence.oid(), new Position(row.getLong(1), row.getBoolean(2)))));
		}
		else {
			batch.query(
					"SELECT s::bigint, (d).last_value, (d).is_called FROM (SELECT s, pg_get_sequence_data(s::regclass)"
							+ " FROM unnest(" + Session.array(oids(sequences)) + ") s OFFSET 0) AS data(s, d)",
					(row) -> positions.put(row.getLong(1), new Position(row.getLong(2), row.getBoolean(3))));
		}
		batch.run(session);
		return positions;
	}

	// Add a look for sequences that stand elsewhere to a batch
	static void compare(Batch batch, Session session, List<Sequence> sequences, Map<Long, Position> positions,
			LongConsumer moved) {
		if (session.version() < 180000) {
			batch.query(sequences.stream().map((sequence) -> {
				Position position = Objects.requireNonNull(positions.get(sequence.oid()));
				return "EXISTS(SELECT FROM " + sequence.name() + " WHERE last_value <> " + position.last()
						+ " OR is_called <> " + position.called() + ")";
			}).toList(), (i) -> moved.accept(sequences.get(i).oid()));
		}
		else if (!sequences.isEmpty()) {
			batch.query(
					"SELECT s::bigint FROM (SELECT s, v, c, pg_get_sequence_data(s::regclass) FROM unnest("
							+ Session.array(oids(sequences)) + ", '" + array(sequences, positions, Position::last)
							+ "'::bigint[], '" + array(sequences, positions, Position::called)
							+ "'::boolean[]) u(s, v, c) OFFSET 0) AS data(s, v, c, d)"
							+ " WHERE (d).last_value IS DISTINCT FROM v OR (d).is_called IS DISTINCT FROM c",
					(row) -> moved.accept(row.getLong(1)));
		}
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
		List<Sequence> sequences = catalog.sequences()
			.values()
			.stream()
			.filter((sequence) -> positions.containsKey(sequence.oid()))
			.toList();
		if (sequences.isEmpty()) {
			return;
		}
		compare(batch, session, sequences, positions, moved);
		sequences.stream()
			.filter(Sequence::cached)
			.forEach((sequence) -> batch.add("ALTER SEQUENCE " + sequence.name() + " RESTART"));
		batch.add(
				"SELECT setval(s::regclass, v, c) FROM unnest(" + Session.array(oids(sequences))
						+ ", CAST(? AS bigint[]), CAST(? AS boolean[])) u(s, v, c)",
				array(sequences, positions, Position::last), array(sequences, positions, Position::called));
	}

	private static List<Long> oids(List<Sequence> sequences) {
		return sequences.stream().map(Sequence::oid).toList();
	}

	private static String array(List<Sequence> sequences, Map<Long, Position> positions,
			Function<Position, Object> value) {
		return sequences.stream()
			.map((sequence) -> Objects.requireNonNull(positions.get(sequence.oid())))
			.map((position) -> value.apply(position).toString())
			.collect(Collectors.joining(",", "{", "}"));
	}

}
