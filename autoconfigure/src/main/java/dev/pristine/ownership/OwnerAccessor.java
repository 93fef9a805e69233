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

package dev.pristine.ownership;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * {@link ThreadLocalAccessor} by which Micrometer's snapshots take the owner along.
 * Public because it is loaded as a service.
 *
 * @since 0.1.0
 */
public final class OwnerAccessor implements ThreadLocalAccessor<TestOwner> {

	@Override
	public Object key() {
		return TestOwner.class;
	}

	@Override
	public @Nullable TestOwner getValue() {
		return TestOwner.current();
	}

	@Override
	public void setValue(TestOwner owner) {
		TestOwner.set(owner);
	}

	@Override
	public void setValue() {
		TestOwner.set(null);
	}

}
