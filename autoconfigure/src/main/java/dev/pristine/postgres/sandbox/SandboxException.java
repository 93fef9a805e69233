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
import java.sql.SQLNonTransientException;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox refuses, and no server would have said.
 * <p>
 * Its SQLSTATE is of a class that neither PostgreSQL nor Spring nor Hibernate knows:
 * nobody takes it for a busy row, and nobody tries again.
 */
final class SandboxException extends SQLNonTransientException {

	static final String STATE = "PRIST";

	static final String REMEDY = "use @IsolationMode(TestIsolation.TRUNCATE) for this test, which gives every connection"
			+ " a transaction of its own.";

	private static final String CLOSED = "08003";

	/**
	 * What the server says to a statement that cannot run inside of a transaction.
	 */
	private static final Set<String> NEEDS_REAL_COMMIT = Set.of("25001", "2D000");

	private static final Log logger = LogFactory.getLog(SandboxException.class);

	private static final long serialVersionUID = 1;

	private SandboxException(String message, String state, @Nullable Throwable cause) {
		super(message, state, cause);
	}

	/**
	 * Refuse something. The log says so, too, as the application may swallow exceptions.
	 * @param problem what happened
	 * @param action what to do about it
	 * @return the exception to throw
	 */
	static SandboxException refusal(String problem, String action) {
		String message = problem + System.lineSeparator() + "Action: " + action;
		logger.warn(message);
		return new SandboxException(message, STATE, null);
	}

	/**
	 * Say what a driver says about a closed connection.
	 * @param reason why it is closed
	 * @return the exception to throw
	 */
	static SandboxException closed(String reason) {
		return new SandboxException(reason, CLOSED, null);
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
		String message = exception.getMessage() + System.lineSeparator()
				+ "In TRANSACTION mode every statement runs inside of the test's transaction. Action: " + REMEDY;
		logger.warn(message);
		return new SandboxException(message, state, exception);
	}

}
