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
 * A backing service of the application that every test finds in the same state. Declare a
 * bean of this type to have a service of your own follow {@code @IsolationMode}.
 * <p>
 * Resources are prepared in the order of their beans
 * ({@link org.springframework.core.annotation.Order @Order}) and reset in reverse.
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
	 * Remember the state that every test is to start from. Called once, when the
	 * application has started and before the first test.
	 */
	void captureBaseline();

	/**
	 * Lease one isolated copy of the resource.
	 * @param slot the number of the copy; 0 is the one that the application started with
	 * @return the lease
	 */
	ResourceLease lease(int slot);

}
