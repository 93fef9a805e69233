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

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;
import dev.pristine.resource.TestScope;
import dev.pristine.resource.TestScope.Level;

/**
 * A test class that holds a slot. Its tests, and its nested classes, take turns on it.
 */
final class ClassScope {

	private final Slot slot;

	private final TestScope scope;

	private final Turn owner;

	private final Turn turn;

	private ClassScope(Slot slot, TestScope scope, Turn owner) {
		this.slot = slot;
		this.scope = scope;
		this.owner = owner;
		this.turn = owner.inside();
	}

	/**
	 * Open the scope of a class.
	 * @param slot the slot to use
	 * @param turn the turn on the slot, or on the enclosing class
	 * @param isolation the isolation of the class as a whole
	 * @param testClass the class
	 * @param parent the scope of the enclosing class
	 * @param instantiated whether an instance of the class exists already
	 * @return the open scope, or {@code null} if the slot was closed meanwhile
	 */
	static @Nullable ClassScope open(Slot slot, Turn turn, TestIsolation isolation, Class<?> testClass,
			@Nullable ClassScope parent, boolean instantiated) {
		TestScope scope = new TestScope(Level.CLASS, isolation, testClass.getName(),
				(parent != null) ? parent.scope : null, parent == null || instantiated);
		turn.take(scope.name());
		try {
			if (slot.isClosed()) {
				turn.giveBack();
				return null;
			}
			slot.prepare(scope);
			return new ClassScope(slot, scope, turn);
		}
		catch (RuntimeException | Error ex) {
			turn.giveBack();
			throw ex;
		}
	}

	/**
	 * Open the scope of a nested class.
	 * @param isolation the isolation of the nested class as a whole
	 * @param testClass the nested class
	 * @param instantiated whether an instance of the class exists already
	 * @return the open scope, or {@code null} if the slot was closed meanwhile
	 */
	@Nullable ClassScope nested(TestIsolation isolation, Class<?> testClass, boolean instantiated) {
		return open(this.slot, this.turn, isolation, testClass, this, instantiated);
	}

	/**
	 * Start a test.
	 * @param isolation its isolation
	 * @param name its name, for messages
	 * @return the scope of the test, or {@code null} if the slot was closed meanwhile
	 */
	@Nullable TestScope start(TestIsolation isolation, String name) {
		TestScope test = new TestScope(Level.TEST, isolation, name, this.scope);
		this.turn.take(name);
		try {
			if (this.slot.isClosed()) {
				this.turn.giveBack();
				return null;
			}
			this.slot.prepare(test);
			return test;
		}
		catch (RuntimeException | Error ex) {
			this.turn.giveBack();
			throw ex;
		}
	}

	/**
	 * End a test: undo what it did. The next one waits until {@link #giveBack()}.
	 * @param test the scope of the test
	 */
	void end(TestScope test) {
		this.slot.reset(test);
	}

	/**
	 * Let the next test of the class have its turn.
	 */
	void giveBack() {
		this.turn.giveBack();
	}

	/**
	 * End the class: undo what it did. The next one waits until {@link #release()}.
	 */
	void close() {
		this.slot.reset(this.scope);
	}

	/**
	 * Let the next class have the slot.
	 */
	void release() {
		this.owner.giveBack();
	}

}
