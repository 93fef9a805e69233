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

package dev.pristine.postgres;

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;
import dev.pristine.resource.ResourceLease;

/**
 * The databases of an application that has none of PostgreSQL: nobody isolates them, and
 * a test that asks for it is told so.
 *
 * @param problem why they are not
 */
record ForeignDatabaseLease(String problem) implements ResourceLease<Boolean> {

	@Override
	public @Nullable String refusal(TestIsolation isolation) {
		return (isolation != TestIsolation.NONE)
				? this.problem + ". Remove its URL, or @AutoConfigureTestDatabase, to test with PostgreSQL" : null;
	}

	@Override
	public Boolean capture() {
		return true;
	}

	@Override
	public void restore(Boolean state, String culprit) {
		// Nothing is known of it
	}

	@Override
	public void close() {
		// Nothing was opened
	}

}
