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

package dev.pristine.postgres.reset;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

import dev.pristine.postgres.server.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServerObjects}.
 */
class ServerObjectsIntegrationTests {

	private static final String SLOT = "SELECT pg_create_logical_replication_slot('s_%s', 'pgoutput')";

	private final TestDatabase database = TestDatabase.withLogicalReplication();

	private final Connection application = this.database.connect();

	private final Connection own = this.database.connect();

	private final DatabaseReset reset = reset(this.own);

	@AfterEach
	void close() throws SQLException {
		this.application.close();
		this.own.close();
		this.database.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					replication slot s_%s | SELECT pg_create_logical_replication_slot('s_%s', 'pgoutput')
					subscription s_%s     | CREATE SUBSCRIPTION s_%s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false)
					""")
	void removesWhatBelongsToDatabase(String name, String sql) throws SQLException {
		Baseline baseline = this.reset.capture();
		execute(sql);
		assertThat(restore(baseline)).containsExactly(named(name) + " (removed)");
		assertThat(count()).isZero();
		assertThat(restore(baseline)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					role r_%s                | CREATE ROLE r_%s                                          | DROP ROLE r_%s
					database d_%s            | CREATE DATABASE d_%s                                      | DROP DATABASE d_%s
					replication slot p_%s    | SELECT pg_create_physical_replication_slot('p_%s')        | SELECT pg_drop_replication_slot('p_%s')
					ALTER SYSTEM SET log_min_messages | ALTER SYSTEM SET log_min_messages = 'error'      | ALTER SYSTEM RESET log_min_messages
					""")
	void namesOnceWhatBelongsToServer(String name, String sql, String undo) throws SQLException {
		Baseline baseline = this.reset.capture();
		execute(sql);
		try {
			assertThat(restore(baseline)).containsExactly(named(name));
			execute("CREATE TABLE other ()");
			assertThat(restore(baseline)).isEmpty();
		}
		finally {
			execute(undo);
		}
		execute("DROP TABLE other");
		assertThat(restore(baseline)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ALTER ROLE r_%s SET work_mem = '5MB'", "GRANT pg_monitor TO r_%s" })
	void namesWhatIsAltered(String sql) throws SQLException {
		execute("CREATE ROLE r_%s");
		try {
			Baseline baseline = this.reset.capture();
			execute(sql);
			assertThat(restore(baseline)).containsExactly(named("role r_%s (altered)"));
		}
		finally {
			execute("DROP ROLE r_%s");
		}
	}

	@Test
	void removesWhatIsPartOfInnerBaseline() throws SQLException {
		Baseline context = this.reset.capture();
		execute(SLOT);
		Baseline inner = this.reset.capture();
		assertThat(restore(inner)).isEmpty();
		assertThat(restore(context)).containsExactly(named("replication slot s_%s (removed)"));
	}

	@Test
	void keepsWhatIsPartOfInnerBaseline() throws SQLException {
		Baseline context = this.reset.capture();
		execute(SLOT);
		Baseline inner = this.reset.capture();
		execute(SLOT.replace("s_", "t_"));
		assertThat(restore(inner)).containsExactly(named("replication slot t_%s (removed)"));
		assertThat(count()).isOne();
		assertThat(restore(context)).containsExactly(named("replication slot s_%s (removed)"));
		assertThat(count()).isZero();
	}

	@Test
	void namesOnceWhatIsInUse() throws SQLException {
		execute("CREATE PUBLICATION p");
		Baseline baseline = this.reset.capture();
		execute(SLOT);
		Properties properties = new Properties();
		properties.setProperty("user", this.database.username());
		properties.setProperty("password", this.database.password());
		properties.setProperty("replication", "database");
		properties.setProperty("preferQueryMode", "simple");
		properties.setProperty("assumeMinServerVersion", "14");
		try (Connection connection = DriverManager.getConnection(this.database.url(), properties);
				PGReplicationStream stream = connection.unwrap(PGConnection.class)
					.getReplicationAPI()
					.replicationStream()
					.logical()
					.withSlotName(named("s_%s"))
					.withSlotOption("proto_version", "1")
					.withSlotOption("publication_names", "p")
					.start()) {
			assertThat(stream.isClosed()).isFalse();
			assertThat(restore(baseline)).containsExactly(named("replication slot s_%s"));
			execute("CREATE ROLE r_%s; DROP ROLE r_%s");
			assertThat(restore(baseline)).isEmpty();
		}
	}

	@Test
	void doesNotPutDownToOneContextWhatAnotherMade() throws SQLException {
		Baseline baseline = this.reset.capture();
		try (TestDatabase other = TestDatabase.withLogicalReplication(); Connection connection = other.connect()) {
			execute("CREATE ROLE r_%s");
			reset(connection).capture();
			assertThat(restore(baseline)).isEmpty();
		}
		finally {
			execute("DROP ROLE r_%s");
		}
	}

	private List<String> restore(Baseline baseline) {
		return this.reset.restore(baseline).leftovers();
	}

	private static DatabaseReset reset(Connection connection) {
		return new DatabaseReset(connection, Duration.ofSeconds(2), Duration.ofSeconds(10));
	}

	private String named(String text) {
		return text.replace("%s", this.database.name());
	}

	private void execute(String sql) throws SQLException {
		try (Statement statement = this.application.createStatement()) {
			statement.execute(named(sql));
		}
	}

	private long count() throws SQLException {
		try (Statement statement = this.application.createStatement();
				ResultSet result = statement.executeQuery(
						"SELECT (SELECT count(*) FROM pg_replication_slots) + (SELECT count(*) FROM pg_subscription)")) {
			result.next();
			return result.getLong(1);
		}
	}

}
