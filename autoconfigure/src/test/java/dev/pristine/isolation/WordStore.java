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

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;

/**
 * {@link TestResource} in memory, with a copy for each slot.
 */
class WordStore implements TestResource {

	/**
	 * The slots that were asked what came there.
	 */
	static final Set<Integer> told = ConcurrentHashMap.newKeySet();

	private final CurrentSlot slot;

	private final Map<Integer, Set<String>> copies = new ConcurrentHashMap<>();

	private volatile Set<String> origin = Set.of();

	private volatile boolean once;

	WordStore(CurrentSlot slot) {
		this.slot = slot;
	}

	Set<String> words() {
		return this.copies.computeIfAbsent(this.slot.number(), (number) -> new ConcurrentSkipListSet<>());
	}

	/**
	 * Return the words of the application itself.
	 * @return the words
	 */
	Set<String> home() {
		return this.copies.getOrDefault(0, Set.of());
	}

	Set<Integer> slots() {
		return this.copies.keySet();
	}

	void existOnce() {
		this.once = true;
	}

	@Override
	public String name() {
		return "words";
	}

	@Override
	public @Nullable String onlyCopy() {
		return this.once ? TestResource.super.onlyCopy() : null;
	}

	@Override
	public ResourceLease<?> lease(int slot) {
		Set<String> words = this.copies.computeIfAbsent(slot, (number) -> new ConcurrentSkipListSet<>(this.origin));
		if (slot == 0) {
			this.origin = Set.copyOf(words);
		}
		return new Lease(slot, words);
	}

	private static final class Lease implements ResourceLease<Set<String>> {

		private final int slot;

		private final Set<String> words;

		private Set<String> seen = Set.of();

		Lease(int slot, Set<String> words) {
			this.slot = slot;
			this.words = words;
		}

		@Override
		public Set<String> capture() {
			if (!this.words.equals(this.seen)) {
				this.seen = Set.copyOf(this.words);
			}
			return this.seen;
		}

		@Override
		public void restore(Set<String> state, String culprit) {
			this.words.clear();
			this.words.addAll(state);
			this.seen = state;
		}

		@Override
		public void tellOfStrays() {
			told.add(this.slot);
		}

		@Override
		public void close() {
		}

	}

}
