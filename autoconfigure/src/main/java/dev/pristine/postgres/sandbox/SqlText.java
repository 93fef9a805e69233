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

package dev.pristine.postgres.sandbox;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/**
 * What the leading words of an SQL text tell: that it is no transaction command, and
 * whether it may change the schema. Nothing else is read out of a text that the outcome
 * of a statement depends on.
 *
 * @param text one or more statements
 * @param plain whether all of them query or change rows
 */
record SqlText(String text, boolean plain) {

	/**
	 * Something that the driver asks the server for.
	 */
	static final SqlText UNNAMED = new SqlText("", true);

	private static final Set<String> PLAIN = Set.of("", "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "SET",
			"VALUES", "TABLE", "FETCH", "MOVE", "CLOSE", "DECLARE", "SHOW", "EXPLAIN", "COPY", "LOCK");

	/**
	 * What would begin or end a transaction or a savepoint, or change the isolation
	 * level, past the connection's methods. {@code SET TRANSACTION READ ONLY} ends with
	 * the savepoint that a transaction is.
	 */
	private static final Pattern TRANSACTION_COMMAND = Pattern.compile(
			"(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE TRANSACTION|SET SESSION CHARACTERISTICS"
					+ "|SET (LOCAL |SESSION )?TRANSACTION(?! READ (ONLY|WRITE)$))\\b.*");

	// The driver sets no savepoint before it
	private static final Pattern TRANSACTION_SETTING = Pattern.compile("\\s*SET\\s+((LOCAL|SESSION)\\s+)?TRANSACTION.*",
			Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private static final Pattern NEXT = Pattern
		.compile("\\G(?:[\\s(,;]++|--.*+|(?<comment>/\\*)|(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*+))");

	private static final int LONGEST_COMMAND = 6;

	/**
	 * Read a text, in a time that grows with its length.
	 * @param text one or more statements
	 * @return what it is
	 * @throws SQLException if it has a transaction command
	 */
	static SqlText of(String text) throws SQLException {
		boolean plain = true;
		for (String statement : split(text)) {
			String words = leadingWords(statement);
			if (TRANSACTION_COMMAND.matcher(words).matches()) {
				throw SandboxException.refusal(
						"TRANSACTION mode begins and ends transactions with the methods of a"
								+ " connection only, not with statements: [" + text + "]",
						"use setAutoCommit, commit, rollback, setSavepoint, setTransactionIsolation and setReadOnly, or "
								+ SandboxException.REMEDY);
			}
			plain &= PLAIN.contains(words.split(" ", 2)[0]);
		}
		return new SqlText(text, plain);
	}

	/**
	 * Return whether a failure would abort the test's transaction, and success last until
	 * its end, unless there is a savepoint.
	 * @return whether it sets the transaction
	 */
	boolean setsTransaction() {
		return TRANSACTION_SETTING.matcher(this.text).matches();
	}

	private static List<String> split(String text) throws SQLException {
		if (text.indexOf(';') < 0) {
			return List.of(text);
		}
		List<String> statements = new ArrayList<>();
		for (NativeQuery query : Parser.parseJdbcSql(text, true, false, true, false, true)) {
			statements.add(query.nativeSql);
		}
		return statements;
	}

	// Without comments, commas and the parentheses before a query, in upper case
	private static String leadingWords(String statement) {
		StringJoiner words = new StringJoiner(" ");
		Matcher next = NEXT.matcher(statement);
		for (int count = 0; count < LONGEST_COMMAND && next.find();) {
			if (next.group("comment") != null) {
				int end = Parser.parseBlockComment(statement.toCharArray(), next.start());
				next.region(Math.min(end + 1, statement.length()), statement.length());
			}
			else if (next.group("word") != null) {
				words.add(next.group("word").toUpperCase(Locale.ROOT));
				count++;
			}
		}
		return words.toString();
	}

}
