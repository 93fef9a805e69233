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

package com.example.quickstart;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.pristine.IntegrationTest;

import static org.assertj.core.api.Assertions.assertThat;

@IntegrationTest
class ConfirmationIntegrationTests {

	@Autowired
	OrderService service;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	DataSource dataSource;

	@Test
	void confirmationIsSentInTheNameOfTheTestProfile() {
		this.service.place(new OrderRequest("TEA-BLACK", 1, "ada@example.com", "FR"));
		assertThat(this.jdbc.sql("select sender from confirmation").query(String.class).list())
			.containsExactly("test@shop.example");
	}

	@Test
	void connectionsAreSeparateAsApplicationTestYamlSaysTruncate() throws SQLException {
		try (Connection one = this.dataSource.getConnection(); Connection other = this.dataSource.getConnection()) {
			assertThat(backend(one)).isNotEqualTo(backend(other));
		}
	}

	private int backend(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("select pg_backend_pid()")) {
			result.next();
			return result.getInt(1);
		}
	}

}
