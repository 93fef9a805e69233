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

package dev.pristine.resource;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;

/**
 * A stretch of the test run whose changes are undone together: one test, or one test
 * class with everything that its {@code @BeforeAll} wrote. Scopes nest: a test is inside
 * its class, and a {@code @Nested} class inside its enclosing one.
 * <p>
 * Scopes are compared by identity.
 *
 * @since 0.1.0
 */
public final class TestScope {

	private final Level level;

	private final TestIsolation isolation;

	private final String name;

	private final @Nullable TestScope parent;

	private final boolean adopting;

	/**
	 * Create a scope. An outermost one is {@link #isAdopting() adopting}.
	 * @param level whether the scope is a class or a test
	 * @param isolation how the changes inside are undone. For a class: how those are
	 * undone that no test of its made
	 * @param name the name of the class or test, for messages
	 * @param parent the scope around this one, or {@code null} if this is the outermost
	 */
	public TestScope(Level level, TestIsolation isolation, String name, @Nullable TestScope parent) {
		this(level, isolation, name, parent, parent == null);
	}

	/**
	 * Create a scope.
	 * @param level whether the scope is a class or a test
	 * @param isolation how the changes inside are undone. For a class: how those are
	 * undone that no test of its made
	 * @param name the name of the class or test, for messages
	 * @param parent the scope around this one, or {@code null} if this is the outermost
	 * @param adopting whether what was written since the last reset is the scope's own
	 */
	public TestScope(Level level, TestIsolation isolation, String name, @Nullable TestScope parent, boolean adopting) {
		this.level = Objects.requireNonNull(level, "'level' must not be null");
		this.isolation = Objects.requireNonNull(isolation, "'isolation' must not be null");
		this.name = Objects.requireNonNull(name, "'name' must not be null");
		this.parent = parent;
		this.adopting = adopting;
	}

	/**
	 * Return whether the scope is a class or a test.
	 * @return the level
	 */
	public Level level() {
		return this.level;
	}

	/**
	 * Return how the changes inside are undone.
	 * @return the isolation
	 */
	public TestIsolation isolation() {
		return this.isolation;
	}

	/**
	 * Return the name of the class or test, such as
	 * {@code com.example.OrderTests.placesOrder}.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the scope around this one.
	 * @return the parent, or {@code null} if this is the outermost scope
	 */
	public @Nullable TestScope parent() {
		return this.parent;
	}

	/**
	 * Return whether what was written since the last reset is undone at the end of this
	 * scope rather than at its start: the constructor of a test class has written it
	 * before the class could be opened.
	 * @return whether it counts as the scope's own
	 */
	public boolean isAdopting() {
		return this.adopting;
	}

	@Override
	public String toString() {
		return this.name + " (" + this.isolation + ")";
	}

	/**
	 * What a scope stands for.
	 */
	public enum Level {

		/**
		 * A test class.
		 */
		CLASS,

		/**
		 * One invocation of a test method.
		 */
		TEST

	}

}
