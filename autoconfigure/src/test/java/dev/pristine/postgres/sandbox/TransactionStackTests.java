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
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.pristine.postgres.sandbox.Transaction.State;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TransactionStack}.
 */
class TransactionStackTests {

	private static final String ROLLBACK = "ROLLBACK TO SAVEPOINT pristine_1;RELEASE SAVEPOINT pristine_1";

	private final List<String> sent = new ArrayList<>();

	private boolean aborted;

	private String refused = "";

	private final TransactionStack stack = new TransactionStack(new TransactionStack.Server() {

		@Override
		public void send(String commands) throws SQLException {
			if (commands.equals(TransactionStackTests.this.refused)) {
				throw new SQLException("violated");
			}
			TransactionStackTests.this.sent.add(commands);
		}

		@Override
		public boolean isAborted() {
			return TransactionStackTests.this.aborted;
		}

	});

	@Test
	void transactionsAreSavepoints() throws SQLException {
		Transaction first = this.stack.begin(false, true);
		this.stack.commit(first, "");
		this.stack.commit(this.stack.begin(true, true), "CHECK;");
		this.stack.rollback(this.stack.begin(false, true));
		assertThat(this.sent).containsExactly("SAVEPOINT pristine_1", "RELEASE SAVEPOINT pristine_1",
				"SAVEPOINT pristine_1;SET TRANSACTION READ ONLY", "CHECK;RELEASE SAVEPOINT pristine_1",
				"SAVEPOINT pristine_1", "ROLLBACK TO SAVEPOINT pristine_1;RELEASE SAVEPOINT pristine_1");
		assertThat(first.state()).isEqualTo(State.ENDED);
	}

	@Test
	void commitThatTheServerRefusesIsRollback() throws SQLException {
		Transaction transaction = this.stack.begin(false, true);
		this.refused = "CHECK;RELEASE SAVEPOINT pristine_1";
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> this.stack.commit(transaction, "CHECK;"));
		assertThat(this.sent).last().isEqualTo(ROLLBACK);
		assertThat(transaction.state()).isEqualTo(State.ENDED);
		assertThat(this.stack.besides(null)).isNull();
	}

	@Test
	void innerTransactionEndsBeforeTheOuterOne() throws SQLException {
		Transaction outer = this.stack.begin(false, true);
		Transaction inner = this.stack.begin(false, true);
		assertThat(this.stack.besides(outer)).isSameAs(inner);
		assertThat(this.stack.besides(inner)).isSameAs(outer);
		assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> this.stack.commit(outer, ""))
			.withMessageContaining("overlap without being nested");
		assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> this.stack.prepare(outer))
			.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo(SandboxException.STATE));
		this.stack.commit(inner, "");
		this.stack.rollback(this.stack.begin(false, true));
		this.stack.prepare(outer);
		this.stack.commit(outer, "");
		assertThat(this.stack.besides(null)).isNull();
		assertThat(this.sent).containsExactly("SAVEPOINT pristine_1", "SAVEPOINT pristine_2",
				"RELEASE SAVEPOINT pristine_2", "SAVEPOINT pristine_2",
				"ROLLBACK TO SAVEPOINT pristine_2;RELEASE SAVEPOINT pristine_2", "RELEASE SAVEPOINT pristine_1");
	}

	@Test
	void commitOfAbortedTransactionIsRollback() throws SQLException {
		Transaction transaction = this.stack.begin(false, true);
		this.aborted = true;
		this.stack.commit(transaction, "");
		assertThat(this.sent).last().isEqualTo(ROLLBACK);
	}

	@Test
	void failedTransactionMakesRoomForAnother() throws SQLException {
		Transaction failed = this.stack.begin(false, true);
		this.aborted = true;
		this.stack.prepare(null);
		this.aborted = false;
		assertThat(failed.state()).isEqualTo(State.FAILED);
		assertThat(this.sent).last().isEqualTo(ROLLBACK);
		this.stack.commit(this.stack.begin(false, true), "");
		int before = this.sent.size();
		this.stack.commit(failed, "");
		assertThat(this.sent).hasSize(before);
		assertThat(failed.state()).isEqualTo(State.ENDED);
	}

	@Test
	void rollbackOfOuterTransactionCutsTheInnerOff() throws SQLException {
		Transaction outer = this.stack.begin(false, true);
		Transaction inner = this.stack.begin(false, true);
		this.stack.rollback(outer);
		assertThat(this.sent).last().isEqualTo(ROLLBACK);
		assertThat(inner.state()).isEqualTo(State.CUT_OFF);
		assertThat(inner.cutOff()).contains("was rolled back");
		assertThat(this.stack.besides(null)).isNull();
	}

	@Test
	void allAreCutOffAtOnce() throws SQLException {
		Transaction failed = this.stack.begin(false, true);
		this.aborted = true;
		this.stack.prepare(null);
		this.aborted = false;
		Transaction inner = this.stack.begin(false, true);
		assertThat(this.stack.cutOff("over")).containsExactly(failed, inner);
		assertThat(this.sent).last().isEqualTo("ROLLBACK TO SAVEPOINT pristine_2;RELEASE SAVEPOINT pristine_2");
		assertThat(inner.cutOff()).isEqualTo("over");
		assertThat(this.stack.cutOff("over")).isEmpty();
	}

	@Test
	void onlyOpenTransactionsKeepTheConnection() throws SQLException {
		Transaction testManaged = this.stack.begin(false, false);
		assertThat(this.stack.keepers()).isEmpty();
		Transaction inner = this.stack.begin(false, true);
		assertThat(this.stack.keepers()).containsExactly(inner);
		this.stack.rollback(testManaged);
		assertThat(this.stack.keepers()).isEmpty();
	}

	@Test
	void abortFromOutsideIsRefused() {
		this.aborted = true;
		assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> this.stack.prepare(null))
			.withMessageContaining("did not pass through the sandbox");
	}

}
