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

package dev.pristine.isolation;

import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;
import org.springframework.test.annotation.DirtiesContext.MethodMode;
import org.springframework.test.context.ContextCustomizerFactories;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.test.context.jdbc.Sql.ExecutionPhase;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;
import org.springframework.test.context.transaction.AfterTransaction;
import org.springframework.test.context.transaction.BeforeTransaction;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IsolationTestExecutionListener}.
 */
@Timeout(60)
class IsolationTestExecutionListenerTests {

	@BeforeEach
	@AfterEach
	void startOver() {
		RecordingTest.Generations.next();
	}

	@Test
	void opensAScopeAroundEachClassAndEachTest() {
		new TestRun(Lifecycles.class).succeeds(2);
		assertEvents("beforeAll", "baseline", "prepare Lifecycles", "prepare Lifecycles.first", "beforeEach", "first",
				"afterEach", "reset Lifecycles.first", "prepare Lifecycles.second", "beforeEach", "second", "afterEach",
				"reset Lifecycles.second", "afterAll", "reset Lifecycles");
	}

	@Test
	void reusesTheSlotOfACachedContext() {
		new TestRun(Plain.class, OtherPlain.class).succeeds(2);
		assertEvents("baseline", "prepare Plain", "prepare Plain.test", "test", "reset Plain.test", "reset Plain",
				"prepare OtherPlain", "prepare OtherPlain.test", "test", "reset OtherPlain.test", "reset OtherPlain");
	}

	@Test
	void isAroundTransactionsAndScriptsOfTheTest() {
		new TestRun(Transactions.class).succeeds(1);
		assertEvents("baseline", "prepare Transactions", "begin", "sql", "prepare Transactions.test",
				"beforeTransaction", "begin", "sql", "beforeEach", "test", "rollback", "afterTransaction",
				"reset Transactions.test", "begin", "sql", "reset Transactions");
	}

	@Test
	void nestsScopesAsClassesAreNested() {
		new TestRun(Enclosing.class).succeeds(3);
		assertEvents("baseline", "prepare Enclosing", "prepare Enclosing.test", "test", "reset Enclosing.test",
				"prepare Inner", "prepare Inner.test", "inner", "reset Inner.test", "prepare Innermost",
				"prepare Innermost.test TRUNCATE", "innermost", "reset Innermost.test TRUNCATE", "reset Innermost",
				"reset Inner", "reset Enclosing");
	}

	@Test
	void nestsScopesOfInheritedNestedClasses() {
		new TestRun(InheritsNestedClass.class).succeeds(2);
		assertEvents("baseline", "prepare InheritsNestedClass", "prepare InheritsNestedClass.test", "test",
				"reset InheritsNestedClass.test", "prepare Inner", "prepare Inner.test", "inner", "reset Inner.test",
				"reset Inner", "reset InheritsNestedClass");
	}

	@Test
	void keepsNestedClassesWithAContextOfTheirOwnApart() {
		new TestRun(EnclosingOtherContext.class).succeeds(2);
		assertEvents("baseline", "prepare EnclosingOtherContext", "prepare EnclosingOtherContext.test", "test",
				"reset EnclosingOtherContext.test", "baseline", "prepare Inner", "prepare Inner.test", "inner",
				"reset Inner.test", "reset Inner", "reset EnclosingOtherContext");
	}

	@Test
	void opensNestedClassesWhoseEnclosingClassHasNoTests() {
		new TestRun(OnlyNested.class).succeeds(2);
		assertEvents("baseline", "prepare First", "prepare First.test", "test", "reset First.test", "reset First",
				"prepare Second", "prepare Second.test", "test", "reset Second.test", "reset Second");
	}

	@Test
	void opensTheClassAfterTheConstructorOfASharedInstance() {
		new TestRun(PerClass.class).succeeds(2);
		assertEvents("baseline", "constructor", "prepare PerClass", "beforeAll", "prepare PerClass.first", "first",
				"reset PerClass.first", "prepare PerClass.second", "second", "reset PerClass.second", "reset PerClass");
	}

	@Test
	void resetsAfterEachInvocationOfATemplate() {
		new TestRun(Templates.class).succeeds(4);
		assertEvents("baseline", "prepare Templates", "prepare Templates.parameterized", "1",
				"reset Templates.parameterized", "prepare Templates.parameterized", "2",
				"reset Templates.parameterized", "prepare Templates.repeated", "repeated", "reset Templates.repeated",
				"prepare Templates.repeated", "repeated", "reset Templates.repeated", "reset Templates");
	}

	@Test
	void resetsOnceAfterAllDynamicTestsOfAFactory() {
		new TestRun(Factory.class).succeeds(2);
		assertEvents("baseline", "prepare Factory", "prepare Factory.factory", "one", "two", "reset Factory.factory",
				"reset Factory");
	}

	@Test
	void holdsForInheritedMethodsUnderTheNameOfTheRunningClass() {
		new TestRun(InheritsMethods.class).succeeds(2);
		assertEvents("baseline", "prepare InheritsMethods", "prepare InheritsMethods.first TRUNCATE", "first",
				"reset InheritsMethods.first TRUNCATE", "prepare InheritsMethods.second", "second",
				"reset InheritsMethods.second", "reset InheritsMethods");
	}

	@Test
	void takesTheModeFromTheEnvironment() {
		new TestRun(ModeFromEnvironment.class).succeeds(1);
		assertEvents("baseline", "prepare ModeFromEnvironment", "prepare ModeFromEnvironment.test TRUNCATE", "test",
				"reset ModeFromEnvironment.test TRUNCATE", "reset ModeFromEnvironment");
	}

	@Test
	void switchesModesWithoutAnotherContext() {
		new TestRun(Plain.class, Truncating.class, OtherPlain.class).succeeds(3);
		assertThat(RecordingResource.events()).containsOnlyOnce("baseline").contains("prepare Truncating");
	}

	@Test
	void noneTouchesNothingAndTheNextTestRestoresFirst() {
		new TestRun(None.class, OtherPlain.class).succeeds(2);
		assertEvents("baseline", "test", "prepare OtherPlain", "prepare OtherPlain.test", "test",
				"reset OtherPlain.test", "reset OtherPlain");
	}

	@Test
	void noneBetweenOtherTestsIsRestoredByTheNext() {
		new TestRun(NoneBetween.class).succeeds(3);
		assertEvents("baseline", "prepare NoneBetween", "prepare NoneBetween.first", "first", "reset NoneBetween.first",
				"second", "prepare NoneBetween.third", "third", "reset NoneBetween.third", "reset NoneBetween");
	}

	@Test
	void refusesModeThatCannotBeHad() {
		new TestRun(Schema.class).fails(
				"Schema.test asks for the isolation SCHEMA, which cannot be had here: it has no schemas",
				"Use another");
		assertThat(RecordingResource.events()).doesNotContain("test");
	}

	@Test
	void refusedModeOfAMethodLeavesTheOtherMethodsAlone() {
		TestRun run = new TestRun(SchemaMethod.class);
		assertThat(run.failures()).singleElement().asString().contains("SchemaMethod.refused asks for the isolation");
		assertThat(RecordingResource.events()).contains("test").doesNotContain("refused");
	}

	@Test
	void refusedClassDoesNotPoisonTheContextForOthers() {
		TestRun run = new TestRun(SchemaInjected.class, Plain.class);
		assertThat(run.failures()).hasSize(1);
		assertThat(RecordingResource.events()).containsOnlyOnce("baseline").contains("prepare Plain");
	}

	@Test
	void doesNotLoadTheContextBeforeBeforeAll() {
		new TestRun(StartsWhatTheContextNeeds.class).succeeds(1);
		assertEvents("started", "baseline", "prepare StartsWhatTheContextNeeds",
				"prepare StartsWhatTheContextNeeds.test", "test", "reset StartsWhatTheContextNeeds.test",
				"reset StartsWhatTheContextNeeds");
	}

	@Test
	void opensTheClassBeforeABeforeAllThatTheContextIsInjectedInto() {
		new TestRun(InjectedBeforeAll.class).succeeds(1);
		assertEvents("baseline", "prepare InjectedBeforeAll", "beforeAll", "prepare InjectedBeforeAll.test", "test",
				"reset InjectedBeforeAll.test", "reset InjectedBeforeAll");
	}

	@Test
	void opensTheClassWithoutSpringBootAsWell() {
		new TestRun(WithoutSpringBoot.class).succeeds(1);
		assertEvents("baseline", "prepare WithoutSpringBoot", "prepare WithoutSpringBoot.test TRUNCATE", "test",
				"reset WithoutSpringBoot.test TRUNCATE", "reset WithoutSpringBoot");
	}

	@Test
	void whatBeforeAllDoesIsOfItsClassWithoutSpringBootAsWell() {
		new TestRun(WritesInBeforeAll.class).succeeds(1);
		assertEvents("baseline", "prepare WritesInBeforeAll", "before all", "prepare WritesInBeforeAll.test TRUNCATE",
				"test", "reset WritesInBeforeAll.test TRUNCATE", "reset WritesInBeforeAll");
	}

	@Test
	void whatListenersDoWithoutSpringBootIsOfTheBaseline() {
		new TestRun(Seeded.class).succeeds(1);
		assertThat(RecordingResource.events()).startsWith("seed", "baseline", "prepare Seeded");
	}

	@Test
	void leavesTestsWithoutEngineAlone() {
		new TestRun(WithoutEngine.class).succeeds(1);
		assertEvents("test");
	}

	@Test
	void resetsAfterAFailedTest() {
		new TestRun(FailingTest.class).fails("on purpose");
		assertEvents("baseline", "prepare FailingTest", "prepare FailingTest.test", "reset FailingTest.test",
				"reset FailingTest");
	}

	@Test
	void resetsAfterAFailedBeforeEach() {
		new TestRun(FailingBeforeEach.class).fails("on purpose");
		assertEvents("baseline", "prepare FailingBeforeEach", "prepare FailingBeforeEach.test",
				"reset FailingBeforeEach.test", "reset FailingBeforeEach");
	}

	@Test
	void resetsAfterAFailedBeforeAll() {
		new TestRun(FailingBeforeAll.class).failsInContainer("on purpose");
		assertEvents("baseline", "prepare FailingBeforeAll", "reset FailingBeforeAll");
	}

	@Test
	void followsAContextThatIsDirtyAfterEachMethod() {
		new TestRun(DirtyAfterEachMethod.class).succeeds(2);
		assertEvents("baseline", "prepare DirtyAfterEachMethod", "prepare DirtyAfterEachMethod.first", "first",
				"reset DirtyAfterEachMethod.first", "close", "baseline", "prepare DirtyAfterEachMethod",
				"prepare DirtyAfterEachMethod.second", "second", "reset DirtyAfterEachMethod.second", "close");
	}

	@Test
	void followsAContextThatIsDirtyBeforeAMethod() {
		new TestRun(DirtyBeforeMethod.class).succeeds(2);
		assertEvents("baseline", "prepare DirtyBeforeMethod", "prepare DirtyBeforeMethod.first", "first",
				"reset DirtyBeforeMethod.first", "close", "baseline", "prepare DirtyBeforeMethod",
				"prepare DirtyBeforeMethod.second", "second", "reset DirtyBeforeMethod.second",
				"reset DirtyBeforeMethod");
	}

	@Test
	void neverReloadsAContextThatIsDirtyAfterTheClass() {
		new TestRun(DirtyAfterClass.class).succeeds(1);
		assertEvents("baseline", "prepare DirtyAfterClass", "prepare DirtyAfterClass.test", "test",
				"reset DirtyAfterClass.test", "reset DirtyAfterClass", "close");
	}

	@Test
	void followsAContextThatIsDirtyBeforeTheClass() {
		new TestRun(Plain.class).succeeds(1);
		RecordingResource.clear();
		new TestRun(DirtyBeforeClass.class).succeeds(1);
		assertEvents("close", "baseline", "prepare DirtyBeforeClass", "prepare DirtyBeforeClass.test", "test",
				"reset DirtyBeforeClass.test", "reset DirtyBeforeClass");
	}

	@Test
	void replacesTheContextAfterAFailedReset() {
		RecordingResource.failOn("reset FailingReset.first");
		TestRun run = new TestRun(FailingReset.class);
		assertThat(run.failures()).singleElement().asString().contains("reset FailingReset.first failed");
		assertEvents("baseline", "prepare FailingReset", "prepare FailingReset.first", "first",
				"reset FailingReset.first", "close", "baseline", "prepare FailingReset", "prepare FailingReset.second",
				"second", "reset FailingReset.second", "reset FailingReset");
	}

	@Test
	void replacesTheContextAfterAFailedPrepareOfATest() {
		RecordingResource.failOn("prepare FailingReset.first");
		TestRun run = new TestRun(FailingReset.class);
		assertThat(run.failures()).singleElement().asString().contains("prepare FailingReset.first failed");
		assertThat(RecordingResource.events()).contains("close", "second").doesNotContain("first");
	}

	@Test
	void replacesTheContextAfterAFailedPrepareOfAClass() {
		RecordingResource.failOn("prepare FailingReset");
		TestRun run = new TestRun(FailingReset.class);
		assertThat(run.failures()).singleElement().asString().contains("prepare FailingReset failed");
		assertThat(RecordingResource.events()).contains("close", "second").doesNotContain("first");
	}

	@Test
	void replacesACachedContextAfterAFailedPrepareOfAClass() {
		new TestRun(Plain.class).succeeds(1);
		RecordingResource.clear();
		RecordingResource.failOn("prepare OtherPlain");
		new TestRun(OtherPlain.class).failsInContainer("prepare OtherPlain failed");
		new TestRun(Plain.class).succeeds(1);
		assertEvents("prepare OtherPlain", "close", "baseline", "prepare Plain", "prepare Plain.test", "test",
				"reset Plain.test", "reset Plain");
	}

	@Test
	void replacesTheContextAfterAFailedResetOfAClass() {
		RecordingResource.failOn("reset Plain");
		new TestRun(Plain.class).failsInContainer("reset Plain failed");
		new TestRun(OtherPlain.class).succeeds(1);
		assertThat(RecordingResource.events()).containsSubsequence("reset Plain", "close", "baseline",
				"prepare OtherPlain");
	}

	@Test
	void replacesTheContextWhenALeaseIsNotUsableAnyMore() {
		new TestRun(MakesUnusable.class).succeeds(2);
		assertEvents("baseline", "prepare MakesUnusable", "prepare MakesUnusable.first", "first",
				"reset MakesUnusable.first", "close", "baseline", "prepare MakesUnusable",
				"prepare MakesUnusable.second", "second", "reset MakesUnusable.second", "reset MakesUnusable");
	}

	@Test
	void reportsAFailedBaselineAtEachTest() {
		RecordingResource.failOn("baseline");
		new TestRun(Plain.class).fails("baseline failed");
	}

	private static void assertEvents(String... events) {
		assertThat(RecordingResource.events()).containsExactly(events);
	}

	private static void record(String event) {
		RecordingResource.record(event);
	}

	@RecordingTest
	static class Plain {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	static class OtherPlain {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	@IsolationMode(TestIsolation.TRUNCATE)
	static class Truncating {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	@IsolationMode(TestIsolation.NONE)
	static class None {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	@IsolationMode(TestIsolation.SCHEMA)
	static class Schema {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	static class SchemaMethod {

		@Test
		@IsolationMode(TestIsolation.SCHEMA)
		void refused() {
			record("refused");
		}

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	@TestPropertySource(properties = "pristine.isolation.mode=truncate")
	static class ModeFromEnvironment {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	static class Lifecycles {

		@BeforeAll
		static void beforeAll() {
			record("beforeAll");
		}

		@AfterAll
		static void afterAll() {
			record("afterAll");
		}

		@BeforeEach
		void beforeEach() {
			record("beforeEach");
		}

		@AfterEach
		void afterEach() {
			record("afterEach");
		}

		@Test
		void first() {
			record("first");
		}

		@Test
		void second() {
			record("second");
		}

	}

	@RecordingTest
	@Import(RecordingTransactions.class)
	@Transactional
	@Sql(statements = "before", executionPhase = ExecutionPhase.BEFORE_TEST_CLASS)
	@Sql(statements = "after", executionPhase = ExecutionPhase.AFTER_TEST_CLASS)
	static class Transactions {

		@BeforeTransaction
		void beforeTransaction() {
			record("beforeTransaction");
		}

		@AfterTransaction
		void afterTransaction() {
			record("afterTransaction");
		}

		@BeforeEach
		void beforeEach() {
			record("beforeEach");
		}

		@Test
		@Sql(statements = "test")
		void test() {
			record("test");
		}

	}

	@RecordingTest
	static class Enclosing {

		@Test
		void test() {
			record("test");
		}

		@Nested
		class Inner {

			@Test
			void test() {
				record("inner");
			}

			@Nested
			@IsolationMode(TestIsolation.TRUNCATE)
			class Innermost {

				@Test
				void test() {
					record("innermost");
				}

			}

		}

	}

	@RecordingTest
	abstract static class HasNestedClass {

		@Test
		void test() {
			record("test");
		}

		@Nested
		class Inner {

			@Test
			void test() {
				record("inner");
			}

		}

	}

	static class InheritsNestedClass extends HasNestedClass {

	}

	@RecordingTest
	static class EnclosingOtherContext {

		@Test
		void test() {
			record("test");
		}

		@Nested
		@TestPropertySource(properties = "other=context")
		class Inner {

			@Test
			void test() {
				record("inner");
			}

		}

	}

	@RecordingTest
	static class OnlyNested {

		@Nested
		@Order(1)
		class First {

			@Test
			void test() {
				record("test");
			}

		}

		@Nested
		@Order(2)
		class Second {

			@Test
			void test() {
				record("test");
			}

		}

	}

	@RecordingTest
	@TestInstance(Lifecycle.PER_CLASS)
	static class PerClass {

		@Autowired
		PerClass(Environment environment) {
			record("constructor");
		}

		@BeforeAll
		void beforeAll() {
			record("beforeAll");
		}

		@Test
		void first() {
			record("first");
		}

		@Test
		void second() {
			record("second");
		}

	}

	@RecordingTest
	static class Templates {

		@RepeatedTest(2)
		void repeated() {
			record("repeated");
		}

		@ParameterizedTest
		@ValueSource(ints = { 1, 2 })
		void parameterized(int number) {
			record(String.valueOf(number));
		}

	}

	@RecordingTest
	static class Factory {

		@TestFactory
		Stream<DynamicTest> factory() {
			return Stream.of("one", "two").map((name) -> DynamicTest.dynamicTest(name, () -> record(name)));
		}

	}

	abstract static class HasMethods {

		@Test
		void first() {
			record("first");
		}

		@Test
		@IsolationMode(TestIsolation.TRANSACTION)
		void second() {
			record("second");
		}

	}

	@RecordingTest
	@IsolationMode(TestIsolation.TRUNCATE)
	static class InheritsMethods extends HasMethods {

	}

	@RecordingTest
	static class NoneBetween {

		@Test
		void first() {
			record("first");
		}

		@Test
		@IsolationMode(TestIsolation.NONE)
		void second() {
			record("second");
		}

		@Test
		void third() {
			record("third");
		}

	}

	@RecordingTest
	static class StartsWhatTheContextNeeds {

		@BeforeAll
		static void start() {
			record("started");
		}

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	static class InjectedBeforeAll {

		@BeforeAll
		static void beforeAll(@Autowired Environment environment) {
			record("beforeAll");
		}

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	@IsolationMode(TestIsolation.SCHEMA)
	static class SchemaInjected {

		@BeforeAll
		static void beforeAll(@Autowired Environment environment) {
		}

		@Test
		void test() {
			record("test");
		}

	}

	@SpringJUnitConfig(RecordingTest.Application.class)
	@ContextCustomizerFactories(RecordingTest.Generations.class)
	static class WithoutSpringBoot {

		@Test
		void test() {
			record("test");
		}

	}

	@SpringJUnitConfig(RecordingTest.Application.class)
	@ContextCustomizerFactories(RecordingTest.Generations.class)
	static class WritesInBeforeAll {

		@BeforeAll
		static void beforeAll(@Autowired ApplicationContext context) {
			record("before all");
		}

		@Test
		void test() {
			record("test");
		}

	}

	@SpringJUnitConfig({ RecordingTest.Application.class, Seeded.class })
	@ContextCustomizerFactories(RecordingTest.Generations.class)
	static class Seeded {

		@EventListener(ContextRefreshedEvent.class)
		void seed() {
			record("seed");
		}

		@Test
		void test() {
			record("test");
		}

	}

	@SpringJUnitConfig(WithoutEngine.class)
	static class WithoutEngine {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	static class FailingTest {

		@Test
		void test() {
			throw new IllegalStateException("on purpose");
		}

	}

	@RecordingTest
	static class FailingBeforeEach {

		@BeforeEach
		void beforeEach() {
			throw new IllegalStateException("on purpose");
		}

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	static class FailingBeforeAll {

		@BeforeAll
		static void beforeAll(@Autowired Environment environment) {
			throw new IllegalStateException("on purpose");
		}

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	@DirtiesContext(classMode = ClassMode.AFTER_EACH_TEST_METHOD)
	static class DirtyAfterEachMethod {

		@Test
		void first() {
			record("first");
		}

		@Test
		void second() {
			record("second");
		}

	}

	@RecordingTest
	static class DirtyBeforeMethod {

		@Test
		void first() {
			record("first");
		}

		@Test
		@DirtiesContext(methodMode = MethodMode.BEFORE_METHOD)
		void second() {
			record("second");
		}

	}

	@RecordingTest
	@DirtiesContext
	static class DirtyAfterClass {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	@DirtiesContext(classMode = ClassMode.BEFORE_CLASS)
	static class DirtyBeforeClass {

		@Test
		void test() {
			record("test");
		}

	}

	@RecordingTest
	static class FailingReset {

		@Test
		void first() {
			record("first");
		}

		@Test
		void second() {
			record("second");
		}

	}

	@RecordingTest
	static class MakesUnusable {

		@Test
		void first(@Autowired RecordingResource resource) {
			record("first");
			resource.makeUnusable();
		}

		@Test
		void second() {
			record("second");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RecordingTransactions {

		@Bean
		PlatformTransactionManager transactionManager() {
			return new RecordingTransactionManager();
		}

		@Bean
		DataSource dataSource() {
			return recording(DataSource.class, Map.of("getConnection", () -> recording(Connection.class,
					Map.of("createStatement", () -> recording(Statement.class, Map.of("execute", () -> {
						record("sql");
						return false;
					}))))));
		}

		private static <T> T recording(Class<T> type, Map<String, Supplier<Object>> methods) {
			return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> {
						if (methods.containsKey(method.getName())) {
							return methods.get(method.getName()).get();
						}
						if (method.getReturnType() == void.class) {
							return null;
						}
						return switch (method.getName()) {
							case "toString" -> type.getSimpleName();
							case "getUpdateCount" -> -1;
							case "hashCode" -> System.identityHashCode(proxy);
							case "equals" -> proxy == arguments[0];
							default -> method.getReturnType().isPrimitive()
									? Array.get(Array.newInstance(method.getReturnType(), 1), 0) : null;
						};
					}));
		}

	}

	static class RecordingTransactionManager extends AbstractPlatformTransactionManager {

		private boolean active;

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected boolean isExistingTransaction(Object transaction) {
			return this.active;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			this.active = true;
			record("begin");
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			this.active = false;
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			this.active = false;
			record("rollback");
		}

	}

}
