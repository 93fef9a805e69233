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
import java.util.ListIterator;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.pristine.Isolation;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

/**
 * One isolated copy of everything that a running test owns: a lease on each resource.
 */
class Slot {

	private final List<ResourceLease> leases = new ArrayList<>();

	private boolean unclean;

	private boolean broken;

	Slot(int number, List<TestResource> resources) {
		resources.forEach((resource) -> this.leases.add(resource.lease(number)));
	}

	/**
	 * Have every resource start the scope. If one of them cannot, those that have started
	 * it end it again.
	 * @param scope the scope that starts
	 */
	void prepare(TestScope scope) {
		if (scope.isolation() == Isolation.NONE) {
			return;
		}
		if (this.unclean) {
			reversed(this.leases, ResourceLease::restore);
			this.unclean = false;
		}
		List<ResourceLease> prepared = new ArrayList<>(this.leases.size());
		for (ResourceLease lease : this.leases) {
			try {
				lease.prepare(scope);
				prepared.add(lease);
			}
			catch (RuntimeException | Error ex) {
				this.broken = true;
				throw suppressing(ex, () -> reversed(prepared, (each) -> each.reset(scope)));
			}
		}
	}

	/**
	 * Have every resource undo the scope. All of them do, whatever happens: the first
	 * failure is thrown, with the others suppressed in it.
	 * @param scope the scope that ends
	 */
	void reset(TestScope scope) {
		if (scope.isolation() == Isolation.NONE) {
			this.unclean = true;
			return;
		}
		reversed(this.leases, (lease) -> lease.reset(scope));
	}

	/**
	 * Return whether a resource failed to start or undo a scope, or says itself that it
	 * has to be replaced. No further test may see it.
	 * @return whether the slot must not be used again
	 */
	boolean isBroken() {
		return this.broken || !this.leases.stream().allMatch(ResourceLease::isUsable);
	}

	void close() {
		reversed(this.leases, ResourceLease::close);
	}

	private void reversed(List<ResourceLease> leases, Consumer<ResourceLease> action) {
		Throwable failure = null;
		for (ListIterator<ResourceLease> each = leases.listIterator(leases.size()); each.hasPrevious();) {
			ResourceLease lease = each.previous();
			failure = attempt(failure, () -> action.accept(lease));
		}
		if (failure != null) {
			this.broken = true;
			throw unchecked(failure);
		}
	}

	private static RuntimeException suppressing(Throwable failure, Runnable action) {
		attempt(failure, action);
		return unchecked(failure);
	}

	private static @Nullable Throwable attempt(@Nullable Throwable failure, Runnable action) {
		try {
			action.run();
			return failure;
		}
		catch (RuntimeException | Error ex) {
			if (failure == null) {
				return ex;
			}
			failure.addSuppressed(ex);
			return failure;
		}
	}

	private static RuntimeException unchecked(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (RuntimeException) failure;
	}

}
