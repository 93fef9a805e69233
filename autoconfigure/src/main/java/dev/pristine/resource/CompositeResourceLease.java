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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;

/**
 * Several leases as one. They are captured in their order and restored in reverse.
 * Restoring never stops halfway: every lease is restored, whatever happens; the first
 * failure is thrown, with the others suppressed in it.
 *
 * @since 0.1.0
 */
public final class CompositeResourceLease implements ResourceLease<CompositeResourceLease.States> {

	private final List<ResourceLease<?>> leases;

	/**
	 * Create a composite.
	 * @param leases the leases, in the order in which they are captured
	 */
	public CompositeResourceLease(List<? extends ResourceLease<?>> leases) {
		this.leases = List.copyOf(leases);
	}

	@Override
	public @Nullable String refusal(TestIsolation isolation) {
		return this.leases.stream()
			.map((lease) -> lease.refusal(isolation))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	@Override
	public States capture() {
		this.leases.forEach((lease) -> lease.announce(null));
		List<State<?>> states = new ArrayList<>(this.leases.size());
		this.leases.forEach((lease) -> states.add(State.of(lease)));
		return new States(states);
	}

	@Override
	public void enter(TestScope scope) {
		this.leases.forEach((lease) -> lease.enter(scope));
	}

	@Override
	public void restore(States states, String culprit) {
		Deque<Runnable> steps = new ArrayDeque<>();
		states.all().forEach((state) -> steps.addFirst(() -> state.restore(culprit)));
		states.all().forEach((state) -> steps.addFirst(state::announce));
		runAll(steps);
	}

	@Override
	public void tellOfStrays() {
		this.leases.forEach(ResourceLease::tellOfStrays);
	}

	@Override
	public boolean isUsable() {
		return this.leases.stream().allMatch(ResourceLease::isUsable);
	}

	@Override
	public void close() {
		Deque<Runnable> steps = new ArrayDeque<>();
		this.leases.forEach((lease) -> steps.addFirst(lease::close));
		runAll(steps);
	}

	/**
	 * Run all steps, whatever each throws.
	 * @param steps the steps, in their order; the first failure is thrown in the end,
	 * with the others suppressed in it
	 */
	public static void runAll(Iterable<Runnable> steps) {
		// A stream runs all its close handlers
		Stream<?> all = Stream.empty();
		for (Runnable step : steps) {
			all = all.onClose(step);
		}
		all.close();
	}

	/**
	 * The states of all leases at one moment, equal to those of another one if nothing
	 * has changed since.
	 *
	 * @param all the states
	 */
	public record States(List<State<?>> all) {

	}

	private record State<S>(ResourceLease<S> lease, S state) {

		static <S> State<S> of(ResourceLease<S> lease) {
			return new State<>(lease, lease.capture());
		}

		void announce() {
			this.lease.announce(this.state);
		}

		void restore(String culprit) {
			this.lease.restore(this.state, culprit);
		}

	}

}
