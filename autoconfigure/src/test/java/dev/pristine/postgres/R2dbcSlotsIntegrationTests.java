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

package dev.pristine.postgres;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.r2dbc.connection.DelegatingConnectionFactory;
import org.springframework.r2dbc.connection.TransactionAwareConnectionFactoryProxy;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

import dev.pristine.TestIsolation;
import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;
import dev.pristine.postgres.server.PostgresR2dbcConnectionDetails;
import dev.pristine.postgres.server.TestDatabase;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link PostgresResource} with R2DBC and a database for each slot.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class R2dbcSlotsIntegrationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PostgresIsolationAutoConfiguration.class,
				PostgresServerAutoConfiguration.class, R2dbcAutoConfiguration.class))
		.withBean(CurrentSlot.class, () -> () -> {
			TestOwner owner = TestOwner.current();
			if (owner != null && owner.isEnded()) {
				throw new ResourceException("It is over.", "Wait for it.");
			}
			return (owner != null) ? owner.slot() : 0;
		})
		.withUserConfiguration(Client.class);

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void slotsStartFromWhatTheApplicationStartedWith(boolean pooled) {
		this.contextRunner.withPropertyValues("spring.r2dbc.pool.enabled=" + pooled).run((context) -> {
			Books books = Books.create(context.getBean(DatabaseClient.class));
			assertThat(context.getBean(ConnectionFactory.class) instanceof ConnectionPool).isEqualTo(pooled);
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0)) {
				assertThat(resource.onlyCopy()).isNull();
				books.add(0, "Emma");
				try (ResourceLease<?> second = resource.lease(1); ResourceLease<?> third = resource.lease(2)) {
					for (int slot : List.of(1, 2)) {
						assertThat(books.titles(slot)).containsExactly("Frankenstein");
						books.add(slot, "Persuasion " + slot);
					}
					assertThat(books.titles(1)).containsExactly("Frankenstein", "Persuasion 1");
					assertThat(books.titles(2)).containsExactly("Frankenstein", "Persuasion 2");
					assertThat(books.titles(0)).containsExactly("Frankenstein", "Emma");
				}
				assertThatException().isThrownBy(() -> books.titles(1))
					.withRootCauseInstanceOf(ResourceException.class)
					.withStackTraceContaining("slot 1, which has been given back");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void eachSlotIsRestoredAndReplacedByItself(boolean pooled, CapturedOutput output) {
		this.contextRunner.withPropertyValues("spring.r2dbc.pool.enabled=" + pooled).run((context) -> {
			Books books = Books.create(context.getBean(DatabaseClient.class));
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
				assertThat(first.refusal(TestIsolation.TRANSACTION)).contains("used without a DataSource");
				assertThat(second.refusal(TestIsolation.TRANSACTION)).contains("used without a DataSource");
				Runnable one = enter(first, TestIsolation.TRUNCATE);
				Runnable other = enter(second, TestIsolation.TRUNCATE);
				books.add(0, "Emma");
				books.add(1, "Persuasion");
				one.run();
				assertThat(books.titles(0)).containsExactly("Frankenstein");
				assertThat(books.titles(1)).containsExactly("Frankenstein", "Persuasion");
				other.run();
				for (int slot : List.of(1, 0, 1)) {
					ResourceLease<?> lease = (slot == 1) ? second : first;
					Runnable scope = enter(lease, TestIsolation.DATABASE);
					// Several idle connections
					Mono.when(books.slowly(slot), books.slowly(slot), books.slowly(slot)).block();
					books.execute(slot, "DROP TABLE book");
					scope.run();
					assertThat(books.titles(0)).containsExactly("Frankenstein");
					assertThat(books.titles(1)).containsExactly("Frankenstein");
				}
				assertThat(first.isUsable() && second.isUsable()).isTrue();
			}
			assertThat(output).doesNotContain("cannot be replaced");
		});
	}

	@Test
	void transactionThatStaysOpenIsCutOffAndPoolGoesOn(CapturedOutput output) {
		this.contextRunner.withPropertyValues("pristine.postgres.lock-timeout=200ms").run((context) -> {
			Books books = Books.create(context.getBean(DatabaseClient.class));
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
				for (int slot : List.of(0, 1)) {
					ResourceLease<?> lease = (slot == 1) ? second : first;
					Runnable scope = enter(lease, TestIsolation.TRUNCATE);
					Connection connection = books.open(slot);
					Mono.from(connection.beginTransaction()).block();
					Mono.from(connection.createStatement("INSERT INTO book VALUES ('Late')").execute())
						.flatMap((result) -> Mono.from(result.getRowsUpdated()))
						.block();
					scope.run();
					assertThat(books.titles(slot)).containsExactly("Frankenstein");
					assertThatException().isThrownBy(() -> Mono.from(connection.createStatement("SELECT 1").execute())
						// The server's message may come with the result
						.flatMap((result) -> Mono.from(result.getRowsUpdated()))
						.block());
					Mono.from(connection.close()).onErrorComplete().block();
					assertThat(books.titles(slot)).containsExactly("Frankenstein");
				}
			}
			assertThat(output).contains("INSERT INTO book VALUES ('Late')");
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void connectionThatIsUsedForTestThatIsOverIsCutOff(boolean pooled, CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("spring.r2dbc.pool.enabled=" + pooled, "pristine.postgres.lock-timeout=200ms")
			.run((context) -> {
				Books books = Books.create(context.getBean(DatabaseClient.class));
				PostgresResource resource = context.getBean(PostgresResource.class);
				try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
					for (int slot : List.of(0, 1)) {
						TestOwner owner = TestOwner.start("late", Books.class, slot);
						ResourceLease<?> lease = (slot == 1) ? second : first;
						Runnable scope = enter(lease, TestIsolation.TRUNCATE);
						Connection other = books.open(slot);
						Connection returned = books.open(owner);
						Connection late = books.open(owner);
						Mono.from(returned.close()).block();
						owner.end();
						scope.run();
						assertThatException().isThrownBy(
								() -> Mono.from(late.createStatement("INSERT INTO book VALUES ('Late')").execute())
									.flatMap((result) -> Mono.from(result.getRowsUpdated()))
									.block());
						Mono.from(other.createStatement("SELECT 1").execute())
							.flatMap((result) -> Mono.from(result.getRowsUpdated()))
							.block();
						Mono.when(other.close(), late.close()).onErrorComplete().block();
						assertThat(books.titles(slot)).containsExactly("Frankenstein");
					}
				}
				assertThat(output.getAll().split("Tests.test ended while a connection of the ConnectionFactory"))
					.hasSize(3);
			});
	}

	@Test
	void connectionThatComesTooLateIsRefused() {
		this.contextRunner.withPropertyValues("spring.r2dbc.pool.max-size=1", "spring.r2dbc.pool.initial-size=1")
			.run((context) -> {
				ConnectionPool pool = context.getBean(ConnectionPool.class);
				Books books = Books.create(context.getBean(DatabaseClient.class));
				try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
					Connection only = books.open(0);
					TestOwner owner = TestOwner.start("late", Books.class, 0);
					CompletableFuture<Connection> late;
					try (Work work = owner.take()) {
						late = pool.create().toFuture();
					}
					owner.end();
					assertThat(late).isNotDone();
					Mono.from(only.close()).block();
					assertThatException().isThrownBy(late::join).withMessageContaining("It is over");
					assertThat(pool.getMetrics().orElseThrow().acquiredSize()).isZero();
				}
			});
	}

	@Test
	void lateWorkOnDatabaseThatPristineDidNotCreateIsCutOffAndRefused(CapturedOutput output) {
		TestDatabase database = TestDatabase.create();
		JdbcConnectionDetails details = database.details();
		this.contextRunner.withUserConfiguration(BesideJdbc.class)
			.withPropertyValues("pristine.postgres.disposable=true", "pristine.postgres.lock-timeout=200ms")
			.withBean(JdbcConnectionDetails.class, () -> details)
			.withBean(R2dbcConnectionDetails.class, () -> new PostgresR2dbcConnectionDetails(details))
			.run((context) -> {
				Books books = Books.create(context.getBean(DatabaseClient.class));
				try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
					TestOwner owner = TestOwner.start("late", Books.class, 0);
					Runnable scope = enter(lease, TestIsolation.TRUNCATE);
					Connection late = books.open(owner);
					owner.end();
					scope.run();
					assertThatException()
						.isThrownBy(() -> Mono.from(late.createStatement("INSERT INTO book VALUES ('Late')").execute())
							.flatMap((result) -> Mono.from(result.getRowsUpdated()))
							.block());
					assertThatException().isThrownBy(
							owner.bind(() -> books.client.sql("INSERT INTO book VALUES ('Late')").then().block())::run)
						.withStackTraceContaining("It is over");
					assertThat(books.titles(0)).containsExactly("Frankenstein");
				}
			});
		database.close();
		assertThat(output).contains("Tests.test ended while a connection of the ConnectionFactory");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void transactionOfDataSourceIsRefusedBesideR2dbcUnlessTheRestCanBeUndone(boolean disposable) {
		try (TestDatabase database = TestDatabase.create()) {
			JdbcConnectionDetails details = database.details();
			this.contextRunner.withUserConfiguration(BesideJdbc.class)
				.withPropertyValues("pristine.postgres.disposable=" + disposable)
				.withBean(JdbcConnectionDetails.class, () -> details)
				.withBean(R2dbcConnectionDetails.class, () -> new PostgresR2dbcConnectionDetails(details))
				.run((context) -> {
					try (ResourceLease<?> lease = context.getBean(PostgresResource.class).lease(0)) {
						String refusal = lease.refusal(TestIsolation.TRANSACTION);
						assertThat(String.valueOf(refusal)).contains(disposable ? "null" : "used without a DataSource");
					}
				});
		}
	}

	@Test
	void poolOfSlotHasSizeOfTheApplication() {
		this.contextRunner.withPropertyValues("spring.r2dbc.pool.max-size=2", "spring.r2dbc.pool.initial-size=1")
			.run((context) -> {
				Books books = Books.create(context.getBean(DatabaseClient.class));
				ConnectionPool pool = context.getBean(ConnectionPool.class);
				PostgresResource resource = context.getBean(PostgresResource.class);
				try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
					assertThat(pool.getMetrics().orElseThrow().idleSize()).isZero();
					List<Connection> both = List.of(books.open(1), books.open(1));
					try (Work work = TestOwner.start("test", this, 1).run()) {
						assertThatException()
							.isThrownBy(() -> pool.create().toFuture().get(200, TimeUnit.MILLISECONDS));
					}
					both.forEach((connection) -> Mono.from(connection.close()).block());
					assertThat(pool.getMetrics().orElseThrow().allocatedSize()).isZero();
				}
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void factoryOfSlotIsDecoratedLikeTheApplications(boolean pooled) {
		AtomicInteger opened = new AtomicInteger();
		this.contextRunner.withPropertyValues("spring.r2dbc.pool.enabled=" + pooled, "spring.r2dbc.pool.initial-size=0")
			.withBean(ConnectionFactoryDecorator.class, () -> (factory) -> new Counting(factory, opened))
			.run((context) -> {
				Books books = Books.create(context.getBean(DatabaseClient.class));
				PostgresResource resource = context.getBean(PostgresResource.class);
				try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
					int before = opened.get();
					assertThat(books.titles(1)).containsExactly("Frankenstein");
					assertThat(opened).hasValue(before + 1);
				}
			});
	}

	@Test
	void factoryAroundTheApplicationsIsLedToo() {
		this.contextRunner.withUserConfiguration(TransactionAware.class).run((context) -> {
			Books books = Books.create(context.getBean(DatabaseClient.class));
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
				books.add(1, "Emma");
				DatabaseClient aware = DatabaseClient
					.create(context.getBean("aware", TransactionAwareConnectionFactoryProxy.class));
				assertThat(new Books(aware).titles(1)).contains("Emma");
				assertThat(new Books(aware).titles(0)).doesNotContain("Emma");
			}
		});
	}

	@Test
	void dataSourceLeadsToTheSameDatabase() {
		this.contextRunner.withUserConfiguration(BesideJdbc.class).run((context) -> {
			Books books = Books.create(context.getBean(DatabaseClient.class));
			JdbcClient jdbc = JdbcClient.create(context.getBean(DataSource.class));
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0); ResourceLease<?> second = resource.lease(1)) {
				assertThat(second.refusal(TestIsolation.TRANSACTION)).isNull();
				Runnable scope = enter(second, TestIsolation.DATABASE);
				books.add(1, "Emma");
				try (Work work = TestOwner.start("test", this, 1).run()) {
					assertThat(jdbc.sql("SELECT title FROM book").query(String.class).list()).contains("Emma");
					jdbc.sql("DROP TABLE book").update();
				}
				scope.run();
				assertThat(books.titles(1)).containsExactly("Frankenstein");
				assertThat(jdbc.sql("SELECT title FROM book").query(String.class).list())
					.containsExactly("Frankenstein");
			}
		});
	}

	@Test
	void factoryOfAnotherMakeAllowsOneCopyOnly() {
		this.contextRunner.withUserConfiguration(HandMade.class).run((context) -> {
			PostgresResource resource = context.getBean(PostgresResource.class);
			Books books = Books.create(context.getBean(DatabaseClient.class));
			try (ResourceLease<?> first = resource.lease(0)) {
				assertThat(resource.onlyCopy()).contains("the ConnectionFactory 'handMade'",
						PostgresqlConnectionFactory.class.getName(), "Use its auto-configuration");
				Runnable scope = enter(first, TestIsolation.TRUNCATE);
				books.add(0, "Emma");
				scope.run();
				assertThat(books.titles(0)).containsExactly("Frankenstein");
			}
		});
	}

	@Test
	void connectionThatStaysIsToldAndLeavesOneCopy() {
		this.contextRunner.run((context) -> {
			Books books = Books.create(context.getBean(DatabaseClient.class));
			Connection listening = books.open(0);
			PostgresResource resource = context.getBean(PostgresResource.class);
			try (ResourceLease<?> first = resource.lease(0)) {
				assertThat(resource.onlyCopy()).contains("stay connected", "r2dbc-postgresql (pid ");
				assertThat(first.refusal(TestIsolation.TRUNCATE)).isNull();
			}
			Mono.from(listening.close()).block();
		});
	}

	private static <S> Runnable enter(ResourceLease<S> lease, TestIsolation isolation) {
		S state = lease.capture();
		lease.enter(new TestScope("Tests.test", isolation));
		return () -> lease.restore(state, "Tests.test");
	}

	private record Books(DatabaseClient client) {

		static Books create(DatabaseClient client) {
			Books books = new Books(client);
			books.execute(0, "CREATE TABLE book (title text)");
			books.add(0, "Frankenstein");
			return books;
		}

		void add(int slot, String title) {
			execute(slot, "INSERT INTO book VALUES ('" + title + "')");
		}

		void execute(int slot, String sql) {
			try (Work work = owner(slot).run()) {
				this.client.sql(sql).then().block();
			}
		}

		List<String> titles(int slot) {
			try (Work work = owner(slot).run()) {
				return this.client.sql("SELECT title FROM book").mapValue(String.class).all().collectList().block();
			}
		}

		Mono<Void> slowly(int slot) {
			return this.client.sql("SELECT pg_sleep(0.05)")
				.then()
				.contextWrite((context) -> context.put(TestOwner.class, owner(slot)));
		}

		Connection open(int slot) {
			return open(owner(slot));
		}

		Connection open(TestOwner owner) {
			try (Work work = owner.run()) {
				return Mono.<Connection>from(this.client.getConnectionFactory().create()).block();
			}
		}

		private static TestOwner owner(int slot) {
			return TestOwner.start("slot " + slot, Books.class, slot);
		}

	}

	private static final class Counting extends DelegatingConnectionFactory {

		private final AtomicInteger opened;

		Counting(ConnectionFactory factory, AtomicInteger opened) {
			super(factory);
			this.opened = opened;
		}

		@Override
		public Mono<? extends Connection> create() {
			return super.create().doOnNext((connection) -> this.opened.incrementAndGet());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Client {

		@Bean
		DatabaseClient client(ConnectionFactory connectionFactory) {
			return DatabaseClient.create(connectionFactory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TransactionAware {

		@Bean(defaultCandidate = false)
		TransactionAwareConnectionFactoryProxy aware(ConnectionFactory connectionFactory) {
			return new TransactionAwareConnectionFactoryProxy(connectionFactory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BesideJdbc {

		@Bean
		HikariDataSource dataSource(JdbcConnectionDetails details) {
			return DataSourceBuilder.create()
				.type(HikariDataSource.class)
				.url(details.getJdbcUrl())
				.username(details.getUsername())
				.password(details.getPassword())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HandMade {

		@Bean
		PostgresqlConnectionFactory handMade(R2dbcConnectionDetails details) {
			ConnectionFactoryOptions options = details.getConnectionFactoryOptions();
			return new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
				.host((String) options.getRequiredValue(ConnectionFactoryOptions.HOST))
				.port((Integer) options.getRequiredValue(ConnectionFactoryOptions.PORT))
				.database((String) options.getRequiredValue(ConnectionFactoryOptions.DATABASE))
				.username((String) options.getRequiredValue(ConnectionFactoryOptions.USER))
				.password((CharSequence) options.getRequiredValue(ConnectionFactoryOptions.PASSWORD))
				.build());
		}

	}

}
