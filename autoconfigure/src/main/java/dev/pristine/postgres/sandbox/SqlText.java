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
 * What the leading words of an SQL text tell: the transaction command that it is, if it
 * is one, and whether it may change the schema. Nothing else is read out of a text that
 * the outcome of a statement depends on, but the names of {@link LocalSettings}.
 *
 * @param text one or more statements
 * @param command the transaction command
 * @param words the leading words of a command, in upper case
 * @param plain whether all statements query or change rows
 * @param localSettings the settings that the text changes until the end of the
 * transaction
 */
record SqlText(String text, Command command, String words, boolean plain, List<String> localSettings) {

	/**
	 * Something that the driver asks the server for.
	 */
	static final SqlText UNNAMED = new SqlText("", Command.NONE, "", true, List.of());

	private static final Set<String> PLAIN = Set.of("", "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "SET",
			"VALUES", "TABLE", "FETCH", "MOVE", "CLOSE", "DECLARE", "SHOW", "EXPLAIN", "COPY", "LOCK");

	private static final Pattern NEXT = Pattern
		.compile("\\G(?:[\\s(,;]++|--.*+|(?<comment>/\\*)|(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*+))");

	private static final int LONGEST_COMMAND = 12;

	/**
	 * Read a text, in a time that grows with its length.
	 * @param text one or more statements, with parameters filled in
	 * @return what it is
	 * @throws SQLException if the text cannot be split into statements
	 */
	static SqlText of(String text) throws SQLException {
		List<String> statements = split(text);
		Command command = Command.NONE;
		boolean plain = true;
		for (String words : statements) {
			Command each = command(words);
			command = (each == Command.NONE) ? command : (statements.size() == 1) ? each : Command.REFUSED;
			plain &= PLAIN.contains(first(words));
		}
		return new SqlText(text, command, (command != Command.NONE) ? statements.get(0) : "", plain,
				LocalSettings.in(text));
	}

	/**
	 * Return whether the command asks for a read-only transaction.
	 * @return whether it says so
	 */
	boolean isReadOnly() {
		return this.words.contains(" READ ONLY");
	}

	/**
	 * Return whether the command asks for an isolation level above
	 * {@code READ COMMITTED}.
	 * @return whether it names one
	 */
	boolean isAboveReadCommitted() {
		return this.words.contains(" SERIALIZABLE") || this.words.contains(" REPEATABLE READ");
	}

	private static List<String> split(String text) throws SQLException {
		if (text.indexOf(';') < 0) {
			return List.of(leadingWords(text));
		}
		List<String> statements = new ArrayList<>();
		for (NativeQuery query : Parser.parseJdbcSql(text, true, false, true, false, true)) {
			String words = leadingWords(query.nativeSql);
			if (!words.isEmpty()) {
				statements.add(words);
			}
		}
		return statements;
	}

	private static Command command(String words) {
		boolean refused = words.contains(" AND CHAIN") || words.contains(" PREPARED");
		return switch (first(words)) {
			case "BEGIN", "START" -> Command.BEGIN;
			case "COMMIT", "END" -> refused ? Command.REFUSED : Command.COMMIT;
			case "ROLLBACK", "ABORT" ->
				words.contains(" TO ") ? Command.SAVEPOINT : refused ? Command.REFUSED : Command.ROLLBACK;
			case "SAVEPOINT", "RELEASE" -> Command.SAVEPOINT;
			case "PREPARE" -> words.startsWith("PREPARE TRANSACTION") ? Command.REFUSED : Command.NONE;
			case "SET" -> words.matches("SET (LOCAL |SESSION )?TRANSACTION .*") ? Command.SET_TRANSACTION
					: words.startsWith("SET SESSION CHARACTERISTICS") ? Command.REFUSED : Command.NONE;
			default -> Command.NONE;
		};
	}

	private static String first(String words) {
		return words.split(" ", 2)[0];
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

	/**
	 * A transaction command.
	 */
	enum Command {

		/**
		 * None.
		 */
		NONE,

		/**
		 * {@code BEGIN} or {@code START TRANSACTION}.
		 */
		BEGIN,

		/**
		 * {@code COMMIT} or {@code END}.
		 */
		COMMIT,

		/**
		 * {@code ROLLBACK} or {@code ABORT}.
		 */
		ROLLBACK,

		/**
		 * {@code SAVEPOINT}, {@code RELEASE} or {@code ROLLBACK TO}.
		 */
		SAVEPOINT,

		/**
		 * {@code SET TRANSACTION}.
		 */
		SET_TRANSACTION,

		/**
		 * {@code PREPARE TRANSACTION}, {@code COMMIT AND CHAIN} and the like, and all
		 * that stand among other statements.
		 */
		REFUSED

	}

}
