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

import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;
import dev.pristine.resource.TestScope;

/**
 * A class or a test that has its turn on a slot.
 */
final class Turn {

	private final Slot slot;

	private final RunningTests running;

	private final TestOwner owner;

	private final Runnable release;

	private final Work work;

	private final Thread thread = Thread.currentThread();

	private Turn(Slot slot, RunningTests running, TestOwner owner, Runnable release) {
		this.slot = slot;
		this.running = running;
		this.owner = owner;
		this.release = release;
		this.work = owner.run();
	}

	/**
	 * Begin a turn. The calling thread works for it from now on.
	 * @param slot the slot
	 * @param running where it is listed while it lasts
	 * @param scope the scope that is opened on the slot
	 * @param entry how the slot is entered
	 * @param release lets the next one have the slot
	 * @return the turn, or {@code null} if the slot was closed meanwhile
	 */
	static @Nullable Turn begin(Slot slot, RunningTests running, TestScope scope, Consumer<Slot> entry,
			Runnable release) {
		Turn turn = null;
		try {
			if (!slot.isClosed()) {
				entry.accept(slot);
				turn = new Turn(slot, running, running.start(scope.name(), slot.number()), release);
				RunningPlan.testStarted(turn.owner);
			}
			return turn;
		}
		finally {
			if (turn == null) {
				release.run();
			}
		}
	}

	Slot slot() {
		return this.slot;
	}

	/**
	 * Undo what was done. Nobody has the slot yet.
	 */
	void end() {
		this.running.end(this.owner);
		// JUnit may end a class on another thread than the one that met its context
		if (this.thread == Thread.currentThread()) {
			this.work.close();
		}
		this.slot.exit();
	}

	/**
	 * Let the next one have the slot.
	 */
	void release() {
		this.release.run();
	}

}
