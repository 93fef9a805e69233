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
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The words that a statement begins with, in upper case, without comments: they alone
 * tell a transaction command.
 */
final class LeadingWords {

	private static final int LIMIT = 12;

	private final List<String> words = new ArrayList<>();

	private final String text;

	private final int start;

	/**
	 * Read a statement.
	 * @param text a single statement
	 */
	LeadingWords(String text) {
		this.text = text;
		this.start = skip(0);
		int position = this.start;
		while (this.words.size() < LIMIT && position < text.length() && Character.isLetter(text.charAt(position))) {
			int end = position;
			while (end < text.length() && Character.isUnicodeIdentifierPart(text.charAt(end))) {
				end++;
			}
			this.words.add(text.substring(position, end).toUpperCase(Locale.ROOT));
			position = skip(end);
		}
	}

	/**
	 * Return the statement without what precedes its first word.
	 * @return the text
	 */
	String text() {
		return this.text.substring(this.start);
	}

	boolean isEmpty() {
		return this.words.isEmpty();
	}

	/**
	 * Return whether there is nothing but comments.
	 * @return whether no statement is there at all
	 */
	boolean isBlank() {
		return this.start == this.text.length();
	}

	String get(int index) {
		return this.words.get(index);
	}

	boolean startWith(String... words) {
		return this.words.size() >= words.length && this.words.subList(0, words.length).equals(List.of(words));
	}

	boolean contain(String... words) {
		return Collections.indexOfSubList(this.words, List.of(words)) > 0;
	}

	// Past what may stand between words, and the parentheses before a query
	private int skip(int from) {
		int position = from;
		while (position < this.text.length()) {
			char next = this.text.charAt(position);
			if (Character.isWhitespace(next) || next == '(' || next == ',' || next == ';') {
				position++;
			}
			else if (this.text.startsWith("--", position)) {
				int end = this.text.indexOf('\n', position);
				position = (end < 0) ? this.text.length() : end;
			}
			else if (this.text.startsWith("/*", position)) {
				position = pastComment(position);
			}
			else {
				return position;
			}
		}
		return position;
	}

	// PostgreSQL's comments nest
	private int pastComment(int from) {
		int depth = 0;
		int position = from;
		while (position < this.text.length()) {
			if (this.text.startsWith("/*", position)) {
				depth++;
				position += 2;
			}
			else if (this.text.startsWith("*/", position)) {
				depth--;
				position += 2;
				if (depth == 0) {
					return position;
				}
			}
			else {
				position++;
			}
		}
		return position;
	}

}
