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

package dev.pristine.library;

import java.util.ArrayList;
import java.util.List;

import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

import dev.pristine.library.Librarian.BookAdded;

/**
 * Keeps what happened to each book, and which books were there at that moment.
 */
@Component
class Journal {

	private final JdbcClient jdbc;

	private final List<String> entries = new ArrayList<>();

	Journal(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	List<String> entries() {
		return this.entries;
	}

	@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
	void beforeCommit(BookAdded event) {
		write("before commit", event);
	}

	// Unless told, their order is that of the JVM, and may be another one next time
	@Order(1)
	@TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
	void afterCommit(BookAdded event) {
		write("after commit", event);
	}

	@TransactionalEventListener(phase = TransactionPhase.AFTER_ROLLBACK)
	void afterRollback(BookAdded event) {
		write("after rollback", event);
	}

	@Order(2)
	@TransactionalEventListener(phase = TransactionPhase.AFTER_COMPLETION)
	void afterCompletion(BookAdded event) {
		write("after completion", event);
	}

	private void write(String phase, BookAdded event) {
		this.entries.add(phase + " of " + event.title() + ": "
				+ this.jdbc.sql("select title from book order by id").query(String.class).list());
	}

}
