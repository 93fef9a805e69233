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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.ReflectionUtils;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IsolationModes}.
 */
class IsolationModesTests {

	private final IsolationModes modes = new IsolationModes(TestIsolation.DATABASE, (isolation) -> null);

	@Test
	void propertyHoldsWhereNothingIsDeclared() {
		assertThat(of(Undeclared.class)).isEqualTo(TestIsolation.DATABASE);
		assertThat(of(Undeclared.class, "test")).isEqualTo(TestIsolation.DATABASE);
	}

	@Test
	void classWinsOverProperty() {
		assertThat(of(Truncating.class, "test")).isEqualTo(TestIsolation.TRUNCATE);
	}

	@Test
	void methodWinsOverClass() {
		assertThat(of(Truncating.class, "untouched")).isEqualTo(TestIsolation.NONE);
	}

	@Test
	void metaAnnotationCounts() {
		assertThat(of(MetaAnnotated.class, "test")).isEqualTo(TestIsolation.TRUNCATE);
		assertThat(of(MetaAnnotated.class, "untouched")).isEqualTo(TestIsolation.NONE);
	}

	@Test
	void superclassHoldsForSubclass() {
		assertThat(of(Inheriting.class, "test")).isEqualTo(TestIsolation.TRUNCATE);
	}

	@Test
	void methodOfSuperclassWinsOverSubclass() {
		assertThat(of(Overriding.class, "untouched")).isEqualTo(TestIsolation.NONE);
	}

	@Test
	void subclassHoldsForInheritedMethods() {
		assertThat(of(Overriding.class, "test")).isEqualTo(TestIsolation.TRANSACTION);
	}

	@Test
	void overriddenMethodPassesItsDeclarationOn() {
		assertThat(of(OverridingMethod.class, "untouched")).isEqualTo(TestIsolation.NONE);
	}

	@Test
	void interfaceHoldsForItsImplementations() {
		assertThat(of(Implementing.class, "test")).isEqualTo(TestIsolation.SCHEMA);
		assertThat(of(Implementing.class, "untouched")).isEqualTo(TestIsolation.NONE);
	}

	@Test
	void interfaceWinsOverSuperclass() {
		assertThat(of(InheritingAndImplementing.class, "test")).isEqualTo(TestIsolation.SCHEMA);
	}

	@Test
	void enclosingClassHoldsForNestedClass() {
		assertThat(of(Enclosing.Inner.class, "test")).isEqualTo(TestIsolation.TRUNCATE);
		assertThat(of(Enclosing.Inner.Innermost.class, "test")).isEqualTo(TestIsolation.TRUNCATE);
	}

	@Test
	void nestedClassWinsOverEnclosingClass() {
		assertThat(of(Enclosing.Own.class, "test")).isEqualTo(TestIsolation.NONE);
	}

	@Test
	void superclassWinsOverEnclosingClass() {
		assertThat(of(Enclosing.InnerWithSuperclass.class, "test")).isEqualTo(TestIsolation.NONE);
	}

	@Test
	void staticNestedClassStandsForItself() {
		assertThat(of(Enclosing.Standalone.class, "test")).isEqualTo(TestIsolation.DATABASE);
	}

	@Test
	void wholeIsCommittedUnlessThatCannotBeUndone() {
		assertThat(this.modes.ofWhole(Undeclared.class)).isEqualTo(TestIsolation.TRUNCATE);
		IsolationModes kept = new IsolationModes(null,
				(isolation) -> (isolation == TestIsolation.TRUNCATE || isolation == TestIsolation.SCHEMA)
						? "nothing may be deleted" : null);
		assertThat(kept.ofWhole(Undeclared.class)).isEqualTo(TestIsolation.TRANSACTION);
		assertThat(kept.ofWhole(NoneBase.class)).isEqualTo(TestIsolation.NONE);
	}

	@Test
	void wholeIsCommittedInTheSchemaWhereNothingElseMayBeDeleted() {
		IsolationModes schema = new IsolationModes(null,
				(isolation) -> (isolation == TestIsolation.TRUNCATE) ? "others share the database" : null);
		assertThat(schema.ofWhole(Undeclared.class)).isEqualTo(TestIsolation.SCHEMA);
	}

	@Test
	void wholeIsCommittedWhereTestsDiffer() {
		assertThat(this.modes.ofWhole(Mixed.class)).isEqualTo(TestIsolation.TRUNCATE);
		assertThat(this.modes.ofWhole(MixedByNestedClass.class)).isEqualTo(TestIsolation.TRUNCATE);
		assertThat(this.modes.ofWhole(MixedByNestedClass.Inner.class)).isEqualTo(TestIsolation.NONE);
		assertThat(this.modes.ofWhole(MixedByMethodOfNestedClass.class)).isEqualTo(TestIsolation.TRUNCATE);
		assertThat(this.modes.ofWhole(MixedByInheritedNestedClass.class)).isEqualTo(TestIsolation.TRUNCATE);
		assertThat(this.modes.ofWhole(MixedByInheritedMethod.class)).isEqualTo(TestIsolation.TRUNCATE);
	}

	@Test
	void wholeIsNotIsolatedWhereTheClassSaysSo() {
		assertThat(this.modes.ofWhole(MixedByOwnMethod.class)).isEqualTo(TestIsolation.NONE);
		assertThat(of(MixedByOwnMethod.class, "isolated")).isEqualTo(TestIsolation.TRUNCATE);
	}

	@Test
	void truncateIsTheDefault() throws Exception {
		assertThat(new IsolationModes(null, (isolation) -> null).of(Undeclared.class,
				Undeclared.class.getDeclaredMethod("test")))
			.isEqualTo(TestIsolation.TRUNCATE);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void transactionIsTheDefaultWhereNothingMayBeDeletedAndThatIsSaidOnce(CapturedOutput output) throws Exception {
		for (int context = 0; context < 2; context++) {
			IsolationModes modes = new IsolationModes(null,
					(isolation) -> (isolation == TestIsolation.TRUNCATE) ? "it is the test's" : null);
			assertThat(modes.of(Undeclared.class, Undeclared.class.getDeclaredMethod("test")))
				.isEqualTo(TestIsolation.TRANSACTION);
		}
		assertThat(output.getAll().split("TRANSACTION rather than TRUNCATE: it is the test's")).hasSize(2);
	}

	@Test
	void classIsInNoTransactionThatCannotBeHad() {
		IsolationModes none = new IsolationModes(null, (isolation) -> "nothing works");
		assertThat(none.ofWhole(Undeclared.class)).isEqualTo(TestIsolation.TRUNCATE);
	}

	@Test
	void refusesWhatIsDeclaredAndCannotBeHad() throws Exception {
		IsolationModes modes = new IsolationModes(TestIsolation.TRUNCATE, (isolation) -> "it is H2");
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> modes.of(Undeclared.class, Undeclared.class.getDeclaredMethod("test")))
			.withMessageContaining("Undeclared.test asks for the isolation TRUNCATE")
			.withMessageContaining("it is H2");
	}

	private static TestIsolation orFallback(@Nullable TestIsolation isolation) {
		return (isolation != null) ? isolation : TestIsolation.DATABASE;
	}

	private TestIsolation of(Class<?> testClass) {
		return orFallback(this.modes.declared(testClass));
	}

	private TestIsolation of(Class<?> testClass, String methodName) {
		Method method = ReflectionUtils.findMethod(testClass, methodName);
		assertThat(method).isNotNull();
		return orFallback(this.modes.declared(testClass, method));
	}

	static class Undeclared {

		void test() {
		}

	}

	@IsolationMode(TestIsolation.TRUNCATE)
	static class Truncating {

		void test() {
		}

		@IsolationMode(TestIsolation.NONE)
		void untouched() {
		}

	}

	@Committing
	static class MetaAnnotated {

		void test() {
		}

		@Untouched
		void untouched() {
		}

	}

	@IsolationMode(TestIsolation.TRUNCATE)
	static class Base {

		void test() {
		}

	}

	static class Inheriting extends Base {

	}

	@IsolationMode(TestIsolation.TRANSACTION)
	static class Overriding extends Truncating {

	}

	static class OverridingMethod extends Truncating {

		@Override
		void untouched() {
		}

	}

	@IsolationMode(TestIsolation.SCHEMA)
	interface Contract {

		default void test() {
		}

		@IsolationMode(TestIsolation.NONE)
		default void untouched() {
		}

	}

	interface SubContract extends Contract {

	}

	static class Implementing implements SubContract {

	}

	static class InheritingAndImplementing extends Truncating implements Contract {

		@Override
		public void test() {
		}

		@Override
		public void untouched() {
		}

	}

	@IsolationMode(TestIsolation.TRUNCATE)
	static class Enclosing {

		@Nested
		class Inner {

			void test() {
			}

			@Nested
			class Innermost {

				void test() {
				}

			}

		}

		@Nested
		@IsolationMode(TestIsolation.NONE)
		class Own {

			void test() {
			}

		}

		@Nested
		class InnerWithSuperclass extends NoneBase {

			void test() {
			}

		}

		static class Standalone {

			void test() {
			}

		}

	}

	@IsolationMode(TestIsolation.NONE)
	static class NoneBase {

	}

	static class Mixed {

		void test() {
		}

		@IsolationMode(TestIsolation.TRANSACTION)
		void transaction() {
		}

	}

	static class MixedByNestedClass {

		@Nested
		@IsolationMode(TestIsolation.NONE)
		class Inner {

		}

	}

	static class MixedByMethodOfNestedClass {

		@Nested
		class Inner {

			@IsolationMode(TestIsolation.NONE)
			void untouched() {
			}

		}

	}

	static class MixedByInheritedNestedClass extends MixedByNestedClass {

	}

	@IsolationMode(TestIsolation.TRANSACTION)
	static class MixedByInheritedMethod extends Truncating {

	}

	@IsolationMode(TestIsolation.NONE)
	static class MixedByOwnMethod {

		@IsolationMode(TestIsolation.TRUNCATE)
		void isolated() {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@IsolationMode(TestIsolation.TRUNCATE)
	@interface Committing {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@IsolationMode(TestIsolation.NONE)
	@interface Untouched {

	}

}
