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

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;
import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;
import dev.pristine.resource.TestScope.Level;

/**
 * One isolated copy of everything that a running test owns: a lease on each resource.
 */
class Slot {

	private final ResourceLease resources;

	private boolean unclean;

	private @Nullable TestScope remembered;

	private volatile boolean broken;

	private volatile boolean closed;

	Slot(int number, List<TestResource> resources) {
		List<ResourceLease> leases = new ArrayList<>(resources.size());
		try {
			resources.forEach((resource) -> leases.add(resource.lease(number)));
		}
		catch (RuntimeException | Error ex) {
			try {
				new CompositeResourceLease(leases).close();
			}
			catch (RuntimeException | Error closeFailure) {
				ex.addSuppressed(closeFailure);
			}
			throw ex;
		}
		this.resources = new CompositeResourceLease(leases);
	}

	/**
	 * Have every resource start the scope.
	 * @param scope the scope that starts
	 */
	void prepare(TestScope scope) {
		if (isBroken() || this.closed) {
			throw new ResourceException(
					"The state behind this application context is unknown, because an earlier test or its reset left it "
							+ "unusable. " + scope.name() + " must not run on it.",
					"Look for the first failure or warning of this run: it says what could not be undone.");
		}
		if (scope.isolation() == TestIsolation.NONE) {
			rememberBaseline(scope.parent());
			return;
		}
		if (this.unclean) {
			attempt(this.resources::restore);
			this.unclean = false;
		}
		attempt(() -> this.resources.prepare(scope));
		this.remembered = scope.parent();
	}

	/**
	 * Have every resource see, before a test without isolation writes to it, what the
	 * other tests of the class are to find: an empty test does that.
	 * @param parent the scope of the class
	 */
	private void rememberBaseline(@Nullable TestScope parent) {
		if (parent != null && parent.isolation() != TestIsolation.NONE && parent != this.remembered) {
			TestScope empty = new TestScope(Level.TEST, parent.isolation(), parent.name(), parent);
			prepare(empty);
			reset(empty);
		}
	}

	/**
	 * Have every resource undo the scope.
	 * @param scope the scope that ends
	 */
	void reset(TestScope scope) {
		if (this.closed) {
			return;
		}
		this.unclean = (scope.isolation() == TestIsolation.NONE);
		if (!this.unclean) {
			attempt(() -> this.resources.reset(scope));
		}
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

	private void attempt(Runnable action) {
		boolean done = false;
		try {
			action.run();
			done = true;
		}
		finally {
			this.broken = this.broken || !done;
		}
	}

}
