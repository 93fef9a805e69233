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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What differs from production without failing: said once per test and kind.
 */
final class SandboxWarnings {

	private static final Log logger = LogFactory.getLog(Sandbox.class);

	private final Set<String> said = ConcurrentHashMap.newKeySet();

	private volatile String test = "";

	/**
	 * Start a test.
	 * @param test its name
	 */
	void reset(String test) {
		this.said.clear();
		this.test = test;
	}

	/**
	 * Warn about what a statement does, if need be.
	 * @param sql the statement
	 */
	void about(Sql sql) {
		if (sql.isolation()) {
			isolation();
		}
		if (sql.notifies()) {
			notification();
		}
		if (sql.listens()) {
			listening();
		}
		if (sql.advisory()) {
			advisoryLock();
		}
	}

	void isolation() {
		warn("isolation", "A transaction asks for an isolation level above READ COMMITTED. In TRANSACTION mode it"
				+ " shares the test's transaction, which is READ COMMITTED: there are no serialization failures.");
	}

	private void notification() {
		warn("notify", "A NOTIFY is delivered at the commit of the test's transaction, which never comes.");
	}

	private void listening() {
		warn("listen", "A LISTEN begins at the commit of the test's transaction, which never comes.");
	}

	private void advisoryLock() {
		warn("advisory", "An advisory lock is used. In TRANSACTION mode all connections are one session, which"
				+ " always gets its own locks: they never wait for each other.");
	}

	void innerCommitUndone(String statement, String outer) {
		warn("inner", "A commit on a second connection [" + statement + "] was undone by the rollback of the"
				+ " transaction around it [" + outer + "]. In production it would have stayed.");
	}

	void leftOpen(String description) {
		warn("open", "A transaction was still open at the end of the test and has been cut off: " + description
				+ System.lineSeparator() + "Action: close the connection, or end the transaction, within the test.");
	}

	void sharedWithOuter(String statement, String outer) {
		warn("shared", "A second connection uses a table [" + statement + "] that the open transaction around it has"
				+ " written, last with [" + outer + "]. Here it sees these uncommitted rows and does not wait for their"
				+ " locks; in production it would not see them, and would wait for ever.");
	}

	private void warn(String kind, String message) {
		if (this.said.add(kind)) {
			logger.warn(this.test + ": " + message + (message.contains("Action: ") ? ""
					: System.lineSeparator() + "Action: if that matters, " + Refusal.REMEDY));
		}
	}

}
