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
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Which application context an OPA works for. Several contexts may share one that
 * Pristine did not start, such as a static container: each finds it as if it had it
 * alone. The state is static because such an OPA lives longer than a context.
 */
final class Occupancy {

	private static final Map<URI, Occupancy> occupancies = new ConcurrentHashMap<>();

	private final Set<OpaConnectionDetails> contexts = Collections.newSetFromMap(new IdentityHashMap<>());

	private @Nullable OpaState original;

	private @Nullable OpaConnectionDetails current;

	private Occupancy() {
	}

	static Occupancy of(OpaConnectionDetails details) {
		return occupancies.computeIfAbsent(details.getUrl(), (url) -> new Occupancy());
	}

	/**
	 * Have OPA hold what it held before the first context, and the files of this one.
	 * @param context the connection details of the context
	 * @param store the OPA
	 * @param files policies and data of the context
	 */
	synchronized void enter(OpaConnectionDetails context, OpaStore store, OpaState files) {
		this.current = null;
		if (this.original == null) {
			this.original = (context instanceof ExternalOpa) ? OpaState.EMPTY : store.read();
		}
		boolean shared = !this.contexts.isEmpty();
		this.contexts.add(context);
		if (context instanceof ExternalOpa) {
			store.write(files);
		}
		else {
			if (shared) {
				store.write(this.original);
			}
			store.add(files);
		}
		this.current = context;
	}

	/**
	 * Have OPA work for a context.
	 * @param context the connection details of the context
	 * @return whether it has worked for another one
	 */
	synchronized boolean takeOver(OpaConnectionDetails context) {
		boolean taken = this.current != context;
		this.current = context;
		return taken;
	}

	/**
	 * A context has closed.
	 * @param context the connection details of the context
	 */
	synchronized void leave(OpaConnectionDetails context) {
		this.contexts.remove(context);
		if (this.contexts.isEmpty()) {
			occupancies.values().remove(this);
		}
	}

}
