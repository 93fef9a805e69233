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

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;
import dev.pristine.isolation.Slot.Frame;
import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;
import dev.pristine.resource.TestScope;

/**
 * A class or a test that is open on a slot. What is inside of a class, its tests and its
 * nested classes, uses that slot one after the other. Where tests run side by side, a
 * class that has written nothing gives the slot back when its first test starts, and each
 * test takes one for itself.
 */
final class OpenScope {

	private final SlotPool pool;

	private final Slot slot;

	/**
	 * The class around this scope, if it is on the same slot.
	 */
	private final @Nullable OpenScope parent;

	private final TestScope scope;

	private final Frame frame;

	private final Runnable release;

	/**
	 * Held by what is open inside.
	 */
	private final FairLock lock;

	private final TestOwner owner;

	private final Work work;

	private final Thread thread = Thread.currentThread();

	/**
	 * Whether the class keeps the slot; {@code null} if that has to be found out yet.
	 */
	private @Nullable Boolean kept;

	private OpenScope(SlotPool pool, Slot slot, @Nullable OpenScope parent, TestScope scope, Frame frame,
			Runnable release) {
		this.pool = pool;
		this.slot = slot;
		this.parent = parent;
		this.scope = scope;
		this.frame = frame;
		this.release = release;
		this.lock = pool.lock().inside();
		this.owner = pool.running().start(scope.name(), slot.number());
		this.work = this.owner.run();
		this.kept = (!pool.isParallel() || scope.isolation() == TestIsolation.NONE) ? Boolean.TRUE : null;
		RunningPlan.testStarted(this.owner);
	}

	/**
	 * Open a scope on any slot, waiting until there is one. The calling thread works for
	 * it from now on.
	 * @param pool where to get the slot
	 * @param scope the scope
	 * @return the open scope, or {@code null} if the pool was closed meanwhile
	 */
	static @Nullable OpenScope anywhere(SlotPool pool, TestScope scope) {
		return on(pool.lease(scope.name()), pool, scope);
	}

	/**
	 * Open a scope inside of this one.
	 * @param scope the scope of a test, or of a nested class
	 * @return the open scope, or {@code null} if the pool was closed meanwhile
	 */
	@Nullable OpenScope inside(TestScope scope) {
		this.lock.acquire(scope.name());
		return open(this.pool, this.slot, this, scope, () -> this.slot.enter(scope, this.frame),
				() -> this.lock.release(scope.name()));
	}

	/**
	 * Open a scope that has nothing to do with this one, on a thread that waits for the
	 * rest of this one: it must not wait for others who may wait for this thread.
	 * @param scope the scope of another class or test
	 * @return the open scope, or {@code null} if the pool was closed meanwhile
	 */
	@Nullable OpenScope aside(TestScope scope) {
		Slot elsewhere = this.pool.tryLease(scope.name());
		if (elsewhere != null) {
			return on(elsewhere, this.pool, scope);
		}
		this.lock.acquire(scope.name());
		return open(this.pool, this.slot, null, scope, () -> this.slot.enterAside(scope),
				() -> this.lock.release(scope.name()));
	}

	private static @Nullable OpenScope on(Slot slot, SlotPool pool, TestScope scope) {
		return open(pool, slot, null, scope, () -> slot.enter(scope, null), () -> pool.release(slot, scope.name()));
	}

	private static @Nullable OpenScope open(SlotPool pool, Slot slot, @Nullable OpenScope parent, TestScope scope,
			Supplier<Frame> entry, Runnable release) {
		OpenScope open = null;
		try {
			if (!slot.isClosed()) {
				open = new OpenScope(pool, slot, parent, scope, entry.get(), release);
			}
			return open;
		}
		finally {
			if (open == null) {
				release.run();
			}
		}
	}

	/**
	 * Return whether others can use the slot meanwhile.
	 * @return {@code false} if what the class wrote would be lost then
	 */
	boolean allowsAside() {
		return this.scope.isolation() != TestIsolation.TRANSACTION;
	}

	/**
	 * Return whether the class needs its slot for what is inside. Asked when the first
	 * test starts: nothing of it is on the slot yet.
	 * @return whether it does; otherwise it has none any more
	 */
	synchronized boolean keepsSlot() {
		if (this.kept == null) {
			boolean untouched = this.slot.isUntouched(this.frame);
			if (untouched) {
				end();
				release();
			}
			this.kept = !untouched;
		}
		return this.kept;
	}

	/**
	 * Return whether the tests of the class start from what it wrote before them.
	 * @return whether it has written, as far as that was asked for
	 */
	boolean hasWritten() {
		return this.frame.hasWritten();
	}

	/**
	 * Return whether this is the scope of a class inside of another one.
	 * @param other the scope of the class that may be around this one
	 * @return whether what is open here has to end before others can use that scope
	 */
	boolean isInside(OpenScope other) {
		return this.parent != null && (this.parent == other || this.parent.isInside(other));
	}

	/**
	 * Return whose slot the tests of the class need.
	 * @return this scope or one around it, or {@code null} if any slot will do
	 */
	@Nullable OpenScope keeper() {
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
	 * Undo what was done. Nobody else has the slot yet.
	 */
	synchronized void end() {
		if (isWithoutSlot()) {
			return;
		}
		this.pool.running().end(this.owner);
		// JUnit may end a class on another thread than the one that met its context
		if (this.thread == Thread.currentThread()) {
			this.work.close();
		}
		this.slot.exit(this.frame);
	}

	/**
	 * Let the next one have the slot.
	 */
	synchronized void release() {
		if (!isWithoutSlot()) {
			this.release.run();
		}
	}

}
