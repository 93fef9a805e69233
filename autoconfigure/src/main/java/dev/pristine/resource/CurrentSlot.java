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
 * Tells on which slot of an application context the calling thread works, so that a
 * resource can lead it to the right copy. A bean of every context.
 *
 * @since 0.1.0
 */
public interface CurrentSlot {

	/**
	 * Return the slot of the test that the calling thread works for.
	 * @return the number of the slot; 0 is the one that the application started with,
	 * which is also the one of everything that it does while no test runs
	 * @throws ResourceException if it is not known for which of several running tests the
	 * thread works, or if its test has ended
	 */
	int number();

}
