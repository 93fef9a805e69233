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

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.reset.Baseline;
import dev.pristine.postgres.reset.DatabaseReset;
import dev.pristine.postgres.server.TestDatabase;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs every {@link Situations situation} with real commits, with real commits that
 * Pristine undoes, and in the sandbox, and compares what happens.
 * <p>
 * In a schema without deferred constraints a change in auto-commit takes another way.
 */
@ParameterizedClass(name = "{0} constraints")
@ValueSource(strings = { "DEFERRED", "IMMEDIATE" })
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class SituationsIntegrationTests {

	private static final ConnectionDefaults DEFAULTS = new ConnectionDefaults(true, false,
			Connection.TRANSACTION_READ_COMMITTED);

	private static final String OVERLAP = "A transaction is open on one connection while another one";

	private static TestDatabase database;

	private static Connection beside;

	private static DatabaseReset reset;

	private static Baseline baseline;

	private static Sandbox sandbox;

	private static boolean deferred;

	@Parameter
	String constraints;

	@BeforeParameterizedClassInvocation
	static void create(String constraints) throws SQLException {
		database = TestDatabase.create();
		deferred = constraints.equals("DEFERRED");
		execute(deferred ? World.SCHEMA : World.SCHEMA.replace("INITIALLY DEFERRED", "INITIALLY IMMEDIATE"));
		beside = connect();
		reset = new DatabaseReset(beside, java.time.Duration.ofSeconds(5), java.time.Duration.ofSeconds(10));
		baseline = reset.capture();
		sandbox = new Sandbox(connect(), Duration.ofMillis(500), OverlapPolicy.WARN);
	}

	@AfterParameterizedClassInvocation
	static void drop() throws SQLException {
		sandbox.close();
		beside.close();
		database.close();
	}

	static List<Situation> situations() {
		return Situations.all()
			.stream()
			.filter((situation) -> deferred || situation.outcome() == Situation.Outcome.SAME)
			.toList();
	}

	@ParameterizedTest
	@MethodSource("situations")
	void turnsOutAsTheTableSays(Situation situation, CapturedOutput output) throws Exception {
		List<String> production = inProduction(situation);
		assertThat(inTruncate(situation)).isEqualTo(production);
		List<String> transaction = inTransaction(situation);
		String report = situation.report();
		switch (situation.outcome()) {
			case SAME -> {
				assertThat(transaction).isEqualTo(production);
				assertThat(output).doesNotContainPattern("WARN .* (dev\\.pristine|d\\.p)\\.");
			}
			case OVERLAP -> assertThat(output).contains(OVERLAP, (report != null) ? report : "");
			case DIFFERS -> {
				assertThat(transaction).isNotEqualTo(production);
				assertThat(output).contains((report != null) ? report : "").doesNotContain(OVERLAP);
			}
			case REFUSED -> {
				assertThat(transaction).anyMatch((event) -> event.contains(report));
				assertThat(output).contains(report).doesNotContain(OVERLAP);
			}
		}
	}

	private static List<String> inProduction(Situation situation) throws Exception {
		execute(World.RESET);
		try (World world = new World(SituationsIntegrationTests::connect, false)) {
			situation.program().run(world);
			return new ArrayList<>(world.events());
		}
		finally {
			execute(World.RESET);
		}
	}

	private static List<String> inTruncate(Situation situation) throws Exception {
		try (World world = new World(SituationsIntegrationTests::connect, false)) {
			situation.program().run(world);
			return new ArrayList<>(world.events());
		}
		finally {
			assertThat(reset.restore(baseline).isUndone()).isTrue();
			assertUnchanged();
		}
	}

	private static List<String> inTransaction(Situation situation) throws Exception {
		SandboxState state = sandbox.capture();
		sandbox.enter(new TestScope(situation.name(), TestIsolation.TRANSACTION));
		try (World world = new World(() -> sandbox.connect(DEFAULTS), true)) {
			situation.program().run(world);
			return new ArrayList<>(world.events());
		}
		finally {
			sandbox.restore(state, situation.name(), true);
			assertUnchanged();
		}
	}

	private static void assertUnchanged() throws SQLException {
		try (World world = new World(SituationsIntegrationTests::connect, false)) {
			world.items();
			world.run(world.connect(), "SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM numbered)"
					+ " + (SELECT count(*) FROM child) + (SELECT count(*) FROM parent)");
			assertThat(world.events()).allMatch((event) -> event.endsWith("-> null ") || event.endsWith("-> 0 "));
		}
	}

	private static Connection connect() throws SQLException {
		Properties properties = new Properties();
		properties.setProperty("user", database.username());
		properties.setProperty("password", database.password());
		properties.setProperty("cleanupSavepoints", "true");
		properties.setProperty("options", "-c lock_timeout=400");
		return DriverManager.getConnection(database.url(), properties);
	}

	private static void execute(String sql) throws SQLException {
		database.execute(sql);
	}

}
