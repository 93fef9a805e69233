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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * A server or database that Pristine did not start for one application context alone:
 * several can use it, one after the other. For use by the leases of resources, each of
 * which has its own.
 *
 * @since 0.1.0
 */
public final class SharedServer {

	/**
	 * The thread that came last to each. A test of a nested class, whose context has its
	 * turn while another one's test class is open, is on the same thread.
	 */
	private static final Map<Object, Thread> users = new ConcurrentHashMap<>();

	private final Object address;

	private final String name;

	private @Nullable Thread user;

	/**
	 * Create a server.
	 * @param address what is equal for all who share it
	 * @param name what messages call it, such as {@code the OPA at ...}
	 */
	public SharedServer(Object address, String name) {
		this.address = address;
		this.name = name;
	}

	/**
	 * The calling thread writes to the server, or reads what it holds.
	 */
	public void use() {
		users.put(this.address, Thread.currentThread());
	}

	/**
	 * The calling thread starts a test.
	 */
	public void enter() {
		this.user = Thread.currentThread();
		use();
	}

	/**
	 * A test has ended, and what it did is undone.
	 * @param culprit the test
	 * @throws ResourceException if another application context has used the server since
	 * the test started
	 */
	public void exit(String culprit) {
		Thread user = this.user;
		this.user = null;
		if (user != null && users.get(this.address) != user) {
			throw new ResourceException(
					"Another application context has used %s at the same time as %s, so that each may have seen what the other wrote, or lost its own."
						.formatted(this.name, culprit),
					"Let Pristine provide one for each context, or run the classes of these contexts one after the other: put @ResourceLock on them.");
		}
	}

}
