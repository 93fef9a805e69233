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

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Adds books, now or later.
 */
@Service
class Librarian {

	private final Books books;

	private final ApplicationEventPublisher events;

	Librarian(Books books, ApplicationEventPublisher events) {
		this.books = books;
		this.events = events;
	}

	@Async
	CompletableFuture<@Nullable Long> addLater(String title) {
		return CompletableFuture.completedFuture(this.books.save(new Book(title)).getId());
	}

	@Transactional
	void add(String title) {
		this.books.save(new Book(title));
		this.events.publishEvent(new BookAdded(title));
	}

	@Transactional(propagation = Propagation.REQUIRES_NEW)
	void addOnItsOwn(String title) {
		add(title);
	}

	/**
	 * Add two books in one transaction, with something in between.
	 */
	@Async
	@Transactional
	CompletableFuture<Void> addBothLater(String first, Runnable between, String second) {
		this.books.save(new Book(first));
		between.run();
		this.books.save(new Book(second));
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * Something has happened.
	 *
	 * @param title the title of the book
	 */
	record BookAdded(String title) {

	}

}
