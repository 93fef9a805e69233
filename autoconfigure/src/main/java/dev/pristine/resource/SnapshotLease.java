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

/**
 * A {@link SnapshotResource} as the engine wants it: there is one copy, and no mode in
 * which it would be left alone but {@link dev.pristine.TestIsolation#NONE}.
 *
 * @param <S> the type of a snapshot
 */
final class SnapshotLease<S> implements ResourceLease<S> {

	private final SnapshotResource<S> resource;

	SnapshotLease(SnapshotResource<S> resource) {
		this.resource = resource;
	}

	@Override
	public S capture() {
		return this.resource.capture();
	}

	@Override
	public void restore(S state, String culprit) {
		try {
			this.resource.restore(state);
		}
		catch (ResourceException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new ResourceException(
					"The resource '%s' could not be brought back to where the tests start after %s: %s"
						.formatted(this.resource.name(), culprit, ex),
					"Look at the cause. If the test stopped the service, have it start the service again.", ex);
		}
	}

	@Override
	public void close() {
		// Its bean is closed with the application context
	}

}
