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

package com.example.benchmark.side;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.example.benchmark.work.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The floor of a reset after real commits: ask whether anything was written, if so which
 * tables, and delete from those.
 */
class FloorDelete extends FloorTests {

	private static final List<String> TABLES = Schema.current().empty();

	private static final String PROBE = IntStream.range(0, TABLES.size())
		.mapToObj((i) -> "SELECT " + i + " WHERE EXISTS (SELECT FROM " + TABLES.get(i) + ")")
		.collect(Collectors.joining(" UNION ALL "));

	private static long clean;

	@BeforeEach
	void remember() throws SQLException {
		if (clean == 0) {
			clean = position();
		}
	}

	@AfterEach
	void delete() throws SQLException {
		if (position() != clean) {
			List<String> dirty = dirtyTables();
			if (!dirty.isEmpty()) {
				// The last table refers to the one before it
				String delete = IntStream.rangeClosed(1, dirty.size())
					.mapToObj((i) -> "DELETE FROM " + dirty.get(dirty.size() - i) + "; ")
					.collect(Collectors.joining());
				prepared(delete + resetSequences(dirty)).execute();
			}
			clean = position();
		}
	}

	private static List<String> dirtyTables() throws SQLException {
		List<String> dirty = new ArrayList<>();
		try (ResultSet tables = prepared(PROBE).executeQuery()) {
			while (tables.next()) {
				dirty.add(TABLES.get(tables.getInt(1)));
			}
		}
		return dirty;
	}

	private static long position() throws SQLException {
		try (ResultSet position = prepared("SELECT pg_current_wal_insert_lsn() - '0/0'").executeQuery()) {
			position.next();
			return position.getLong(1);
		}
	}

}
