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
import dev.pristine.resource.ScopeBaselines;
import dev.pristine.resource.TestScope;
import dev.pristine.resource.TestScope.Level;

/**
 * {@link ResourceLease} on one OPA. It remembers what OPA holds, reads it only after
 * somebody wrote, and writes back only what is not as it was.
 */
class OpaLease implements ResourceLease {

	private final OpaStore store;

	private final OpaClient client;

	private final BooleanSupplier takeOver;

	private final ScopeBaselines<OpaState> baselines;

	/**
	 * What OPA holds, or {@code null} if somebody wrote since that was known.
	 */
	private @Nullable OpaState current;

	private @Nullable Writing writing;

	OpaLease(OpaStore store, OpaClient client, OpaState baseline, BooleanSupplier takeOver) {
		this.store = store;
		this.client = client;
		this.takeOver = takeOver;
		this.baselines = new ScopeBaselines<>(() -> baseline);
		this.current = baseline;
	}

	@Override
	public void announcePrepare(TestScope scope) {
		this.client.hasWritten();
		this.store.ask();
	}

	@Override
	public void prepare(TestScope scope) {
		if (this.baselines.isEmpty() && this.takeOver.getAsBoolean()) {
			restore();
		}
		this.baselines.open(scope, this::current, this::putBack);
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Where it is known that somebody wrote, OPA need not be asked. A test has no scopes
	 * inside it: what is there while no test runs is what it started from.
	 */
	@Override
	public void announceReset(TestScope scope) {
		if (!this.client.hasWritten() || scope.level() != Level.TEST) {
			this.store.ask();
			return;
		}
		try {
			this.writing = this.store.startWriting(this.baselines.current());
		}
		catch (OpaException ex) {
			// The reset tries again
		}
	}

	@Override
	public void reset(TestScope scope) {
		OpaState state = this.baselines.close();
		Writing writing = this.writing;
		this.writing = null;
		if (writing != null) {
			finish(writing, state);
		}
		else {
			putBack(state);
		}
	}

	@Override
	public void restore() {
		putBack(this.baselines.current());
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
