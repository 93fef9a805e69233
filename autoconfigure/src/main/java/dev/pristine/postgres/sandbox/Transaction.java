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

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A transaction that the application has begun on a logical connection; to the server it
 * is a savepoint.
 */
final class Transaction {

	private final String savepoint;

	private final Thread thread = Thread.currentThread();

	private final Throwable begin = new Throwable();

	private final Map<String, @Nullable String> localSettings = new LinkedHashMap<>();

	private boolean readOnly;

	private volatile State state = State.OPEN;

	private volatile String lastStatement = "";

	private volatile String cutOff = "";

	/**
	 * Begin a transaction of the current thread.
	 * @param savepoint the name of its savepoint
	 * @param readOnly whether it must not write
	 */
	Transaction(String savepoint, boolean readOnly) {
		this.savepoint = savepoint;
		this.readOnly = readOnly;
	}

	String savepoint() {
		return this.savepoint;
	}

	Thread thread() {
		return this.thread;
	}

	/**
	 * Return where the transaction began.
	 * @return the stack of that moment
	 */
	StackTraceElement[] begin() {
		return this.begin.getStackTrace();
	}

	boolean isReadOnly() {
		return this.readOnly;
	}

	State state() {
		return this.state;
	}

	void state(State state) {
		this.state = state;
	}

	/**
	 * End the transaction, and its connection, from outside.
	 * @param reason what to say to those who use the connection further
	 */
	void cutOff(String reason) {
		this.cutOff = reason;
		this.state = State.CUT_OFF;
	}

	String cutOff() {
		return this.cutOff;
	}

	String lastStatement() {
		return this.lastStatement;
	}

	/**
	 * Take note of a statement.
	 * @param statement the statement
	 * @param readOnly whether it makes the transaction read-only
	 */
	void runs(String statement, boolean readOnly) {
		if (!statement.isEmpty()) {
			this.lastStatement = statement;
		}
		this.readOnly |= readOnly;
	}

	/**
	 * Take note of a setting that is changed until the end of the transaction.
	 * @param setting its name
	 * @param before its value before
	 */
	void local(String setting, @Nullable String before) {
		// What has neither a value nor a dot is none
		if (before != null || setting.indexOf('.') > 0) {
			this.localSettings.putIfAbsent(setting, before);
		}
	}

	/**
	 * Return the settings that end with the transaction, and what they were before.
	 * @return the values by name
	 */
	Map<String, @Nullable String> localSettings() {
		return this.localSettings;
	}

	/**
	 * What has become of a transaction.
	 */
	enum State {

		/**
		 * Its savepoint stands.
		 */
		OPEN,

		/**
		 * A statement has failed, and all was undone so that another transaction could
		 * work inside of it. Only a rollback is accepted.
		 */
		FAILED,

		/**
		 * It was committed or rolled back.
		 */
		ENDED,

		/**
		 * It was ended by somebody else.
		 */
		CUT_OFF

	}

}
