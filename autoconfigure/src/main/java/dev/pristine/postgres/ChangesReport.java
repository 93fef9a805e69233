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

package dev.pristine.postgres;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.pristine.postgres.reset.Changes;

/**
 * What is told of the changes that a test has left in a database.
 *
 * @param database its name
 */
record ChangesReport(String database) {

	private static final Log logger = LogFactory.getLog(ChangesReport.class);

	/** Of a dropped schema, all columns would be named. */
	private static final int SHOWN = 12;

	/**
	 * Tell what was undone although it should not have been there.
	 * @param changes what was found
	 * @param culprit who is named
	 * @param wasSandboxed whether nothing should have been committed
	 */
	void undone(Changes changes, String culprit, boolean wasSandboxed) {
		if (wasSandboxed && !changes.tables().isEmpty()) {
			logger.warn(("%s committed past its transaction: through a connection that is none of the application's"
					+ " DataSource (R2DBC, DriverManager, another process, dblink), or with work that went on after its end (a"
					+ " scheduler). It was undone in: %s.")
				.formatted(culprit, join(changes.tables())));
		}
		if (!changes.sessions().isEmpty()) {
			logger.warn(
					"%s ended while others still worked for it in the database '%s', who were waited for and cut off: %s."
						.formatted(culprit, this.database, join(changes.sessions()))
							+ " Have the test wait for the end of what it has started, and close its connections.");
		}
		if (!changes.leftovers().isEmpty()) {
			logger.warn(("%s, or a test at the same time, left something behind that is kept with the whole server: %s."
					+ " Have the test undo it.")
				.formatted(culprit, join(changes.leftovers())));
		}
	}

	/**
	 * Tell what reached the database while tests had copies of it.
	 * @param changes what was found
	 */
	void strays(Changes changes) {
		if (!changes.tables().isEmpty() || !changes.schema().isEmpty()) {
			logger.warn(("While tests ran side by side on copies of the database '%s', something wrote to the database"
					+ " itself, past the application's DataSource: %s. Such connections (DriverManager, a DataSource that"
					+ " is no bean) lead all tests there, and nothing was undone. Make their DataSource a bean, or have the tests"
					+ " take turns: 'pristine.isolation.slots=1'.")
				.formatted(this.database, join(changes.schema().isEmpty() ? changes.tables() : changes.schema())));
		}
	}

	/**
	 * Tell that the database is not used again.
	 * @param changes what could not be undone
	 * @param culprit who is named
	 * @param refusal why it could not be replaced
	 * @param own whether Pristine has created it
	 */
	void unusable(Changes changes, String culprit, String refusal, boolean own) {
		logger.warn(what(changes, culprit) + " It cannot be replaced by a copy: " + refusal + (own
				? " The next test gets a new database and, unless tests run side by side, a new application context,"
						+ " which takes its time."
				: " The next test gets a new application context, but the change stays: have the test undo it.")
				+ " If the change is intended, use TRANSACTION, which rolls everything back.");
	}

	/**
	 * Tell that the database was replaced.
	 * @param changes what could not be undone
	 * @param culprit who is named
	 * @param milliseconds how long it took
	 * @param expected whether it was to be expected
	 */
	void replaced(Changes changes, String culprit, long milliseconds, boolean expected) {
		String message = what(changes, culprit) + " It was replaced by a copy in %d ms.".formatted(milliseconds);
		if (expected) {
			logger.debug(message);
		}
		else if (!changes.rewritten().isEmpty()) {
			logger.info(message);
		}
		else {
			logger.warn(message + " If the change is intended, use the isolation DATABASE, which expects it.");
		}
	}

	private String what(Changes changes, String culprit) {
		if (!changes.rewritten().isEmpty()) {
			return "%s wrote more than is put back one by one in the database '%s': %s.".formatted(culprit,
					this.database, join(changes.rewritten()));
		}
		return "%s changed what cannot be put back in the database '%s': %s.".formatted(culprit, this.database,
				join(changes.schema().isEmpty() ? changes.unrestored() : changes.schema()));
	}

	private static String join(List<String> names) {
		String some = String.join(", ", names.subList(0, Math.min(names.size(), SHOWN)));
		return (names.size() > SHOWN) ? some + " and %d more".formatted(names.size() - SHOWN) : some;
	}

}
