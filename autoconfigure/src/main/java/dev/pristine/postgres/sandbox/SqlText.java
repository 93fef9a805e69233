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
import java.util.Set;

import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/**
 * What the leading words of an SQL text tell: the transaction command that it is, if it
 * is one. Nothing else is read out of a text that the outcome of a statement depends on,
 * but the {@link Setting settings} that it names.
 *
 * @param text one or more statements
 * @param command the transaction command
 * @param readOnly whether the command asks for a read-only transaction
 * @param isolation whether it asks for an isolation level above {@code READ COMMITTED}
 * @param plain whether all statements query or change rows
 * @param settings the settings that the text changes by name
 */
record SqlText(String text, Command command, boolean readOnly, boolean isolation, boolean plain,
		List<Setting> settings) {

	/**
	 * Something that the driver asks the server for.
	 */
	static final SqlText UNNAMED = new SqlText("", Command.NONE, false, false, true, List.of());

	private static final Set<String> PLAIN = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES",
			"TABLE", "FETCH", "MOVE", "CLOSE", "DECLARE", "SHOW", "EXPLAIN", "COPY", "LOCK", "NOTIFY", "LISTEN");

	/**
	 * Read a text, in a time that grows with its length.
	 * @param text one or more statements
	 * @return what it is
	 * @throws SQLException if the text cannot be split into statements
	 */
	static SqlText of(String text) throws SQLException {
		List<LeadingWords> statements = split(text);
		boolean plain = true;
		Command command = Command.NONE;
		List<Setting> settings = new ArrayList<>(Setting.inFunctions(text));
		for (LeadingWords words : statements) {
			Command each = command(words);
			command = (each == Command.NONE) ? command : (statements.size() == 1) ? each : Command.REFUSED;
			plain &= words.isEmpty() || PLAIN.contains(words.get(0));
			if (each == Command.NONE && (words.startWith("SET") || words.startWith("RESET"))) {
				settings.addAll(Setting.of(words.text()));
			}
		}
		LeadingWords first = statements.isEmpty() ? new LeadingWords("") : statements.get(0);
		return new SqlText(text, command, command != Command.NONE && first.contain("READ", "ONLY"),
				command != Command.NONE && (first.contain("SERIALIZABLE") || first.contain("REPEATABLE")), plain,
				settings);
	}

	/**
	 * Return the change of a setting by a method of JDBC.
	 * @param setting its name
	 * @return the statement that the driver will run
	 */
	static SqlText ofSetting(String setting) {
		return new SqlText("SET " + setting, Command.NONE, false, false, false, List.of(new Setting(setting, false)));
	}

	/**
	 * Return whether parameters may be the names of settings.
	 * @return whether the text has to be read again with the parameters filled in
	 */
	boolean hasParametersToRead() {
		return Setting.mayBeIn(this.text);
	}

	private static List<LeadingWords> split(String text) throws SQLException {
		if (text.indexOf(';') < 0) {
			return List.of(new LeadingWords(text));
		}
		List<LeadingWords> statements = new ArrayList<>();
		for (NativeQuery query : Parser.parseJdbcSql(text, true, false, true, false, true)) {
			LeadingWords words = new LeadingWords(query.nativeSql);
			if (!words.isBlank()) {
				statements.add(words);
			}
		}
		return statements;
	}

	private static Command command(LeadingWords words) {
		if (words.isEmpty()) {
			return Command.NONE;
		}
		boolean chained = words.contain("AND", "CHAIN") || words.contain("PREPARED");
		return switch (words.get(0)) {
			case "BEGIN", "START" -> Command.BEGIN;
			case "COMMIT", "END" -> chained ? Command.REFUSED : Command.COMMIT;
			case "ROLLBACK", "ABORT" ->
				words.contain("TO") ? Command.SAVEPOINT : (chained ? Command.REFUSED : Command.ROLLBACK);
			case "SAVEPOINT", "RELEASE" -> Command.SAVEPOINT;
			case "PREPARE" -> words.startWith("PREPARE", "TRANSACTION") ? Command.REFUSED : Command.NONE;
			case "SET" -> words.startWith("SET", "TRANSACTION") || words.startWith("SET", "LOCAL", "TRANSACTION")
					|| words.startWith("SET", "SESSION", "TRANSACTION") ? Command.SET_TRANSACTION
							: words.startWith("SET", "SESSION", "CHARACTERISTICS") ? Command.REFUSED : Command.NONE;
			default -> Command.NONE;
		};
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
		 * {@code PREPARE TRANSACTION}, {@code COMMIT AND CHAIN} and the like, and all that
		 * stand among other statements.
		 */
		REFUSED

	}

}
