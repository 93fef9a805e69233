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

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Books over HTTP.
 */
@RestController
@RequestMapping("/books")
class BookController {

	private final Books books;

	BookController(Books books) {
		this.books = books;
	}

	@GetMapping
	List<String> titles() {
		return this.books.findAll().stream().map(Book::getTitle).toList();
	}

	/**
	 * Tell which thread serves requests.
	 */
	@GetMapping("/server")
	String server() {
		return Thread.currentThread().toString();
	}

	@PostMapping
	@Transactional
	@Nullable Long add(@RequestBody String title) {
		return this.books.save(new Book(title)).getId();
	}

}
