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
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;
import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;
import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.CompositeResourceLease.States;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

/**
 * One isolated copy of everything that a running test owns: a lease on each resource.
 */
class Slot {

	private final int number;

	/**
	 * Whose the work of resetting is, as far as it uses what the application uses.
	 */
	private final TestOwner keeper;

	private final CompositeResourceLease resources;

	/**
	 * What the outermost scopes start from: the application has started, nothing else.
	 */
	private final States baseline;

	private volatile boolean broken;

	private volatile boolean closed;

	/**
	 * Lease a slot.
	 * @param number its number
	 * @param resources the resources of which it is a copy
	 * @param slots what all slots of the application context belong to
	 */
	Slot(int number, List<TestResource> resources, CurrentSlot slots) {
		this.number = number;
		this.keeper = TestOwner.start("the slot " + number, slots, number);
		List<ResourceLease<?>> leases = new ArrayList<>(resources.size());
		try (Work work = this.keeper.run()) {
			resources.forEach((resource) -> leases.add(resource.lease(number)));
			this.resources = new CompositeResourceLease(leases);
			this.baseline = this.resources.capture();
		}
		catch (RuntimeException | Error ex) {
			try (CompositeResourceLease leased = new CompositeResourceLease(leases)) {
				throw ex;
			}
		}
	}

	int number() {
		return this.number;
	}

	/**
	 * Return why a resource cannot be isolated in some way.
	 * @param isolation the isolation
	 * @return the reason, or {@code null} if all of them can
	 */
	@Nullable String refusal(TestIsolation isolation) {
		return this.resources.refusal(isolation);
	}

	/**
	 * Start a scope. Whatever was written outside of one is undone first.
	 * @param scope the scope that starts
	 * @param parent the scope around it, if there is one
	 * @return what {@link #exit} needs
	 */
	Frame enter(TestScope scope, @Nullable Frame parent) {
		checkUsable(scope);
		return attempt(() -> {
			boolean isolated = scope.isolation() != TestIsolation.NONE;
			States start = (parent != null && parent.end != null) ? parent.inside : this.baseline;
			if (parent != null && start == null) {
				start = this.resources.capture();
				parent.inside = start;
			}
			else if (start != null && isolated) {
				this.resources.restore(start, "Something outside of tests before " + scope.name());
			}
			return open(new Frame(scope, start, isolated ? start : null));
		});
	}

	/**
	 * Start a scope that has nothing to do with those that are open: it starts from the
	 * baseline, and what they have come to is brought back at its end.
	 * @param scope the scope that starts
	 * @return what {@link #exit} needs
	 */
	Frame enterAside(TestScope scope) {
		checkUsable(scope);
		return attempt(() -> {
			States before = this.resources.capture();
			this.resources.restore(this.baseline, scope.name());
			return open(new Frame(scope, this.baseline, before));
		});
	}

	private void checkUsable(TestScope scope) {
		if (isBroken() || this.closed) {
			throw new ResourceException(
					"The state behind this application context is unknown, because an earlier test or its reset left it "
							+ "unusable. " + scope.name() + " must not run on it.",
					"Look for the first failure or warning of this run: it says what could not be undone.");
		}
	}

	private Frame open(Frame frame) {
		if (frame.scope.isolation() != TestIsolation.NONE) {
			this.resources.enter(frame.scope);
		}
		return frame;
	}

	/**
	 * End the scope that was entered last: back to the state that it started from.
	 * @param frame the scope
	 */
	void exit(Frame frame) {
		States end = frame.end;
		if (!this.closed && end != null) {
			attempt(() -> {
				this.resources.restore(end, frame.scope.name());
				return end;
			});
		}
	}

	/**
	 * Tell what came here although the tests work on other slots.
	 */
	void tellOfStrays() {
		try (Work work = this.keeper.run()) {
			this.resources.tellOfStrays();
		}
	}

	/**
	 * Return whether nothing was written in the scope that was entered last.
	 * @param frame the scope
	 * @return whether the scopes inside can as well be entered on another slot
	 */
	boolean isUntouched(Frame frame) {
		States inside = (frame.inside != null) ? frame.inside : attempt(this.resources::capture);
		frame.inside = inside;
		return inside.equals(frame.start);
	}

	/**
	 * Return whether a resource failed to start or undo a scope, or says itself that it
	 * has to be replaced. No further test may see it.
	 * @return whether the slot must not be used again
	 */
	boolean isBroken() {
		return this.broken || !this.resources.isUsable();
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Give every lease back. What is still open on them is gone with them.
	 */
	void close() {
		this.closed = true;
		this.resources.close();
	}

	private <T> T attempt(Supplier<T> action) {
		boolean done = false;
		try (Work work = this.keeper.run()) {
			T result = action.get();
			done = true;
			return result;
		}
		finally {
			this.broken = this.broken || !done;
		}
	}

	/**
	 * An open scope.
	 */
	static final class Frame {

		private final TestScope scope;

		private final @Nullable States start;

		/**
		 * What to return to at the end, unless nothing is undone.
		 */
		private final @Nullable States end;

		/**
		 * What the scopes inside start from: what was there when the first of them
		 * started, such as what {@code @BeforeAll} wrote.
		 */
		private @Nullable States inside;

		Frame(TestScope scope, @Nullable States start, @Nullable States end) {
			this.scope = scope;
			this.start = start;
			this.end = end;
		}

		boolean hasWritten() {
			return this.inside != null && !this.inside.equals(this.start);
		}

	}

}
