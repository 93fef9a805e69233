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

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;
import dev.pristine.resource.TestScope;

/**
 * A test class that holds a slot. Its tests, and its nested classes, use that slot one
 * after the other. Where tests run side by side, a class that has written nothing gives
 * the slot back when its first test starts, and each test takes one for itself.
 */
final class ClassScope {

	private final SlotPool pool;

	/**
	 * The scope of the class around this one, if it is on the same slot.
	 */
	private final @Nullable ClassScope parent;

	private final Turn turn;

	private final TestIsolation isolation;

	/**
	 * Held by whoever uses the slot of the class.
	 */
	private final FairLock lock;

	/**
	 * Whether the class keeps the slot; {@code null} if that has to be found out yet.
	 */
	private @Nullable Boolean kept;

	private ClassScope(SlotPool pool, @Nullable ClassScope parent, Turn turn, TestIsolation isolation, FairLock lock,
			@Nullable Boolean kept) {
		this.pool = pool;
		this.parent = parent;
		this.turn = turn;
		this.isolation = isolation;
		this.lock = lock;
		this.kept = kept;
	}

	/**
	 * Open the scope of a class.
	 * @param pool where to get a slot
	 * @param scope the scope of the class
	 * @return the open scope, or {@code null} if the pool was closed meanwhile
	 */
	static @Nullable ClassScope open(SlotPool pool, TestScope scope) {
		return of(pool, null, pool.lease(scope), pool.lock(), scope);
	}

	/**
	 * Open the scope of a nested class.
	 * @param scope the scope of the nested class
	 * @return the open scope, or {@code null} if the pool was closed meanwhile
	 */
	@Nullable ClassScope nested(TestScope scope) {
		return of(this.pool, this, start(scope), this.lock, scope);
	}

	/**
	 * Open the scope of a class that has nothing to do with this one.
	 * @param scope the scope of the other class
	 * @return the open scope, or {@code null} if the pool was closed meanwhile
	 * @see #startAside
	 */
	@Nullable ClassScope aside(TestScope scope) {
		return of(this.pool, null, startAside(scope), this.lock, scope);
	}

	private static @Nullable ClassScope of(SlotPool pool, @Nullable ClassScope parent, @Nullable Turn turn,
			FairLock owner, TestScope scope) {
		Boolean kept = (!pool.isParallel() || scope.isolation() == TestIsolation.NONE) ? Boolean.TRUE : null;
		return (turn != null) ? new ClassScope(pool, parent, turn, scope.isolation(), owner.inside(), kept) : null;
	}

	/**
	 * Start a test, or a nested class.
	 * @param scope its scope
	 * @return its turn, or {@code null} if the pool was closed meanwhile
	 */
	@Nullable Turn start(TestScope scope) {
		this.lock.acquire(scope.name());
		return begin(scope, (slot) -> slot.enter(scope));
	}

	/**
	 * Start a class or a test that has nothing to do with this class, on a thread that
	 * waits for the rest of this class: it must not wait for others who may wait for this
	 * thread.
	 * @param scope the scope of the other class or test
	 * @return its turn, or {@code null} if the pool was closed meanwhile
	 */
	@Nullable Turn startAside(TestScope scope) {
		Turn elsewhere = this.pool.tryLease(scope);
		if (elsewhere != null) {
			return elsewhere;
		}
		this.lock.acquire(scope.name());
		return begin(scope, (slot) -> slot.enterAside(scope));
	}

	private @Nullable Turn begin(TestScope scope, Consumer<Slot> entry) {
		return Turn.begin(this.turn.slot(), this.pool.running(), scope, entry, () -> this.lock.release(scope.name()));
	}

	/**
	 * Return whether others can use the slot meanwhile.
	 * @return {@code false} if what the class wrote would be lost then
	 */
	boolean allowsAside() {
		return this.isolation != TestIsolation.TRANSACTION;
	}

	/**
	 * Return whether the class needs its slot for what is inside. Asked when the first
	 * test starts: nothing of it is on the slot yet.
	 * @return whether it does; otherwise it has none any more
	 */
	synchronized boolean keepsSlot() {
		if (this.kept == null) {
			this.kept = !this.turn.slot().isUntouched();
			if (!this.kept) {
				this.turn.end();
				this.turn.release();
			}
		}
		return this.kept;
	}

	/**
	 * Return whether this is the scope of a class inside of another one.
	 * @param other the scope of the class that may be around this one
	 * @return whether what is open here has to end before others can use that scope
	 */
	boolean isInside(ClassScope other) {
		return this.parent != null && (this.parent == other || this.parent.isInside(other));
	}

	/**
	 * Return whose slot the tests of the class need.
	 * @return this scope or one around it, or {@code null} if any slot will do
	 */
	@Nullable ClassScope keeper() {
		if (keepsSlot()) {
			return this;
		}
		return (this.parent != null) ? this.parent.keeper() : null;
	}

	/**
	 * Return whether the class has given its slot back.
	 * @return whether it has none
	 */
	synchronized boolean isWithoutSlot() {
		return Boolean.FALSE.equals(this.kept);
	}

	/**
	 * Undo what the class did.
	 */
	synchronized void end() {
		if (!isWithoutSlot()) {
			this.turn.end();
		}
	}

	/**
	 * Let the next class have the slot.
	 */
	synchronized void release() {
		if (!isWithoutSlot()) {
			this.turn.release();
		}
	}

}
