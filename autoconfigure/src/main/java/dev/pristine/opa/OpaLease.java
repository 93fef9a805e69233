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

package dev.pristine.opa;

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import dev.pristine.opa.OpaStore.Writing;
import dev.pristine.resource.ResourceLease;

/**
 * {@link ResourceLease} on one OPA. It remembers what OPA holds, reads it only after
 * somebody wrote, and writes back only what is not as it was.
 */
class OpaLease implements ResourceLease<OpaState> {

	private final OpaStore store;

	private final OpaClient client;

	private final BooleanSupplier takeOver;

	/**
	 * What OPA holds, or {@code null} if somebody wrote since that was known.
	 */
	private @Nullable OpaState current;

	OpaLease(OpaStore store, OpaClient client, OpaState baseline, BooleanSupplier takeOver) {
		this.store = store;
		this.client = client;
		this.takeOver = takeOver;
		this.current = baseline;
	}

	@Override
	public void announce() {
		this.client.hasWritten();
		this.store.ask();
	}

	@Override
	public OpaState capture() {
		return current();
	}

	@Override
	public void restore(OpaState state, String culprit) {
		if (this.takeOver.getAsBoolean()) {
			this.current = null;
		}
		putBack(state);
	}

	@Override
	public void close() {
	}

	private OpaState current() {
		if (this.store.mayHaveChanged() || this.current == null) {
			this.current = null;
			this.current = this.store.read();
		}
		return this.current;
	}

	private void putBack(OpaState state) {
		if (this.store.mayHaveChanged() || this.current != state) {
			finish(this.store.startWriting(state), state);
		}
	}

	private void finish(Writing writing, OpaState state) {
		this.current = null;
		writing.finish();
		this.current = state;
	}

}
