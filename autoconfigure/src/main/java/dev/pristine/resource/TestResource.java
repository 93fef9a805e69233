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
	 * Lease one isolated copy of the resource. The application has started, and no test
	 * runs yet.
	 * @param slot the number of the copy; 0 is the one that the application started with
	 * @return the lease
	 */
	ResourceLease<?> lease(int slot);

	/**
	 * Return a resource of which there is one copy.
	 * @param resource the resource
	 * @return the same as a {@code TestResource}
	 */
	static TestResource of(SnapshotResource<?> resource) {
		return new TestResource() {

			@Override
			public String name() {
				return resource.name();
			}

			@Override
			public ResourceLease<?> lease(int slot) {
				return new SnapshotLease<>(resource);
			}

		};
	}

}
