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

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.Assert;

import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;

/**
 * {@link TestResource} for the policies and data of Open Policy Agent.
 */
class OpaResource implements TestResource, DisposableBean {

	private final OpaConnectionDetails details;

	private final OpaClient client;

	private final OpaHttp http;

	private final OpaStore store;

	private final Occupancy occupancy;

	OpaResource(OpaConnectionDetails details, OpaClient client) {
		this.details = details;
		this.client = client;
		this.http = new OpaHttp(details);
		this.store = new OpaStore(this.http);
		this.occupancy = Occupancy.of(details);
	}

	@Override
	public String name() {
		return "opa";
	}

	@Override
	public ResourceLease<?> lease(int slot) {
		if (slot != 0) {
			throw new ResourceException(
					"The application of this context knows one OPA only, so that only one test can use it at a time.",
					"Run the tests of this context on one thread.");
		}
		this.store.mayHaveChanged();
		OpaState baseline = this.store.read();
		return new OpaLease(this.store, this.client, baseline, () -> this.occupancy.takeOver(this.details));
	}

	@Override
	public void destroy() {
		this.occupancy.leave(this.details);
		this.http.close();
	}

}
