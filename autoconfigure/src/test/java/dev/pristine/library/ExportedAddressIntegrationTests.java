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

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process beside the application finds the database, too.
 */
@LibraryTest(properties = "pristine.postgres.export-to=neighbour.database-url")
class ExportedAddressIntegrationTests {

	@Test
	@IsolationMode(TestIsolation.TRUNCATE)
	void leadsToDatabaseOfContext(@Value("${neighbour.database-url}") URI address, @Autowired Books books)
			throws SQLException {
		books.save(new Book("Emma"));
		String[] credentials = address.getUserInfo().split(":");
		assertThat(address.getScheme()).isEqualTo("postgresql");
		try (Connection connection = DriverManager.getConnection(
				"jdbc:postgresql://" + address.getAuthority().split("@")[1] + address.getPath(), credentials[0],
				credentials[1]); var rows = connection.createStatement().executeQuery("select count(*) from book")) {
			rows.next();
			assertThat(rows.getInt(1)).isEqualTo(2);
		}
	}

}
