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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A setting of the session that a statement changes by name.
 *
 * @param name its name
 * @param local whether only until the end of the transaction
 */
record Setting(String name, boolean local) {

	private static final String FUNCTION = "set_config";

	private static final Pattern SET = Pattern.compile("^(?:RESET|SET(?:\\s+(LOCAL|SESSION))?)\\s+"
			+ "(TIME\\s+ZONE|SESSION\\s+AUTHORIZATION|AUTHORIZATION|[\\w.]+|\"[^\"]+\")", Pattern.CASE_INSENSITIVE);

	private static final Pattern NAME = Pattern.compile("\\s*\\(\\s*\\(?'([^']+)'");

	/**
	 * Return what a {@code SET} or {@code RESET} changes.
	 * @param statement the statement
	 * @return its setting, if it is one with a name
	 */
	static List<Setting> of(String statement) {
		Matcher matcher = SET.matcher(statement);
		if (!matcher.find()) {
			return List.of();
		}
		String name = matcher.group(2).replace("\"", "").toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
		return switch (name) {
			case "constraints", "all" -> List.of();
			case "time zone" -> named("timezone", matcher);
			case "schema" -> named("search_path", matcher);
			case "names" -> named("client_encoding", matcher);
			case "session authorization", "authorization" -> named("session_authorization", matcher);
			default -> named(name, matcher);
		};
	}

	/**
	 * Return what calls of {@code set_config} change.
	 * @param text one or more statements, with parameters filled in
	 * @return the settings whose names are there
	 */
	static List<Setting> inFunctions(String text) {
		List<Setting> settings = new ArrayList<>();
		for (int call = find(text, 0); call >= 0; call = find(text, call + 1)) {
			Matcher matcher = NAME.matcher(text).region(call + FUNCTION.length(), text.length());
			if (matcher.lookingAt()) {
				settings.add(new Setting(matcher.group(1).toLowerCase(Locale.ROOT), isTrue(lastArgument(text, call))));
			}
		}
		return settings;
	}

	/**
	 * Return whether there may be such a call.
	 * @param text one or more statements
	 * @return whether the name of the function is there
	 */
	static boolean mayBeIn(String text) {
		return find(text, 0) >= 0;
	}

	private static int find(String text, int from) {
		for (int i = from; i <= text.length() - FUNCTION.length(); i++) {
			if (text.regionMatches(true, i, FUNCTION, 0, FUNCTION.length())) {
				return i;
			}
		}
		return -1;
	}

	private static List<Setting> named(String name, Matcher matcher) {
		return List.of(new Setting(name, "LOCAL".equalsIgnoreCase(matcher.group(1))));
	}

	private static String lastArgument(String text, int call) {
		int start = text.indexOf('(', call) + 1;
		int depth = 1;
		boolean quoted = false;
		for (int i = start; i < text.length(); i++) {
			char next = text.charAt(i);
			quoted ^= (next == '\'');
			if (!quoted) {
				depth += (next == '(') ? 1 : (next == ')') ? -1 : 0;
				if (depth == 0) {
					return text.substring(start, i);
				}
				start = (next == ',' && depth == 1) ? i + 1 : start;
			}
		}
		return "";
	}

	private static boolean isTrue(String argument) {
		String word = argument.replaceAll("[\\s('\")]", "").toLowerCase(Locale.ROOT);
		return word.startsWith("t") || word.startsWith("1") || word.startsWith("y") || word.startsWith("on");
	}

}
