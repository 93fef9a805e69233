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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Classes of all modes follow each other in all orders, on one application context.
 */
@Timeout(120)
class ModeOrderIntegrationTests {

	private static final Set<ApplicationContext> contexts = new HashSet<>();

	@Test
	void classesShareOneContextInAllOrders() {
		contexts.clear();
		for (List<Class<?>> order : permutations(
				List.of(InTransaction.class, WithRealCommits.class, Without.class, Mixed.class))) {
			run(order);
		}
		assertThat(contexts).hasSize(1);
	}

	private static void run(List<Class<?>> classes) {
		EngineTestKit.Builder tests = EngineTestKit.engine("junit-jupiter")
			.configurationParameter(ClassOrderer.DEFAULT_ORDER_PROPERTY_NAME, AsSelected.class.getName());
		AsSelected.classes = classes;
		classes.forEach((each) -> tests.selectors(DiscoverySelectors.selectClass(each)));
		assertThat(tests.execute()
			.allEvents()
			.failed()
			.stream()
			.map((event) -> event.getRequiredPayload(TestExecutionResult.class).getThrowable())).as("%s", classes)
			.isEmpty();
	}

	private static List<List<Class<?>>> permutations(List<Class<?>> classes) {
		if (classes.isEmpty()) {
			return List.of(List.of());
		}
		List<List<Class<?>>> permutations = new ArrayList<>();
		for (Class<?> first : classes) {
			List<Class<?>> others = new ArrayList<>(classes);
			others.remove(first);
			for (List<Class<?>> rest : permutations(others)) {
				List<Class<?>> permutation = new ArrayList<>(List.of(first));
				permutation.addAll(rest);
				permutations.add(permutation);
			}
		}
		return permutations;
	}

	static class AsSelected implements ClassOrderer {

		static List<Class<?>> classes = List.of();

		@Override
		public void orderClasses(ClassOrdererContext context) {
			context.getClassDescriptors()
				.sort(Comparator.comparingInt((ClassDescriptor each) -> classes.indexOf(each.getTestClass())));
		}

	}

	@LibraryTest
	@TestMethodOrder(MethodOrderer.Random.class)
	abstract static class InOneMode {

		@Autowired
		Books books;

		@Autowired
		void context(ApplicationContext context) {
			contexts.add(context);
		}

		@BeforeAll
		static void addBookOfClass(@Autowired Books books) {
			assertThat(books.save(new Book("Class")).getId()).isEqualTo(2);
		}

		@Test
		void first() {
			assertStartsFromBaseline();
		}

		@Test
		void second() {
			assertStartsFromBaseline();
		}

		void assertStartsFromBaseline() {
			assertThat(this.books.findAll()).extracting(Book::getTitle)
				.containsExactlyInAnyOrder("Frankenstein", "Class");
			assertThat(this.books.save(new Book("Emma")).getId()).isEqualTo(3);
		}

	}

	@IsolationMode(TestIsolation.TRANSACTION)
	static class InTransaction extends InOneMode {

	}

	@IsolationMode(TestIsolation.TRUNCATE)
	static class WithRealCommits extends InOneMode {

	}

	static class Mixed extends InOneMode {

		@Test
		@IsolationMode(TestIsolation.TRUNCATE)
		void third() {
			assertStartsFromBaseline();
		}

		@Test
		@IsolationMode(TestIsolation.NONE)
		void fourth() {
			this.books.deleteAll();
		}

	}

	@LibraryTest
	@IsolationMode(TestIsolation.NONE)
	static class Without {

		@Test
		void leavesEverything(@Autowired Books books, @Autowired ApplicationContext context) {
			contexts.add(context);
			books.deleteAll();
			books.save(new Book("Emma"));
		}

	}

}
