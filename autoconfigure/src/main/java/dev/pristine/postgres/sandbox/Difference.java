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

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What comes out otherwise than in production though no work overlaps, as there is one
 * connection and its transaction never commits. Only warned about: nothing depends on
 * whether it was recognised.
 */
enum Difference {

	/**
	 * {@code REPEATABLE READ} or {@code SERIALIZABLE}.
	 */
	ISOLATION(null,
			"A transaction asks for an isolation level above READ COMMITTED. In TRANSACTION mode it shares the"
					+ " test's transaction, which is READ COMMITTED: there are no serialization failures."),

	/**
	 * {@code NOTIFY} or {@code LISTEN}.
	 */
	NOTIFICATION("^\\s*(NOTIFY|LISTEN)\\b|\\bpg_notify\\b",
			"NOTIFY and LISTEN work at the commit of the test's transaction, which never comes."),

	/**
	 * An advisory lock.
	 */
	ADVISORY_LOCK("\\w_advisory_",
			"An advisory lock is used. In TRANSACTION mode all connections are one session,"
					+ " which always gets its own locks: they never wait for each other."),

	/**
	 * A setting that would end with its transaction or connection.
	 */
	SETTING("\\bSET\\s+LOCAL\\b|\\bset_config\\b|^setSchema$", "SET LOCAL, set_config or setSchema is used. In"
			+ " TRANSACTION mode all connections are one session, whose transaction ends with the test: until then all of"
			+ " them see the setting.");

	private final @Nullable Pattern words;

	private final String message;

	Difference(@Nullable String words, String message) {
		this.words = (words != null) ? Pattern.compile(words, Pattern.CASE_INSENSITIVE) : null;
		this.message = message;
	}

	String message() {
		return this.message + System.lineSeparator() + "Action: if that matters, " + SandboxException.REMEDY;
	}

	/**
	 * Look for it.
	 * @param sql a statement
	 * @return whether the statement seems to use it
	 */
	boolean isIn(String sql) {
		return this.words != null && this.words.matcher(sql).find();
	}

}
