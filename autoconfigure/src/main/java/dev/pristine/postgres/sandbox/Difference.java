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

import java.util.regex.Matcher;
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
	ISOLATION("A transaction asks for an isolation level above READ COMMITTED. In TRANSACTION mode it shares the"
			+ " test's transaction, which is READ COMMITTED: there are no serialization failures."),

	/**
	 * {@code NOTIFY} or {@code LISTEN}.
	 */
	NOTIFICATION("NOTIFY and LISTEN work at the commit of the test's transaction, which never comes."),

	/**
	 * An advisory lock.
	 */
	ADVISORY_LOCK("An advisory lock is used. In TRANSACTION mode all connections are one session, which always gets"
			+ " its own locks: they never wait for each other.");

	private static final Pattern WORDS = Pattern.compile("(^\\s*(?:NOTIFY|LISTEN)\\b|\\bpg_notify\\b)|\\w_advisory_",
			Pattern.CASE_INSENSITIVE);

	private final String message;

	Difference(String message) {
		this.message = message;
	}

	String message() {
		return this.message + System.lineSeparator() + "Action: if that matters, " + SandboxException.REMEDY;
	}

	/**
	 * Look for one.
	 * @param sql a statement
	 * @return what it seems to use, or {@code null}
	 */
	static @Nullable Difference in(String sql) {
		Matcher matcher = WORDS.matcher(sql);
		return matcher.find() ? ((matcher.group(1) != null) ? NOTIFICATION : ADVISORY_LOCK) : null;
	}

}
