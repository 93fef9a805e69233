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

/**
 * Tells a test that the work of two connections overlaps: there is one connection, so
 * that it may come out otherwise than in production.
 */
final class Overlap {

	private static final String ACTION = "end the transaction first, or " + SandboxException.REMEDY
			+ " pristine.isolation.overlap=allow says nothing, fail lets the statement fail.";

	private final OverlapPolicy policy;

	private final TestLog log;

	Overlap(OverlapPolicy policy, TestLog log) {
		this.policy = policy;
		this.log = log;
	}

	/**
	 * Tell that a statement runs, or waits, while a transaction is open.
	 * @param open the transaction, of another connection
	 * @param statement the statement of the current thread
	 * @throws SQLException if the policy says so
	 */
	void between(Transaction open, String statement) throws SQLException {
		switch (this.policy) {
			case WARN -> this.log.warn("overlap",
					() -> describe(open, statement) + System.lineSeparator() + "Action: " + ACTION);
			case FAIL -> throw SandboxException.refusal(this.log.test() + ": " + describe(open, statement), ACTION);
			case ALLOW -> {
			}
		}
	}

	private static String describe(Transaction open, String statement) {
		Thread thread = Thread.currentThread();
		String use = statement.isEmpty() ? "is used" : "wants to run [" + statement + "]";
		return "A transaction is open on one connection while another one " + use
				+ ". Production would run them side by side, and may come out otherwise: in TRANSACTION mode both are"
				+ " one connection." + System.lineSeparator() + "The transaction, last [" + open.lastStatement()
				+ "], began in thread '" + open.thread().getName() + "'" + Stack.of(open.begin())
				+ System.lineSeparator() + "The statement is one of thread '" + thread.getName() + "'"
				+ Stack.of(thread.getStackTrace());
	}

}
