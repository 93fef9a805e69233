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

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What the running test is told of the differences to production, once for each kind.
 */
final class TestLog {

	private static final Log logger = LogFactory.getLog(TestLog.class);

	private static final String END_FIRST = "end the transaction first, or " + SandboxException.REMEDY
			+ " pristine.isolation.overlap=allow says nothing, fail lets the statement fail.";

	private final OverlapPolicy policy;

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	private volatile String test = "What comes before the first test";

	/**
	 * Create a log.
	 * @param policy what happens if the work of two connections overlaps
	 */
	TestLog(OverlapPolicy policy) {
		this.policy = policy;
	}

	/**
	 * Start a test.
	 * @param test its name
	 */
	void enter(String test) {
		this.told.clear();
		this.test = test;
	}

	String test() {
		return this.test;
	}

	/**
	 * Tell what a statement seems to use that differs.
	 * @param sql the statement
	 */
	void differencesIn(String sql) {
		for (Difference difference : Difference.values()) {
			if (difference.isIn(sql)) {
				warn(difference.name(), difference::message);
			}
		}
	}

	/**
	 * Tell that an isolation level has no effect.
	 * @param level one of JDBC's
	 */
	void isolation(int level) {
		if (level > Connection.TRANSACTION_READ_COMMITTED) {
			warn(Difference.ISOLATION.name(), Difference.ISOLATION::message);
		}
	}

	/**
	 * Tell that a statement runs, or waits, while a transaction is open: there is one
	 * connection, so that it may come out otherwise.
	 * @param open the transaction, of another connection
	 * @param statement the statement of the current thread
	 * @throws SQLException if the policy says so
	 */
	void overlap(Transaction open, String statement) throws SQLException {
		if (this.policy == OverlapPolicy.FAIL) {
			throw SandboxException.refusal(this.test + ": " + describe(open, statement), END_FIRST);
		}
		if (this.policy == OverlapPolicy.WARN) {
			warn("overlap", () -> describe(open, statement) + System.lineSeparator() + "Action: " + END_FIRST);
		}
	}

	/**
	 * Tell that a transaction was still open at the end of the test.
	 * @param transaction the transaction, which was cut off
	 */
	void leftOpen(Transaction transaction) {
		warn("open", () -> "A transaction was still open at the end of the test and has been cut off: " + transaction
				+ System.lineSeparator() + "Action: close the connection, or end the transaction, within the test.");
	}

	private void warn(String kind, Supplier<String> message) {
		if (this.told.add(kind)) {
			logger.warn(this.test + ": " + message.get());
		}
	}

	private static String describe(Transaction open, String statement) {
		Thread thread = Thread.currentThread();
		String use = statement.isEmpty() ? "is used" : "wants to run [" + statement + "]";
		return "A transaction is open on one connection while another one " + use
				+ ". Production would run them side by side, and may come out otherwise: in TRANSACTION mode both are"
				+ " one connection." + System.lineSeparator() + "The transaction, last [" + open.holder().statement()
				+ "], began in thread '" + open.holder().thread().getName() + "'" + Holder.stack(open.begin())
				+ System.lineSeparator() + "The statement is one of thread '" + thread.getName() + "'"
				+ Holder.stack(thread.getStackTrace());
	}

}
