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
import java.sql.SQLException;

import javax.sql.DataSource;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.NestedTestConfiguration;
import org.springframework.test.context.NestedTestConfiguration.EnclosingConfiguration;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.isolation.IsolationAutoConfiguration;
import dev.pristine.postgres.PostgresIsolationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;

/**
 * A test may watch the data source, or let it fail.
 */
@NestedTestConfiguration(EnclosingConfiguration.OVERRIDE)
class MockedDataSourceIntegrationTests {

	abstract static class Spied {

		@MockitoSpyBean
		DataSource dataSource;

		@Autowired
		JdbcClient jdbc;

		@RepeatedTest(2)
		void isWatched() throws SQLException {
			assertThat(this.jdbc.sql("INSERT INTO author (name) VALUES ('Anne')").update()).isOne();
			then(this.dataSource).should(atLeastOnce()).getConnection();
		}

		@RepeatedTest(2)
		void fails() throws SQLException {
			willThrow(new SQLException("No connection")).given(this.dataSource).getConnection();
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> this.jdbc.sql("SELECT 1").query().singleValue());
		}

	}

	@Nested
	@LibraryTest
	@IsolationMode(TestIsolation.TRUNCATE)
	class SpiedWithRealCommits extends Spied {

	}

	@Nested
	@LibraryTest
	@IsolationMode(TestIsolation.TRANSACTION)
	class SpiedInTransaction extends Spied {

	}

	@Nested
	@SpringBootTest(classes = Mocked.WithoutDatabase.class)
	class Mocked {

		@MockitoBean
		DataSource dataSource;

		@RepeatedTest(2)
		void isWhatTestMakesOfIt() throws SQLException {
			assertThat(this.dataSource.getConnection()).isNull();
			Connection connection = mock();
			given(this.dataSource.getConnection()).willReturn(connection);
			assertThat(this.dataSource.getConnection()).isSameAs(connection);
		}

		@Configuration(proxyBeanMethods = false)
		@ImportAutoConfiguration({ PostgresIsolationAutoConfiguration.class, IsolationAutoConfiguration.class })
		static class WithoutDatabase {

		}

	}

}
