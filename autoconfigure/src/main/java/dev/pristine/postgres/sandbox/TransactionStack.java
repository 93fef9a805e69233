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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import dev.pristine.postgres.sandbox.Transaction.State;

/**
 * The open transactions of all logical connections, each inside of the one before: turns
 * their beginnings and ends into savepoints. The caller has the {@link ConnectionLock}.
 */
final class TransactionStack {

	private static final String NAME = "pristine_";

	private final Server server;

	/**
	 * Outermost first. Others than the caller may look on.
	 */
	private final List<Transaction> open = new CopyOnWriteArrayList<>();

	TransactionStack(Server server) {
		this.server = server;
	}

	/**
	 * Begin a transaction inside of those that are open.
	 * @param readOnly whether it must not write
	 * @param keeping whether other threads wait for its end
	 * @return the transaction
	 */
	Transaction begin(boolean readOnly, boolean keeping) throws SQLException {
		Transaction transaction = new Transaction(NAME + (this.open.size() + 1), readOnly, keeping);
		this.server.send("SAVEPOINT " + transaction.savepoint() + (readOnly ? ";SET TRANSACTION READ ONLY" : ""));
		this.open.add(transaction);
		return transaction;
	}

	/**
	 * Have the server ready for a statement of a connection.
	 * @param own the transaction of the connection, or {@code null} if it is in none
	 * @throws SQLException if the statement cannot be run now
	 */
	void prepare(@Nullable Transaction own) throws SQLException {
		Transaction innermost = innermost();
		if (innermost == null) {
			if (this.server.isAborted()) {
				throw SandboxException.refusal(
						"The test's transaction was aborted by something that did not pass" + " through the sandbox.",
						SandboxException.REMEDY);
			}
		}
		else if (own == null) {
			if (innermost.state() == State.OPEN && this.server.isAborted()) {
				goBackTo(innermost);
				innermost.state(State.FAILED);
			}
		}
		else if (own != innermost) {
			throw interleaved(own, innermost);
		}
	}

	/**
	 * Keep the changes of a transaction, as long as the one around it keeps its own. One
	 * that has failed is rolled back: what the server makes of a {@code COMMIT} then, and
	 * the driver says nothing.
	 * @param transaction the transaction
	 * @param before what to send first; the transaction is rolled back if that fails
	 * @throws SQLException if that fails, or another transaction that was begun inside of
	 * this one is open
	 */
	void commit(Transaction transaction, String before) throws SQLException {
		prepare(transaction);
		boolean kept = false;
		try {
			if (!isAborted(transaction)) {
				this.server.send(before + "RELEASE SAVEPOINT " + transaction.savepoint());
				this.open.remove(transaction);
				transaction.state(State.ENDED);
				kept = true;
			}
		}
		finally {
			if (!kept) {
				rollback(transaction);
			}
		}
	}

	/**
	 * Undo a transaction, and those that were begun inside of it.
	 * @param transaction the transaction
	 */
	void rollback(Transaction transaction) throws SQLException {
		try {
			cutOff(this.open.indexOf(transaction),
					"This transaction was undone because another one, inside of which it was begun on a second"
							+ " connection, was rolled back." + System.lineSeparator() + "Action: "
							+ SandboxException.REMEDY);
		}
		finally {
			transaction.state(State.ENDED);
		}
	}

	/**
	 * Undo all transactions, and cut their connections off.
	 * @param reason what to say to those who use them further
	 * @return the transactions that were open, outermost first
	 */
	List<Transaction> cutOff(String reason) throws SQLException {
		return cutOff(0, reason);
	}

	/**
	 * Return whether a transaction has failed.
	 * @param transaction an innermost transaction
	 * @return whether only a rollback is accepted
	 */
	boolean isAborted(Transaction transaction) {
		return transaction.state() == State.FAILED || (transaction.state() == State.OPEN && this.server.isAborted());
	}

	/**
	 * Return an open transaction of another connection. Any thread may ask.
	 * @param own the transaction of the connection that asks, if it is in one
	 * @return the innermost of the others, or {@code null} if there is none
	 */
	@Nullable Transaction besides(@Nullable Transaction own) {
		Transaction other = null;
		for (Transaction transaction : this.open) {
			other = (transaction != own) ? transaction : other;
		}
		return other;
	}

	/**
	 * Return the transactions whose end other threads wait for. Any thread may ask.
	 * @return those that are open, outermost first
	 */
	List<Transaction> keepers() {
		return this.open.stream().filter(Transaction::isKeeping).toList();
	}

	private @Nullable Transaction innermost() {
		return this.open.isEmpty() ? null : this.open.get(this.open.size() - 1);
	}

	private List<Transaction> cutOff(int outermost, String reason) throws SQLException {
		List<Transaction> ending = List.copyOf(this.open.subList(outermost, this.open.size()));
		Optional<Transaction> first = ending.stream().filter((each) -> each.state() == State.OPEN).findFirst();
		ending.forEach((each) -> each.cutOff(reason));
		this.open.removeAll(ending);
		if (first.isPresent()) {
			goBackTo(first.get());
		}
		return ending;
	}

	private void goBackTo(Transaction transaction) throws SQLException {
		this.server
			.send("ROLLBACK TO SAVEPOINT " + transaction.savepoint() + ";RELEASE SAVEPOINT " + transaction.savepoint());
	}

	private static SQLException interleaved(Transaction own, Transaction innermost) {
		return SandboxException.refusal(
				"Two transactions that overlap without being nested cannot share the one"
						+ " connection of TRANSACTION mode: [" + innermost.holder().statement()
						+ "] has run on another connection," + " in a transaction that is still open, since ["
						+ own.holder().statement() + "].",
				"end the inner transaction first, or " + SandboxException.REMEDY);
	}

	/**
	 * What savepoints are set on.
	 */
	interface Server {

		/**
		 * Send commands.
		 * @param commands one or more, with semicolons in between
		 * @throws SQLException if the server refuses
		 */
		void send(String commands) throws SQLException;

		/**
		 * Return whether a statement has failed, so that the server accepts nothing but a
		 * rollback.
		 * @return whether its transaction is aborted
		 */
		boolean isAborted();

	}

}
