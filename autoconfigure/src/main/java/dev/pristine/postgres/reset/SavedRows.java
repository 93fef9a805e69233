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

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rows of a table at a baseline, in a temporary table of the reset's session. With
 * each row it keeps the place and the writer ({@code ctid} and {@code xmin}) that the row
 * has in the table: a row of the table that has both is the row of the baseline,
 * untouched. So only rows that were written, moved or deleted are put back.
 */
final class SavedRows {

	/** From so many rows on, only the blocks that were written are looked at. */
	private static final int LARGE = 500;

	/** Whether the table has row c of the copy, or the copy has row t of the table. */
	private static final String SAME = "t.ctid = c.place AND t.xmin = c.writer";

	/** The places of rows in blocks; a page of 8 kB has no more than 291. */
	private static final String PLACES = " = ANY (ARRAY(SELECT ('(' || b || ',' || i || ')')::tid"
			+ " FROM unnest(CAST(? AS bigint[])) b, generate_series(1, 291) i)) AND ";

	/** With more blocks than this, the whole table is looked at. */
	private static final int MANY_BLOCKS = 200;

	private static final AtomicLong NUMBER = new AtomicLong();

	private final Table table;

	private final String copy = "pg_temp.pristine_rows_" + NUMBER.incrementAndGet();

	private long count;

	SavedRows(Table table) {
		this.table = table;
	}

	Table table() {
		return this.table;
	}

	String copy() {
		return this.copy;
	}

	long count() {
		return this.count;
	}

	// Copy all rows
	void save(Batch batch) {
		save(batch, this.table.name(), this.table.columns());
	}

	/**
	 * Copy all rows of another table: none of them is here yet.
	 * @param from the name of the table
	 * @param values what makes the columns of this one from those of the other
	 */
	void save(Batch batch, String from, List<String> values) {
		String names = IntStream.range(0, this.table.columns().size())
			.mapToObj((i) -> ", c" + i)
			.collect(Collectors.joining());
		batch
			.update("CREATE TEMP TABLE " + this.copy.substring(8) + " (place, writer" + names + ") AS SELECT ctid, xmin"
					+ values.stream().map((value) -> ", " + value).collect(Collectors.joining()) + " FROM ONLY " + from,
					(count) -> this.count = count);
	}

	// Make rows easy to find
	void index(Batch batch) {
		if (this.count > LARGE) {
			batch.add("CREATE INDEX ON " + this.copy + " (place)").add("ANALYZE " + this.copy);
		}
	}

	// Return a condition: whether the table has other rows
	String differs() {
		return "(SELECT count(*) FROM ONLY " + this.table + " t JOIN " + this.copy + " c ON " + SAME + ") <> "
				+ this.count + " OR (SELECT count(*) FROM ONLY " + this.table + ") <> " + this.count;
	}

	/**
	 * Delete the rows that do not belong there.
	 * @param blocks where they are, empty if that is not known
	 */
	void delete(Batch batch, Set<Long> blocks, LongConsumer count) {
		boolean some = isSome(blocks);
		batch.update(
				"DELETE FROM ONLY " + this.table + " t WHERE " + (some ? "t.ctid" + PLACES : "")
						+ "NOT EXISTS (SELECT FROM " + this.copy + " c WHERE " + SAME + ")",
				count, some ? new String[] { array(blocks) } : new String[0]);
	}

	/**
	 * Put the rows back that are missing, and take note of their new places.
	 * @param blocks where they were, empty if that is not known
	 */
	void insert(Batch batch, Set<Long> blocks, LongConsumer count) {
		boolean some = isSome(blocks);
		String names = IntStream.range(0, this.table.columns().size())
			.mapToObj((i) -> "c" + i)
			.collect(Collectors.joining(", "));
		String columns = columns("").isEmpty() ? "" : columns("").substring(2);
		String into = columns.isEmpty() ? "" : " (" + columns + ") OVERRIDING SYSTEM VALUE";
		batch.update(
				"WITH missing AS (DELETE FROM " + this.copy + " c WHERE " + (some ? "c.place" + PLACES : "")
						+ "NOT EXISTS (SELECT FROM ONLY " + this.table + " t WHERE " + SAME + ") RETURNING c.*),"
						+ " back AS (INSERT INTO " + this.table + into + " SELECT " + names
						+ " FROM missing RETURNING ctid" + columns("") + ") INSERT INTO " + this.copy
						+ " SELECT ctid, pg_current_xact_id()::xid" + columns("") + " FROM back",
				count, some ? new String[] { array(blocks) } : new String[0]);
	}

	// Return whether only some blocks have to be looked at
	boolean isSome(Set<Long> blocks) {
		return this.count > LARGE && !blocks.isEmpty() && blocks.size() <= MANY_BLOCKS;
	}

	private String columns(String prefix) {
		return this.table.columns().stream().map((column) -> ", " + prefix + column).collect(Collectors.joining());
	}

	private static String array(Set<Long> blocks) {
		return blocks.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
	}

}
