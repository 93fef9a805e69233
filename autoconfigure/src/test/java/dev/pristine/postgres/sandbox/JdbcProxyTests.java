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

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link JdbcProxy}.
 */
class JdbcProxyTests {

	private static final Statement TARGET = (Statement) Proxy.newProxyInstance(JdbcProxyTests.class.getClassLoader(),
			new Class<?>[] { Statement.class }, (proxy, method, args) -> switch (method.getName()) {
				case "getMaxRows" -> 7;
				case "isWrapperFor" -> false;
				case "unwrap" -> throw new SQLException("no");
				default -> "target";
			});

	private static final Connection MAKER = (Connection) Proxy.newProxyInstance(JdbcProxyTests.class.getClassLoader(),
			new Class<?>[] { Connection.class }, (proxy, method, args) -> null);

	@Test
	void answersItsOwnMethodsAndPassesTheOthersOn() throws SQLException {
		Statement statement = new Half().proxy();
		assertThat(statement.getQueryTimeout()).isOne();
		assertThat(statement.getMaxRows()).isEqualTo(7);
		assertThat(statement).isEqualTo(statement).isNotEqualTo(new Half().proxy()).hasToString("half");
	}

	@Test
	void returnsWhatHasMadeIt() throws SQLException {
		assertThat(new Half().proxy().getConnection()).isSameAs(MAKER);
	}

	@Test
	void isItselfWhatItCanBe() throws SQLException {
		Statement statement = new Half().proxy();
		assertThat(statement.isWrapperFor(Statement.class)).isTrue();
		assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
		assertThat(statement.isWrapperFor(String.class)).isFalse();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.unwrap(String.class));
	}

	@Test
	void misspeltMethodFailsWithTheFirstObject() {
		assertThatIllegalStateException().isThrownBy(Misspelt::new).withMessageContaining("isWraperFor");
		assertThatIllegalStateException().isThrownBy(WrongType::new).withMessageContaining("isWrapperFor");
		assertThatIllegalStateException().isThrownBy(() -> JdbcProxy.methods(Wrapper.class, "unwrap", "wrap"))
			.withMessageContaining("no method wrap");
	}

	private static class Half extends JdbcProxy<Statement> {

		Half() {
			super(TARGET, MAKER, Statement.class, Statement.class);
		}

		int getQueryTimeout() {
			return 1;
		}

		@Override
		public String toString() {
			return "half";
		}

	}

	private static final class Misspelt extends JdbcProxy<Wrapper> {

		Misspelt() {
			super(TARGET, null, Wrapper.class, Wrapper.class);
		}

		boolean isWraperFor(Class<?> type) {
			return true;
		}

	}

	private static final class WrongType extends JdbcProxy<Wrapper> {

		WrongType() {
			super(TARGET, null, Wrapper.class, Wrapper.class);
		}

		String isWrapperFor(Class<?> type) {
			return "";
		}

	}

}
