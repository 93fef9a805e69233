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

/**
 * A transaction that the application has begun on a logical connection; to the server it
 * is a savepoint.
 */
final class Transaction {

	private final String savepoint;

	private final boolean readOnly;

	private final Throwable begin = new Throwable();

	private volatile boolean keeping;

	private volatile State state = State.OPEN;

	private volatile Holder holder = new Holder(Thread.currentThread(), "");

	private volatile String cutOff = "";

	/**
	 * Begin a transaction of the current thread.
	 * @param savepoint the name of its savepoint
	 * @param readOnly whether it must not write
	 * @param keeping whether other threads wait for its end
	 */
	Transaction(String savepoint, boolean readOnly, boolean keeping) {
		this.savepoint = savepoint;
		this.readOnly = readOnly;
		this.keeping = keeping;
	}

	String savepoint() {
		return this.savepoint;
	}

	boolean isReadOnly() {
		return this.readOnly;
	}

	/**
	 * Return whether other threads wait for its end.
	 * @return whether they do
	 */
	boolean isKeeping() {
		return this.keeping;
	}

	/**
	 * Have nobody wait for its end, as nobody can end it any more.
	 */
	void abandon() {
		this.keeping = false;
	}

	/**
	 * Return where the transaction began.
	 * @return the stack of that moment
	 */
	StackTraceElement[] begin() {
		return this.begin.getStackTrace();
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
		this.keeping = false;
		this.state = State.CUT_OFF;
	}

	String cutOff() {
		return this.cutOff;
	}

	/**
	 * Take note of a statement.
	 * @param statement the statement
	 */
	void runs(String statement) {
		if (!statement.isEmpty()) {
			this.holder = new Holder(this.holder.thread(), statement);
		}
	}

	/**
	 * Return whose transaction it is.
	 * @return the thread, with the last statement
	 */
	Holder holder() {
		return this.holder;
	}

	@Override
	public String toString() {
		return this.holder.toString();
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
