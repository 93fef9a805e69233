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

import java.util.List;

import dev.pristine.Isolation;
import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

/**
 * One isolated copy of everything that a running test owns: a lease on each resource.
 */
class Slot {

	private final ResourceLease resources;

	private boolean unclean;

	private boolean broken;

	Slot(int number, List<TestResource> resources) {
		this.resources = new CompositeResourceLease(
				resources.stream().map((resource) -> resource.lease(number)).toList());
	}

	/**
	 * Have every resource start the scope.
	 * @param scope the scope that starts
	 */
	void prepare(TestScope scope) {
		if (scope.isolation() == Isolation.NONE) {
			return;
		}
		if (this.unclean) {
			attempt(this.resources::restore);
			this.unclean = false;
		}
		attempt(() -> this.resources.prepare(scope));
	}

	/**
	 * Have every resource undo the scope.
	 * @param scope the scope that ends
	 */
	void reset(TestScope scope) {
		if (scope.isolation() == Isolation.NONE) {
			this.unclean = true;
			return;
		}
		attempt(() -> this.resources.reset(scope));
	}

	/**
	 * Return whether a resource failed to start or undo a scope, or says itself that it
	 * has to be replaced. No further test may see it.
	 * @return whether the slot must not be used again
	 */
	boolean isBroken() {
		return this.broken || !this.resources.isUsable();
	}

	void close() {
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
