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
import java.sql.SQLFeatureNotSupportedException;
import java.util.Set;

import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * The exceptions for what one transaction cannot do, and those that production throws.
 */
final class Refusal {

	static final String REMEDY = "use @IsolationMode(TestIsolation.TRUNCATE) for this test, which gives every connection"
			+ " a transaction of its own.";

	private static final String NOT_SUPPORTED = "0A000";

	private static final Set<String> NEEDS_REAL_COMMIT = Set.of("25001", "2D000");

	private Refusal() {
	}

	static SQLException interleaved(Transaction own, Transaction innermost) {
		return new SQLFeatureNotSupportedException("Two transactions that overlap without being nested cannot share"
				+ " the one connection of TRANSACTION mode: [" + innermost.lastStatement() + "] has run on another"
				+ " connection, in a transaction that is still open, since [" + own.lastStatement() + "]."
				+ System.lineSeparator() + "Action: end the inner transaction first, or " + REMEDY, NOT_SUPPORTED);
	}

	static SQLException undoneWithOuter() {
		return new SQLFeatureNotSupportedException("This transaction was undone because another one, inside of which"
				+ " it was begun on a second connection, has ended before it." + System.lineSeparator()
				+ "Action: end the inner transaction first, or " + REMEDY, NOT_SUPPORTED);
	}

	static SQLException duringCopy(Sql sql) {
		return new SQLFeatureNotSupportedException("[" + sql.text() + "] cannot run while a COPY goes on: in"
				+ " TRANSACTION mode all connections are one." + System.lineSeparator()
				+ "Action: end the COPY first, or " + REMEDY, NOT_SUPPORTED);
	}

	static SQLException control(Sql sql) {
		return new SQLFeatureNotSupportedException(
				"TRANSACTION mode cannot tell what this transaction command is to" + " end or begin: [" + sql.text()
						+ "]" + System.lineSeparator()
						+ "Action: send BEGIN, COMMIT and ROLLBACK as statements of their own, or " + REMEDY,
				NOT_SUPPORTED);
	}

	static SQLException afterFailureWithSavepoints() {
		return new SQLFeatureNotSupportedException("A second connection was used while a transaction with savepoints"
				+ " was aborted on the first one: TRANSACTION mode cannot keep them apart." + System.lineSeparator()
				+ "Action: " + REMEDY, NOT_SUPPORTED);
	}

	static SQLException deferredOfOuter(SQLException cause) {
		return new SQLFeatureNotSupportedException("The deferred constraints of a commit could not be checked, since"
				+ " the transaction around it, on another connection, violates one at this moment: "
				+ cause.getMessage() + System.lineSeparator() + "Action: " + REMEDY, NOT_SUPPORTED, cause);
	}

	static SQLException aborted() {
		return new PSQLException(
				"ERROR: current transaction is aborted, commands ignored until end of transaction" + " block",
				PSQLState.IN_FAILED_SQL_TRANSACTION);
	}

	static SQLException noTransaction(String command) {
		return new PSQLException("ERROR: " + command + " can only be used in transaction blocks",
				PSQLState.NO_ACTIVE_SQL_TRANSACTION);
	}

	static SQLException closed(String what) {
		return new PSQLException(what, PSQLState.CONNECTION_DOES_NOT_EXIST);
	}

	/**
	 * Add what helps to an exception that production would not have thrown.
	 * @param exception what the server said to a statement in auto-commit
	 * @return the exception to throw
	 */
	static SQLException explained(SQLException exception) {
		String state = exception.getSQLState();
		if (state == null || !NEEDS_REAL_COMMIT.contains(state)) {
			return exception;
		}
		SQLException explained = new SQLException(exception.getMessage() + System.lineSeparator()
				+ "In TRANSACTION mode every statement runs inside of the test's transaction. Action: use"
				+ " @IsolationMode(TestIsolation.DATABASE) or @IsolationMode(TestIsolation.TRUNCATE) for this test.",
				state, exception.getErrorCode(), exception);
		return explained;
	}

}
