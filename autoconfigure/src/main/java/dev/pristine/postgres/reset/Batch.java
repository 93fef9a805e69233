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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Statements that travel to the server in one round trip. Their parameters are strings,
 * which the server takes for the type that the statement needs.
 */
final class Batch {

	/**
	 * So many objects are looked at with one statement: to plan twice as many takes more
	 * than twice the time, and once one of them is altered, all are planned anew.
	 */
	private static final int TOGETHER = 50;

	private final List<String> statements = new ArrayList<>();

	private final List<String> parameters = new ArrayList<>();

	private final List<@Nullable RowHandler> rows = new ArrayList<>();

	private final List<@Nullable LongConsumer> counts = new ArrayList<>();

	// Return the parts of a list for which there is a statement each
	static <T> List<List<T>> parts(List<T> all) {
		List<List<T>> parts = new ArrayList<>();
		for (int from = 0; from < all.size(); from += TOGETHER) {
			parts.add(all.subList(from, Math.min(all.size(), from + TOGETHER)));
		}
		return parts;
	}

	// Add a statement whose result does not matter
	Batch add(String sql, String... parameters) {
		return add(sql, null, null, parameters);
	}

	// Add a query; the handler is called for each row
	Batch query(String sql, RowHandler handler, String... parameters) {
		return add(sql, handler, null, parameters);
	}

	// Add a statement that writes; the handler is called with the number of rows
	Batch update(String sql, LongConsumer handler, String... parameters) {
		return add(sql, null, handler, parameters);
	}

	private Batch add(String sql, @Nullable RowHandler row, @Nullable LongConsumer count, String[] parameters) {
		this.statements.add(sql);
		this.rows.add(row);
		this.counts.add(count);
		this.parameters.addAll(Arrays.asList(parameters));
		return this;
	}

	boolean isEmpty() {
		return this.statements.isEmpty();
	}

	// Send the statements. Driver and server keep them prepared under their text, so
	// what is repeated is parsed and planned once.
	void run(Target target) throws SQLException {
		if (isEmpty()) {
			return;
		}
		try (PreparedStatement statement = target.connection().prepareStatement(String.join(";", this.statements))) {
			for (int i = 0; i < this.parameters.size(); i++) {
				statement.setObject(i + 1, this.parameters.get(i), Types.OTHER);
			}
			boolean rows = statement.execute();
			for (int i = 0; i < this.statements.size(); i++) {
				if (rows) {
					handle(statement, this.rows.get(i));
				}
				LongConsumer count = this.counts.get(i);
				if (count != null) {
					count.accept(statement.getLargeUpdateCount());
				}
				rows = statement.getMoreResults();
			}
		}
	}

	private void handle(PreparedStatement statement, @Nullable RowHandler handler) throws SQLException {
		try (ResultSet result = statement.getResultSet()) {
			while (handler != null && result.next()) {
				handler.handle(result);
			}
		}
	}

	/**
	 * Takes a row.
	 */
	interface RowHandler {

		void handle(ResultSet row) throws SQLException;

	}

	/**
	 * Where statements are sent to.
	 */
	interface Target {

		Connection connection();

	}

}
