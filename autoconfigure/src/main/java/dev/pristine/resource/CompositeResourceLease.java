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

import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.function.Consumer;

/**
 * Several leases as one. They are prepared in their order and reset in reverse. Cleanup
 * never stops halfway: every lease is reset, whatever happens; the first failure is
 * thrown, with the others suppressed in it.
 *
 * @since 0.1.0
 */
public class CompositeResourceLease implements ResourceLease {

	private final List<ResourceLease> leases;

	/**
	 * Create a composite.
	 * @param leases the leases, in the order in which they are prepared
	 */
	public CompositeResourceLease(List<? extends ResourceLease> leases) {
		this.leases = List.copyOf(leases);
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * If one lease cannot start the scope, those that have started it end it again.
	 */
	@Override
	public void prepare(TestScope scope) {
		this.leases.forEach((lease) -> lease.announcePrepare(scope));
		List<ResourceLease> prepared = new ArrayList<>(this.leases.size());
		for (ResourceLease lease : this.leases) {
			try {
				lease.prepare(scope);
				prepared.add(lease);
			}
			catch (RuntimeException | Error ex) {
				try {
					reset(prepared, scope);
				}
				catch (RuntimeException | Error resetFailure) {
					ex.addSuppressed(resetFailure);
				}
				throw ex;
			}
		}
	}

	@Override
	public void reset(TestScope scope) {
		reset(this.leases, scope);
	}

	private static void reset(List<ResourceLease> leases, TestScope scope) {
		reversed(leases, (lease) -> lease.announceReset(scope), (lease) -> lease.reset(scope));
	}

	@Override
	public void restore() {
		reversed(this.leases, ResourceLease::restore);
	}

	@Override
	public boolean isUsable() {
		return this.leases.stream().allMatch(ResourceLease::isUsable);
	}

	@Override
	public void close() {
		reversed(this.leases, ResourceLease::close);
	}

	@SafeVarargs
	private static void reversed(List<ResourceLease> leases, Consumer<ResourceLease>... actions) {
		Throwable failure = null;
		for (Consumer<ResourceLease> action : actions) {
			for (ListIterator<ResourceLease> each = leases.listIterator(leases.size()); each.hasPrevious();) {
				try {
					action.accept(each.previous());
				}
				catch (RuntimeException | Error ex) {
					if (failure == null) {
						failure = ex;
					}
					else {
						failure.addSuppressed(ex);
					}
				}
			}
		}
		if (failure instanceof RuntimeException ex) {
			throw ex;
		}
		if (failure instanceof Error ex) {
			throw ex;
		}
	}

}
