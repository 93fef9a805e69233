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

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.TestResource;

/**
 * The slots of an application context. Tests that run one after the other all use the one
 * that the application started with. Where they run side by side, that one is the home of
 * what the application does by itself, and tests use copies of how it started.
 */
final class SlotPool {

	private static final Log logger = LogFactory.getLog(SlotPool.class);

	private final List<TestResource> resources;

	private final RunningTests running;

	private final Slot home;

	private final Runnable ending;

	private final boolean parallel;

	private final boolean copied;

	private final FairLock free;

	private final Deque<Slot> idle = new ConcurrentLinkedDeque<>();

	private final Set<Slot> copies = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean surprised = new AtomicBoolean();

	private int last;

	private volatile boolean closed;

	/**
	 * Create a pool with the slot that the application started with.
	 * @param resources what a slot consists of
	 * @param running the tests that run on the slots
	 * @param properties how long to wait, and for how many
	 * @param parallelism how many tests run side by side; 1 if they do not
	 */
	SlotPool(List<TestResource> resources, RunningTests running, IsolationProperties properties, int parallelism) {
		this.resources = resources;
		this.running = running;
		this.home = new Slot(0, resources, running);
		this.ending = this.home::tellOfStrays;
		int number = (properties.slots() != null) ? properties.slots() : parallelism * 3;
		this.parallel = parallelism > 1;
		this.copied = this.parallel && number > 1 && canBeCopied();
		this.free = new FairLock(properties.waitTimeout(), this.copied ? number : 1);
		if (this.copied) {
			RunningPlan.endings().add(this.ending);
			Thread thread = new Thread(() -> prepare(Math.min(parallelism, number)), "pristine-slots");
			thread.setDaemon(true);
			thread.start();
		}
		else {
			this.idle.add(this.home);
		}
	}

	private boolean canBeCopied() {
		for (TestResource resource : this.resources) {
			String reason = resource.onlyCopy();
			if (reason != null) {
				logger.info("The tests of this application context take turns, because " + reason);
				return false;
			}
		}
		return true;
	}

	private void prepare(int number) {
		try {
			for (int i = 0; i < number; i++) {
				prepareOneOf(number);
			}
		}
		catch (RuntimeException ex) {
			// Whoever needs a slot tries again, and tells
			logger.debug("A slot could not be prepared", ex);
		}
	}

	private synchronized void prepareOneOf(int number) {
		if (this.copies.size() < number && !this.closed) {
			this.idle.addLast(copy());
		}
	}

	// Whoever waited for another one's copy may find it idle
	private synchronized Slot idleOrCopy() {
		Slot slot = this.closed ? this.home : this.idle.pollFirst();
		return (slot != null) ? slot : copy();
	}

	private Slot copy() {
		Slot slot = new Slot(++this.last, this.resources, this.running);
		this.copies.add(slot);
		return slot;
	}

	Slot home() {
		return this.home;
	}

	/**
	 * Return whether JUnit runs tests side by side.
	 * @return whether it does, if it is allowed to
	 */
	boolean isParallel() {
		return this.parallel;
	}

	/**
	 * Return whether there is more than one slot for tests.
	 * @return {@code false} if they take turns
	 */
	boolean isCopied() {
		return this.copied;
	}

	/**
	 * Return the lock on the slots.
	 * @return the lock, for those inside
	 */
	FairLock lock() {
		return this.free;
	}

	RunningTests running() {
		return this.running;
	}

	/**
	 * Wait for a slot.
	 * @param name who has it
	 * @return the slot
	 */
	Slot lease(String name) {
		if (!this.parallel && this.idle.isEmpty() && this.surprised.compareAndSet(false, true)) {
			logger
				.info("The tests of this application context take turns, because nobody has told that they run side by "
						+ "side. If JUnit runs them, turn that on where its run starts, as in junit-platform.properties, not at a @Suite");
		}
		this.free.acquire(name);
		return take(name);
	}

	/**
	 * Take a slot if there is one.
	 * @param name who has it
	 * @return the slot, or {@code null} if there is none
	 */
	@Nullable Slot tryLease(String name) {
		return this.free.tryAcquire(name) ? take(name) : null;
	}

	private Slot take(String name) {
		boolean taken = false;
		try {
			Slot idle = this.idle.pollFirst();
			Slot slot = (idle != null) ? idle : idleOrCopy();
			taken = true;
			return slot;
		}
		finally {
			if (!taken) {
				this.free.release(name);
			}
		}
	}

	/**
	 * Let the next one have a slot.
	 * @param slot the slot
	 * @param name who had it
	 */
	void release(Slot slot, String name) {
		try {
			if (slot == this.home || !slot.isBroken()) {
				this.idle.addFirst(slot);
			}
			else if (this.copies.remove(slot)) {
				slot.close();
			}
		}
		finally {
			this.free.release(name);
		}
	}

	synchronized void close() {
		this.closed = true;
		RunningPlan.endings().remove(this.ending);
		List<Runnable> ends = new ArrayList<>();
		this.copies.forEach((copy) -> ends.add(copy::close));
		ends.add(this.home::close);
		CompositeResourceLease.runAll(ends);
	}

}
