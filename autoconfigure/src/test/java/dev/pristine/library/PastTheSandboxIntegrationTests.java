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

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is committed past the sandbox, through a connection of nobody, is undone and
 * named.
 */
@LibraryTest
@IsolationMode(TestIsolation.TRANSACTION)
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class PastTheSandboxIntegrationTests {

	@Autowired
	Books books;

	private int warned;

	@RepeatedTest(3)
	void isUndoneAndNamed(@Autowired JdbcConnectionDetails details, RepetitionInfo repetition, CapturedOutput output)
			throws SQLException {
		assertThat(this.books.findAll()).extracting(Book::getTitle).containsExactly("Frankenstein");
		try (Connection connection = DriverManager.getConnection(details.getJdbcUrl(), details.getUsername(),
				details.getPassword()); Statement statement = connection.createStatement()) {
			statement.execute("insert into book (title) values ('Emma')");
		}
		assertThat(this.books.save(new Book("Persuasion")).getId()).isEqualTo(3);
		assertThat(this.books.count()).isEqualTo(3);
		if (repetition.getCurrentRepetition() > 1) {
			assertThat(output.getAll()).contains("isUndoneAndNamed committed past its transaction", "book");
		}
	}

}
