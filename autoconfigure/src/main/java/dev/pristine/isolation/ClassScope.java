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

import dev.pristine.resource.TestScope;

/**
 * A test class that holds a slot. Its tests, and its nested classes, take turns on it.
 */
final class ClassScope {

	private final Slot slot;

	/**
	 * The lock on the slot, or on the enclosing class.
	 */
	private final FairLock owner;

	private final FairLock lock;

	private ClassScope(Slot slot, FairLock owner) {
		this.slot = slot;
		this.owner = owner;
		this.lock = owner.inside();
	}

	/**
	 * Open the scope of a class.
	 * @param slot the slot to use
	 * @param lock the lock on the slot, or on the enclosing class
	 * @param scope the scope of the class
	 * @param instantiated whether an instance of the class exists already
	 * @return the open scope, or {@code null} if the slot was closed meanwhile
	 */
	static @Nullable ClassScope open(Slot slot, FairLock lock, TestScope scope, boolean instantiated) {
		return enter(slot, lock, scope, instantiated) ? new ClassScope(slot, lock) : null;
	}

	/**
	 * Open the scope of a nested class.
	 * @param scope the scope of the nested class
	 * @param instantiated whether an instance of the class exists already
	 * @return the open scope, or {@code null} if the slot was closed meanwhile
	 */
	@Nullable ClassScope nested(TestScope scope, boolean instantiated) {
		return open(this.slot, this.lock, scope, instantiated);
	}

	/**
	 * Start a test.
	 * @param test the scope of the test
	 * @return {@code false} if the slot was closed meanwhile
	 */
	boolean start(TestScope test) {
		return enter(this.slot, this.lock, test, false);
	}

	private static boolean enter(Slot slot, FairLock lock, TestScope scope, boolean instantiated) {
		lock.acquire(scope.name());
		boolean entered = false;
		try {
			if (!slot.isClosed()) {
				slot.enter(scope, instantiated);
				entered = true;
			}
			return entered;
		}
		finally {
			if (!entered) {
				lock.release();
			}
		}
	}

	/**
	 * End the test or the class: undo what it did.
	 */
	void exit() {
		this.slot.exit();
	}

	/**
	 * Let the next test of the class have its turn.
	 */
	void releaseTest() {
		this.lock.release();
	}

	/**
	 * Let the next class have the slot.
	 */
	void release() {
		this.owner.release();
	}

}
