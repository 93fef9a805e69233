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
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/**
 * What the sandbox has to know about an SQL text.
 *
 * @param text the text
 * @param single whether it is one statement that changes rows
 * @param control the transaction command that the text is, if it is one
 * @param changes whether it may change rows
 * @param pure whether it is known to read only, down to the functions it calls
 * @param special whether the driver sends it without a savepoint of its own
 * @param readOnly whether it makes the transaction read-only
 * @param isolation whether it asks for an isolation level above {@code READ COMMITTED}
 * @param notifies whether it is or has a {@code NOTIFY}
 * @param listens whether it is a {@code LISTEN}
 * @param defers whether it says which constraints are deferred
 * @param ddl whether it changes the schema
 * @param settings the settings that it changes
 * @param undoneByCommit statements that do what production's commit does to its result
 * @param sequences whether it may use a sequence
 * @param advisory whether it uses an advisory lock
 * @param written the tables that it writes, in lower case
 */
record Sql(String text, boolean single, Control control, boolean changes, boolean pure, boolean special,
		boolean readOnly, boolean isolation, boolean notifies, boolean listens, boolean defers, boolean ddl,
		List<Setting> settings, List<String> undoneByCommit, boolean sequences, boolean advisory, Set<String> written) {

	/**
	 * Something unnamed that only reads.
	 */
	static final Sql READ = new Sql("", false, Control.NONE, false, true, false, false, false, false, false, false,
			false, List.of(), List.of(), false, false, Set.of());

	private static final int CACHE_SIZE = 2048;

	private static final Map<String, Sql> CACHE = new ConcurrentHashMap<>();

	private static final Set<String> READS = Set.of("SELECT", "VALUES", "TABLE", "SHOW", "EXPLAIN", "FETCH", "MOVE",
			"WITH", "DECLARE", "CLOSE");

	private static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

	private static final Set<String> PURE = Set.of("SELECT", "VALUES", "TABLE", "SHOW", "WITH");

	private static final Set<String> PURE_FUNCTIONS = Set.of("count", "sum", "min", "max", "avg", "coalesce", "nullif",
			"greatest", "least", "lower", "upper", "length", "trim", "substring", "concat", "cast", "extract",
			"date_trunc", "now", "nextval", "currval", "lastval", "row_number", "rank", "dense_rank", "over", "in",
			"any", "all", "some", "exists", "and", "or", "not", "from", "where", "on", "as", "values", "select",
			"distinct", "by", "using", "filter", "array_agg", "string_agg", "json_agg", "jsonb_agg", "round", "abs",
			"when", "then", "else", "case", "like", "between", "join", "having", "union", "except", "intersect",
			"limit", "offset", "varchar", "numeric", "char", "unnest", "generate_series");

	private static final Pattern FUNCTION = Pattern.compile("([a-z_][a-z0-9_$.]*|\")\\s*\\(", Pattern.CASE_INSENSITIVE);

	private static final Pattern DATA_CHANGE = Pattern.compile("\\b(INSERT|UPDATE|DELETE|MERGE)\\b",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern INTO = Pattern.compile("\\bINTO\\b", Pattern.CASE_INSENSITIVE);

	private static final Pattern ABOVE_READ_COMMITTED = Pattern
		.compile("ISOLATION\\s+LEVEL\\s+(REPEATABLE\\s+READ|SERIALIZABLE)", Pattern.CASE_INSENSITIVE);

	private static final Pattern READ_ONLY = Pattern.compile("\\bREAD\\s+ONLY\\b", Pattern.CASE_INSENSITIVE);

	private static final Pattern SET = Pattern.compile(
			"^SET\\s+(?:(LOCAL|SESSION)\\s+)?(TIME\\s+ZONE|SESSION\\s+AUTHORIZATION|AUTHORIZATION|SCHEMA|NAMES|[\\w.]+|\"[^\"]+\")",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern RESET = Pattern.compile("^RESET\\s+([\\w.]+)", Pattern.CASE_INSENSITIVE);

	private static final Pattern SET_CONFIG = Pattern.compile(
			"set_config\\s*\\(\\s*\\(?'([^']+)'\\)?(?:::\\w+)?\\s*,(.*?),\\s*\\(?'?(true|false|t|f)\\b",
			Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private static final String NAME = "((?:\"[^\"]+\"|\\w+)(?:\\.(?:\"[^\"]+\"|\\w+))?)";

	private static final Pattern WRITTEN = Pattern.compile(
			"\\b(?:INSERT\\s+INTO|UPDATE|DELETE\\s+FROM|MERGE\\s+INTO|TRUNCATE)\\s+(?:ONLY\\s+|TABLE\\s+)?(?!SET\\b)"
					+ NAME,
			Pattern.CASE_INSENSITIVE);

	private static final Pattern TEMPORARY_TABLE = Pattern
		.compile("^CREATE\\s+(?:GLOBAL\\s+|LOCAL\\s+)?TEMP(?:ORARY)?\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?" + NAME
				+ ".*\\bON\\s+COMMIT\\s+(DROP|DELETE\\s+ROWS)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private static final Pattern CURSOR = Pattern.compile("^DECLARE\\s+" + NAME + "\\s.*?CURSOR\\s+(WITH\\s+HOLD)?.*",
			Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	/**
	 * Read a text.
	 * @param text one or more statements
	 * @return what it is
	 * @throws SQLException if the text cannot be split into statements
	 */
	static Sql of(String text) throws SQLException {
		Sql sql = CACHE.get(text);
		if (sql == null) {
			sql = read(text);
			if (CACHE.size() >= CACHE_SIZE) {
				CACHE.clear();
			}
			CACHE.put(text, sql);
		}
		return sql;
	}

	/**
	 * Read a text whose parameters have been filled in.
	 * @param text the text
	 * @return what it is
	 * @throws SQLException if the text cannot be split into statements
	 */
	static Sql uncached(String text) throws SQLException {
		return read(text);
	}

	/**
	 * Return the same, changing a setting of the session.
	 * @param setting the setting
	 * @return the statement that changes it
	 */
	Sql changing(String setting) {
		return new Sql(this.text, this.single, this.control, this.changes, this.pure, this.special, this.readOnly,
				this.isolation, this.notifies, this.listens, this.defers, this.ddl,
				List.of(new Setting(setting, false)), this.undoneByCommit, this.sequences, this.advisory, this.written);
	}

	/**
	 * Return whether a setting is changed by name, for which parameters have to be known.
	 * @return whether parameters matter
	 */
	boolean namesSettings() {
		return containsIgnoreCase(this.text, "set_config");
	}

	/**
	 * Return whether a table is mentioned.
	 * @param tables names in lower case
	 * @return whether one of them is in the text
	 */
	boolean mentions(Set<String> tables) {
		if (tables.isEmpty()) {
			return false;
		}
		String[] words = this.text.toLowerCase(Locale.ROOT).split("[^\\w$]+");
		return Arrays.stream(words).anyMatch(tables::contains);
	}

	/**
	 * Return whether the text needs nothing but a savepoint around it.
	 * @return whether there is nothing to be done or said about it
	 */
	boolean isPlain() {
		return this.control == Control.NONE && !this.special && !this.isolation && !this.notifies && !this.listens
				&& !this.defers && !this.readOnly && !this.advisory && this.settings.isEmpty()
				&& this.undoneByCommit.isEmpty();
	}

	private static Sql read(String text) throws SQLException {
		List<String> parts = split(text);
		Sql first = readOne(text, parts.get(0));
		if (parts.size() == 1) {
			return first;
		}
		Sql all = first;
		for (String part : parts.subList(1, parts.size())) {
			all = all.and(readOne(text, part));
		}
		return all;
	}

	private static List<String> split(String text) throws SQLException {
		if (text.indexOf(';') < 0) {
			return List.of(stripped(text));
		}
		List<String> parts = new ArrayList<>();
		for (NativeQuery query : Parser.parseJdbcSql(text, true, false, true, false, true)) {
			String part = stripped(query.nativeSql);
			if (!part.isEmpty()) {
				parts.add(part);
			}
		}
		return parts.isEmpty() ? List.of("") : parts;
	}

	Sql and(Sql other) {
		boolean control = this.control != Control.NONE || other.control != Control.NONE;
		List<Setting> settings = new ArrayList<>(this.settings);
		settings.addAll(other.settings);
		List<String> undoneByCommit = new ArrayList<>(this.undoneByCommit);
		undoneByCommit.addAll(other.undoneByCommit);
		Set<String> written = new HashSet<>(this.written);
		written.addAll(other.written);
		return new Sql(this.text, false, control ? Control.MIXED : Control.NONE, this.changes | other.changes,
				this.pure & other.pure, this.special | other.special, this.readOnly | other.readOnly,
				this.isolation | other.isolation, this.notifies | other.notifies, this.listens | other.listens,
				this.defers | other.defers, this.ddl | other.ddl, settings, undoneByCommit,
				this.sequences | other.sequences, this.advisory | other.advisory, written);
	}

	private static Sql readOne(String text, String part) {
		String word = firstWord(part);
		boolean reads = (part.isEmpty() || READS.contains(word)) && !INTO.matcher(part).find()
				&& !(word.equals("WITH") && DATA_CHANGE.matcher(part).find())
				&& !(word.equals("EXPLAIN") && containsIgnoreCase(part, "ANALYZE"));
		boolean set = word.equals("SET");
		boolean setTransaction = set && part.matches("(?is)^SET\\s+((LOCAL|SESSION)\\s+)?TRANSACTION\\b.*");
		boolean setCharacteristics = set && part.matches("(?is)^SET\\s+SESSION\\s+CHARACTERISTICS\\b.*");
		Control control = control(word, part, setTransaction);
		boolean pure = reads && (part.isEmpty() || PURE.contains(word)) && isPure(part);
		boolean ddl = word.equals("CREATE") || word.equals("ALTER") || word.equals("DROP");
		return new Sql(text, CHANGES.contains(word), control, !reads && !set, pure,
				setTransaction || setCharacteristics,
				(setTransaction || control == Control.BEGIN) && READ_ONLY.matcher(part).find(),
				(setTransaction || setCharacteristics || control == Control.BEGIN)
						&& ABOVE_READ_COMMITTED.matcher(part).find(),
				word.equals("NOTIFY") || containsIgnoreCase(part, "pg_notify"), word.equals("LISTEN"),
				(set && part.matches("(?is)^SET\\s+CONSTRAINTS\\b.*")) || (ddl && containsIgnoreCase(part, "DEFERR")),
				ddl, settings(word, part, setTransaction || setCharacteristics), undoneByCommit(word, part),
				!pure || containsIgnoreCase(part, "nextval"), containsIgnoreCase(part, "advisory"),
				reads ? Set.of() : written(part));
	}

	private static Control control(String word, String part, boolean setTransaction) {
		return switch (word) {
			case "BEGIN", "START" -> Control.BEGIN;
			case "COMMIT", "END" -> isPlainEnd(part) ? Control.COMMIT : Control.REFUSED;
			case "ROLLBACK", "ABORT" -> part.matches("(?is)^ROLLBACK\\s+(WORK\\s+|TRANSACTION\\s+)?TO\\b.*")
					? Control.ROLLBACK_TO : (isPlainEnd(part) ? Control.ROLLBACK : Control.REFUSED);
			case "SAVEPOINT" -> Control.SAVEPOINT;
			case "RELEASE" -> Control.RELEASE;
			case "PREPARE" -> part.matches("(?is)^PREPARE\\s+TRANSACTION\\b.*") ? Control.REFUSED : Control.NONE;
			case "SET" -> setTransaction ? Control.SET_TRANSACTION : Control.NONE;
			default -> Control.NONE;
		};
	}

	private static boolean isPlainEnd(String part) {
		return part.matches("(?is)^\\w+(\\s+(WORK|TRANSACTION))?(\\s+AND\\s+NO\\s+CHAIN)?\\s*$");
	}

	private static List<Setting> settings(String word, String part, boolean transaction) {
		if (transaction) {
			return List.of();
		}
		List<Setting> settings = new ArrayList<>();
		if (word.equals("SET")) {
			Matcher matcher = SET.matcher(part);
			if (matcher.find() && !matcher.group(2).equalsIgnoreCase("CONSTRAINTS")) {
				settings.add(new Setting(name(matcher.group(2)), "LOCAL".equalsIgnoreCase(matcher.group(1))));
			}
		}
		else if (word.equals("RESET")) {
			Matcher matcher = RESET.matcher(part);
			if (matcher.find() && !matcher.group(1).equalsIgnoreCase("ALL")) {
				settings.add(new Setting(name(matcher.group(1)), false));
			}
		}
		else if (containsIgnoreCase(part, "set_config")) {
			Matcher matcher = SET_CONFIG.matcher(part);
			while (matcher.find()) {
				settings.add(
						new Setting(name(matcher.group(1)), matcher.group(3).toLowerCase(Locale.ROOT).startsWith("t")));
			}
		}
		return settings;
	}

	private static String name(String name) {
		String words = name.replace("\"", "").toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
		return switch (words) {
			case "time zone" -> "timezone";
			case "schema" -> "search_path";
			case "names" -> "client_encoding";
			case "session authorization", "authorization" -> "session_authorization";
			default -> words;
		};
	}

	private static List<String> undoneByCommit(String word, String part) {
		if (word.equals("CREATE") && containsIgnoreCase(part, "COMMIT")) {
			Matcher matcher = TEMPORARY_TABLE.matcher(part);
			if (matcher.matches()) {
				return List.of(matcher.group(2).equalsIgnoreCase("DROP") ? "DROP TABLE IF EXISTS " + matcher.group(1)
						: "DELETE FROM " + matcher.group(1));
			}
		}
		if (word.equals("DECLARE")) {
			Matcher matcher = CURSOR.matcher(part);
			if (matcher.matches() && matcher.group(2) == null) {
				return List.of("CLOSE " + matcher.group(1));
			}
		}
		return List.of();
	}

	private static Set<String> written(String part) {
		Set<String> written = new HashSet<>();
		Matcher matcher = WRITTEN.matcher(part);
		while (matcher.find()) {
			String name = matcher.group(1).replace("\"", "").toLowerCase(Locale.ROOT);
			written.add(name.substring(name.indexOf('.') + 1));
		}
		return written;
	}

	private static boolean isPure(String part) {
		Matcher matcher = FUNCTION.matcher(part);
		while (matcher.find()) {
			if (!PURE_FUNCTIONS.contains(matcher.group(1).toLowerCase(Locale.ROOT))) {
				return false;
			}
		}
		return true;
	}

	private static String firstWord(String part) {
		int start = 0;
		while (start < part.length() && part.charAt(start) == '(') {
			start++;
		}
		int end = start;
		while (end < part.length() && Character.isLetter(part.charAt(end))) {
			end++;
		}
		return part.substring(start, end).toUpperCase(Locale.ROOT);
	}

	private static String stripped(String text) {
		int start = 0;
		while (start < text.length()) {
			if (Character.isWhitespace(text.charAt(start))) {
				start++;
			}
			else if (text.startsWith("--", start)) {
				int end = text.indexOf('\n', start);
				start = (end < 0) ? text.length() : end + 1;
			}
			else if (text.startsWith("/*", start)) {
				int end = text.indexOf("*/", start);
				start = (end < 0) ? text.length() : end + 2;
			}
			else {
				break;
			}
		}
		return text.substring(start).stripTrailing();
	}

	private static boolean containsIgnoreCase(String text, String part) {
		for (int i = 0; i <= text.length() - part.length(); i++) {
			if (text.regionMatches(true, i, part, 0, part.length())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * A transaction command.
	 */
	enum Control {

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
		 * {@code SAVEPOINT}.
		 */
		SAVEPOINT,

		/**
		 * {@code RELEASE SAVEPOINT}.
		 */
		RELEASE,

		/**
		 * {@code ROLLBACK TO SAVEPOINT}.
		 */
		ROLLBACK_TO,

		/**
		 * {@code SET TRANSACTION}.
		 */
		SET_TRANSACTION,

		/**
		 * One of these among other statements.
		 */
		MIXED,

		/**
		 * {@code PREPARE TRANSACTION}, {@code COMMIT AND CHAIN} and the like.
		 */
		REFUSED

	}

	/**
	 * A setting that a statement changes.
	 *
	 * @param name its name
	 * @param local whether only until the end of the transaction
	 */
	record Setting(String name, boolean local) {

	}

}
