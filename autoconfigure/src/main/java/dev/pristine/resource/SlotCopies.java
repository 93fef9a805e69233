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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * The copies of a resource in the slots of an application context, and which of them the
 * calling thread works with.
 *
 * @param <C> what a copy is to those who use it
 * @since 0.1.0
 */
public final class SlotCopies<C> {

	private static final Log logger = LogFactory.getLog(SlotCopies.class);

	private final C home;

	private final ObjectProvider<CurrentSlot> provider;

	private final Map<Integer, C> copies = new ConcurrentHashMap<>();

	private final AtomicBoolean reported = new AtomicBoolean();

	private volatile @Nullable CurrentSlot currentSlot;

	/**
	 * Create the copies, of which there is one.
	 * @param home the one that the application starts with
	 * @param currentSlot tells the slot; asked once the application has started
	 */
	public SlotCopies(C home, ObjectProvider<CurrentSlot> currentSlot) {
		this.home = home;
		this.provider = currentSlot;
	}

	/**
	 * Ask for the slot from now on. Before the application has started, there is no test
	 * that anybody could work for.
	 */
	public void start() {
		this.currentSlot = this.provider.getIfAvailable(() -> () -> 0);
	}

	/**
	 * Return the copy that the calling thread works with.
	 * @return the copy
	 * @throws ResourceException if that is not known, or it exists no more
	 */
	public C current() {
		CurrentSlot currentSlot = this.currentSlot;
		int number = (currentSlot != null) ? currentSlot.number() : 0;
		C copy = (number != 0) ? this.copies.get(number) : this.home;
		if (copy == null) {
			throw new ResourceException("Thread '%s' works on slot %d, which has been given back."
				.formatted(Thread.currentThread().getName(), number), "Have the test wait for what it starts.");
		}
		return copy;
	}

	/**
	 * Say, once, that a request came to slot 0 although the tests run on others.
	 * @param request the request, such as {@code POST /allow}
	 */
	public void reportStray(String request) {
		if (!this.copies.isEmpty() && this.reported.compareAndSet(false, true)) {
			logger.warn(
					"'%s' went to the server that the application started with. Tests that run side by side use others. Scheduled jobs and the like belong there; if a test caused the request, have the client made by Spring Boot's RestClient.Builder, RestTemplateBuilder or WebClient.Builder"
						.formatted(request));
		}
	}

	/**
	 * Return the copy that the application started with.
	 * @return the copy of slot 0
	 */
	public C home() {
		return this.home;
	}

	/**
	 * Lease a copy that has just been made.
	 * @param <S> the type of its state
	 * @param slot the number of its slot, from 1
	 * @param copy the copy
	 * @param start the state to bring it to first
	 * @param stop ends it: when the lease is closed, or now if it cannot be used
	 * @param leasing makes the lease from what its end does
	 * @return the lease
	 */
	public <S> ResourceLease<S> lease(int slot, C copy, S start, Runnable stop,
			Function<Runnable, ResourceLease<S>> leasing) {
		try {
			ResourceLease<S> lease = leasing.apply(() -> {
				this.copies.remove(slot);
				stop.run();
			});
			lease.restore(start, "the start");
			this.copies.put(slot, copy);
			return lease;
		}
		catch (RuntimeException ex) {
			stop.run();
			throw ex;
		}
	}

	/**
	 * Add a copy.
	 * @param slot the number of its slot, from 1
	 * @param copy the copy
	 */
	public void put(int slot, C copy) {
		this.copies.put(slot, copy);
	}

	/**
	 * Remove a copy: nobody works with it any more.
	 * @param slot the number of its slot
	 * @return the copy, or {@code null} if there was none
	 */
	public @Nullable C remove(int slot) {
		return this.copies.remove(slot);
	}

}
