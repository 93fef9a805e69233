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

import java.net.URI;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.Assert;

import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.SharedServer;
import dev.pristine.resource.SlotCopies;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

/**
 * {@link TestResource} for the policies and data of Open Policy Agent.
 */
final class OpaResource implements TestResource {

	private final Supplier<ProvidedOpa> launch;

	private final SlotCopies<OpaConnectionDetails> copies;

	private final Lease home;

	/**
	 * Create the resource of an application context.
	 * @param details the OPA that the application starts with
	 * @param launch starts another one with the policies and data of the application
	 * @param currentSlot tells the slot of a thread
	 */
	OpaResource(OpaConnectionDetails details, Supplier<ProvidedOpa> launch, ObjectProvider<CurrentSlot> currentSlot) {
		this.launch = launch;
		this.copies = new SlotCopies<>(details, currentSlot);
		// It ends with its application context
		this.home = new Lease(details, () -> {
		});
	}

	/**
	 * Return where the OPA answers that the calling thread works with.
	 * @return the details of its slot
	 */
	OpaConnectionDetails current() {
		return this.copies.current();
	}

	/**
	 * Give an OPA that Pristine did not start the policies and data of the application.
	 * @param details where it is
	 * @param files policies and data. OPA loses all others if it may.
	 */
	static void load(OpaConnectionDetails details, PolicyFiles files) {
		shared(details).use();
		OpaHttp http = new OpaHttp(details);
		OpaStore store = new OpaStore(http, new RequestLog(null));
		OpaState before = (details instanceof ProvidedOpa) ? OpaState.EMPTY : store.read();
		store.write(files.addTo(before, http));
	}

	private static SharedServer shared(OpaConnectionDetails details) {
		return new SharedServer(details.getUrl(), "the OPA at " + details.getUrl());
	}

	@Override
	public String name() {
		return "opa";
	}

	@Override
	public ResourceLease<OpaState> lease(int slot) {
		if (slot == 0) {
			this.copies.start();
			return this.home;
		}
		OpaState start = this.home.start;
		Assert.state(start != null, "The state that the tests start from was not captured yet");
		ProvidedOpa copy = this.launch.get();
		// As long as there are no copies, no request is a stray
		this.home.log.decision();
		return this.copies.lease(slot, copy, start, copy::stop, (end) -> new Lease(copy, end));
	}

	@Override
	public @Nullable String onlyCopy() {
		OpaConnectionDetails home = this.copies.home();
		return (home instanceof ProvidedOpa opa && opa.isStarted()) ? null : "the OPA at " + home.getUrl()
				+ " was not started by Pristine, which cannot start another one like it";
	}

	/**
	 * A hold on one OPA.
	 */
	private final class Lease implements ResourceLease<OpaState> {

		private final URI url;

		private final @Nullable ProvidedOpa provided;

		private final RequestLog log;

		private final OpaStore store;

		private final SharedServer shared;

		private final Runnable end;

		/**
		 * What was captured first.
		 */
		private volatile @Nullable OpaState start;

		Lease(OpaConnectionDetails details, Runnable end) {
			this.url = details.getUrl();
			this.provided = (details instanceof ProvidedOpa opa) ? opa : null;
			this.log = new RequestLog((this.provided != null) ? this.provided.log() : null);
			this.store = new OpaStore(new OpaHttp(details), this.log);
			this.shared = shared(details);
			this.end = end;
		}

		@Override
		public void announce(@Nullable OpaState next) {
			if (next != null) {
				this.store.announce(next);
			}
		}

		@Override
		public OpaState capture() {
			OpaState state = this.store.read();
			if (this.start == null) {
				this.start = state;
			}
			return state;
		}

		@Override
		public void enter(TestScope scope) {
			this.shared.enter();
		}

		@Override
		public void restore(OpaState state, String culprit) {
			if (!isUsable()) {
				throw new ResourceException("The OPA at " + this.url + " has ended, with or before " + culprit + ".",
						"Find out what ended it. The next test gets a new application context with another OPA.");
			}
			this.store.write(state);
			// Before there were copies, they were no strays
			Lease home = OpaResource.this.home;
			String decision = (home != this) ? home.log.decision() : null;
			if (decision != null) {
				OpaResource.this.copies.reportStray(decision);
			}
			this.shared.exit(culprit);
		}

		@Override
		public boolean isUsable() {
			return this.provided == null || this.provided.isAlive();
		}

		@Override
		public void close() {
			this.end.run();
		}

	}

}
