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

package dev.pristine.ownership;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Whom a thread works for: a test, a class of tests, or the application itself. It
 * decides on which slot the thread finds its database and its other servers.
 * <p>
 * A thread that a test starts works for that test. What goes to other threads takes its
 * owner along by {@link #wrap}, or by {@link #id()} where it crosses a process or a
 * connection. A thread that serves many, such as one of a pool, has no owner of its own.
 *
 * @since 0.1.0
 */
public final class TestOwner {

	// Enough to tell a late request whose it was
	private static final int REMEMBERED = 10_000;

	private static final Map<String, TestOwner> known = new ConcurrentHashMap<>();

	// The server that a request reaches may be tested by another JVM
	private static final String JVM = Integer.toString(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE),
			Character.MAX_RADIX) + "-";

	private static final AtomicLong counter = new AtomicLong();

	private static final ThreadLocal<@Nullable Work> work = new Inherited();

	private final long number = counter.incrementAndGet();

	private final String name;

	/** Weak, as owners are remembered for longer than an application context lives. */
	private final WeakReference<Object> context;

	private final int slot;

	private volatile boolean ended;

	private TestOwner(String name, Object context, int slot) {
		this.name = name;
		this.context = new WeakReference<>(context);
		this.slot = slot;
	}

	/**
	 * Return an owner that starts now.
	 * @param name the name of the test or class, for messages
	 * @param context what the slots belong to
	 * @param slot the number of the slot that it works on
	 * @return the owner
	 */
	public static TestOwner start(String name, Object context, int slot) {
		TestOwner owner = new TestOwner(name, context, slot);
		known.put(owner.id(), owner);
		known.remove(id(owner.number - REMEMBERED));
		return owner;
	}

	/**
	 * Return whom this thread works for.
	 * @return the owner, or {@code null} if that is not known
	 */
	public static @Nullable TestOwner current() {
		Work current = work.get();
		if (current != null && current.inherited) {
			work.set((Inherited.isHeld(current)) ? new Work(current.owner, true, false) : null);
			return current();
		}
		// A thread of JUnit outlives the classes that it has run
		return (current != null && (!current.owner.ended || current.handedOver)) ? current.owner : null;
	}

	/**
	 * Return the owner that has an id.
	 * @param id the id
	 * @return the owner, or {@code null} if it is none of this JVM
	 */
	public static @Nullable TestOwner find(String id) {
		return known.get(id);
	}

	/**
	 * Have this thread work for the owner: it runs the test itself.
	 * @return the work, to be ended by this thread
	 */
	public Work run() {
		return new Work(this, false, false).begin();
	}

	/**
	 * Have this thread work for the owner: something was handed over to it.
	 * @return the work, to be ended by this thread
	 */
	public Work take() {
		return new Work(this, true, false).begin();
	}

	/**
	 * Have this thread work for somebody from now on.
	 * @param owner the owner, or {@code null} for nobody
	 */
	static void set(@Nullable TestOwner owner) {
		work.set((owner != null) ? new Work(owner, true, false) : null);
	}

	/**
	 * Return a task that is done for the present owner, whichever thread does it.
	 * @param task the task
	 * @return the same for the owner, or the task itself if there is none
	 */
	public static Runnable wrap(Runnable task) {
		TestOwner owner = current();
		return (owner != null) ? owner.bind(task) : task;
	}

	/**
	 * Return a task that is done for the owner, whichever thread does it.
	 * @param task the task
	 * @return the same for the owner
	 */
	public Runnable bind(Runnable task) {
		return () -> {
			try (Work work = take()) {
				task.run();
			}
		};
	}

	/**
	 * Return what tells the owner from all others, in this JVM or another one.
	 * @return the id
	 */
	public String id() {
		return id(this.number);
	}

	private static String id(long number) {
		return JVM + Long.toString(number, Character.MAX_RADIX);
	}

	/**
	 * Return the slot of the owner.
	 * @return its number
	 */
	public int slot() {
		return this.slot;
	}

	/**
	 * Return whether the owner's slot is one of these.
	 * @param context what the slots belong to
	 * @return whether it is the owner's
	 */
	public boolean isOf(Object context) {
		return this.context.refersTo(context);
	}

	/**
	 * Return whether the test is over: what still works for it is late.
	 * @return whether it has ended
	 */
	public boolean isEnded() {
		return this.ended;
	}

	/**
	 * Say that the test is over.
	 */
	public void end() {
		this.ended = true;
	}

	/**
	 * Return the name for messages.
	 */
	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * That a thread works for an owner.
	 */
	public static final class Work implements AutoCloseable {

		private final TestOwner owner;

		private final boolean handedOver;

		private final boolean inherited;

		private @Nullable Work before;

		private Work(TestOwner owner, boolean handedOver, boolean inherited) {
			this.owner = owner;
			this.handedOver = handedOver;
			this.inherited = inherited;
		}

		private Work begin() {
			this.before = work.get();
			work.set(this);
			return this;
		}

		/**
		 * Return to whom the thread worked for before.
		 */
		@Override
		public void close() {
			if (this.before != null) {
				work.set(this.before);
			}
			else {
				work.remove();
			}
		}

	}

	private static final class Inherited extends InheritableThreadLocal<@Nullable Work> {

		@Override
		protected @Nullable Work childValue(@Nullable Work parent) {
			return (parent != null && isHeld(parent)) ? new Work(parent.owner, true, true) : null;
		}

		/**
		 * Return whether the work is that of the calling thread, rather than of whoever
		 * happened to start it.
		 */
		private static boolean isHeld(Work work) {
			return !work.inherited || !PoolThread.isCurrent();
		}

	}

}
