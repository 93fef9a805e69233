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
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Statements that travel to the server in one round trip. Their parameters are strings,
 * which the server takes for the type that the statement needs.
 */
final class Batch {

	/**
	 * So many conditions are put into one statement: to plan twice as many takes more
	 * than twice the time, and once an object is altered, all are planned anew.
	 */
	private static final int TOGETHER = 50;

	private final List<String> statements = new ArrayList<>();

	private final List<Supplier<String[]>> parameters = new ArrayList<>();

	private final List<@Nullable RowHandler> rows = new ArrayList<>();

	private final List<@Nullable LongConsumer> counts = new ArrayList<>();

	private @Nullable String sql;

	// Add a statement whose result does not matter
	Batch add(String sql, String... parameters) {
		return add(sql, null, null, () -> parameters);
	}

	// Add a query; the handler is called for each row
	Batch query(String sql, RowHandler handler, String... parameters) {
		return query(sql, handler, () -> parameters);
	}

	// Add a query that has other parameters each time that the batch is run
	Batch query(String sql, RowHandler handler, Supplier<String[]> parameters) {
		return add(sql, handler, null, parameters);
	}

	// Add conditions; the handler is called with the index of each one that holds
	Batch query(List<String> conditions, IntConsumer handler) {
		for (int from = 0; from < conditions.size(); from += TOGETHER) {
			int first = from;
			List<String> some = conditions.subList(from, Math.min(conditions.size(), from + TOGETHER));
			query("SELECT ARRAY[" + String.join(",", some) + "]", (row) -> {
				Boolean[] holds = (Boolean[]) row.getArray(1).getArray();
				for (int i = 0; i < holds.length; i++) {
					if (holds[i]) {
						handler.accept(first + i);
					}
				}
			});
		}
		return this;
	}

	// Add a statement that writes; the handler is called with the number of rows
	Batch update(String sql, LongConsumer handler, String... parameters) {
		return add(sql, null, handler, () -> parameters);
	}

	private Batch add(String sql, @Nullable RowHandler row, @Nullable LongConsumer count,
			Supplier<String[]> parameters) {
		this.statements.add(sql);
		this.rows.add(row);
		this.counts.add(count);
		this.parameters.add(parameters);
		this.sql = null;
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
		if (this.sql == null) {
			this.sql = String.join(";", this.statements);
		}
		try (PreparedStatement statement = target.connection().prepareStatement(this.sql)) {
			int index = 0;
			for (Supplier<String[]> parameters : this.parameters) {
				for (String parameter : parameters.get()) {
					statement.setObject(++index, parameter, Types.OTHER);
				}
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
