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
 * The settings that a text names to change them until the end of a transaction, as row
 * level security needs them: to the server, no transaction of the application ends.
 */
final class LocalSettings {

	private static final Pattern NAMES = Pattern.compile(
			"\\bset_config\\s*\\(\\s*\\(?'([^']+)'|\\bset\\s+local\\s+(time\\s+zone|[\\w.]+|\"[^\"]+\")",
			Pattern.CASE_INSENSITIVE);

	private LocalSettings() {
	}

	/**
	 * Return the settings that a text changes.
	 * @param text one or more statements, with parameters filled in
	 * @return their names, as {@code current_setting} takes them
	 */
	static List<String> in(String text) {
		List<String> names = new ArrayList<>();
		Matcher matcher = NAMES.matcher(text);
		while (matcher.find()) {
			if (matcher.group(2) != null) {
				names.add(name(matcher.group(2)));
			}
			else if (isTrue(lastArgument(text, matcher))) {
				names.add(name(matcher.group(1)));
			}
		}
		return names;
	}

	private static String name(String name) {
		String words = name.replace("\"", "").toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
		return switch (words) {
			case "time zone" -> "timezone";
			case "schema" -> "search_path";
			default -> words;
		};
	}

	private static String lastArgument(String text, Matcher call) {
		int depth = (int) call.group().chars().filter((each) -> each == '(').count();
		int start = call.end();
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
		return argument.matches("(?is)[('\\s]*(t|1|y|on).*");
	}

}
