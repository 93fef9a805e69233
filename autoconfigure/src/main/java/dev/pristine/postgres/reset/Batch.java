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
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Statements that travel to the server in one round trip. Their parameters are strings,
 * which the server takes for the type that the statement needs.
 */
final class Batch {

	/**
	 * So many queries are put into one statement: to plan twice as many takes more than
	 * twice the time, and once an object is altered, all are planned anew.
	 */
	private static final int TOGETHER = 50;

	private final List<Step> steps = new ArrayList<>();

	// Add a statement whose result does not matter
	Batch add(String sql, String... parameters) {
		return update(sql, (count) -> {
		}, parameters);
	}

	// Add a query; the handler is called for each row
	Batch query(String sql, RowCallbackHandler handler, String... parameters) {
		this.steps.add(new Step(sql, List.of(parameters), handler, (count) -> {
		}));
		return this;
	}

	// Add many queries; the handler is called for each row
	void union(List<String> queries, RowCallbackHandler handler) {
		for (int from = 0; from < queries.size(); from += TOGETHER) {
			query(String.join(" UNION ALL ", queries.subList(from, Math.min(queries.size(), from + TOGETHER))),
					handler);
		}
	}

	// Add a condition for each object; the handler is called for each whose one holds
	Batch holding(List<Long> oids, Function<Long, String> condition, RowCallbackHandler handler) {
		for (int from = 0; from < oids.size(); from += TOGETHER) {
			List<Long> some = oids.subList(from, Math.min(oids.size(), from + TOGETHER));
			query("SELECT oid::bigint FROM unnest(" + array(some) + ", ARRAY["
					+ some.stream().map(condition).collect(Collectors.joining(","))
					+ "]) AS conditions(oid, holds) WHERE holds", handler);
		}
		return this;
	}

	// Add a statement that writes; the handler is called with the number of rows
	Batch update(String sql, LongConsumer handler, String... parameters) {
		this.steps.add(new Step(sql, List.of(parameters), (row) -> {
		}, handler));
		return this;
	}

	// Send the statements. Driver and server keep them prepared under their text, so
	// what is repeated is parsed and planned once.
	void run(Target target) throws SQLException {
		if (this.steps.isEmpty()) {
			return;
		}
		String sql = this.steps.stream().map(Step::sql).collect(Collectors.joining(";"));
		try (PreparedStatement statement = target.connection().prepareStatement(sql)) {
			int index = 0;
			for (Step step : this.steps) {
				for (String parameter : step.parameters) {
					statement.setObject(++index, parameter, Types.OTHER);
				}
			}
			statement.execute();
			for (Step step : this.steps) {
				try (ResultSet result = statement.getResultSet()) {
					while (result != null && result.next()) {
						step.rows.processRow(result);
					}
				}
				step.count.accept(statement.getLargeUpdateCount());
				statement.getMoreResults();
			}
		}
	}

	static String array(Collection<Long> oids) {
		return oids.stream().map(String::valueOf).collect(Collectors.joining(",", "'{", "}'::oid[]"));
	}

	/**
	 * Where statements are sent to.
	 */
	interface Target {

		Connection connection();

	}

	/**
	 * A statement, and who takes its rows or their number.
	 */
	private record Step(String sql, List<String> parameters, RowCallbackHandler rows, LongConsumer count) {

	}

}
