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

import org.jspecify.annotations.Nullable;

/**
 * A backing service of the application that every test finds in the same state: the
 * expert's contract. Most services are served by the smaller {@link SnapshotResource}.
 * <p>
 * Resources are restored in the reverse order of their beans
 * ({@link org.springframework.core.annotation.Order @Order}).
 *
 * @since 0.1.0
 */
public interface TestResource {

	/**
	 * Return the name that messages use, such as {@code postgres}.
	 * @return the name
	 */
	String name();

	/**
	 * Lease one isolated copy of the resource. The first one, of number 0, is leased when
	 * the application has started and no test runs yet; the others while tests run on
	 * those before, one after the other.
	 * @param slot the number of the copy; 0 is the one that the application started with.
	 * Another one starts from the state that it had then
	 * @return the lease
	 * @see CurrentSlot
	 */
	ResourceLease<?> lease(int slot);

	/**
	 * Return why there is only the copy that the application started with, so that the
	 * tests of its context take turns. Asked after that one was leased.
	 * @return the reason, or {@code null} if there can be others
	 */
	default @Nullable String onlyCopy() {
		return "the resource '" + name() + "' exists once";
	}

}
