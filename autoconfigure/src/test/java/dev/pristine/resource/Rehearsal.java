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
 * What the engine does around a test, for tests of a single resource.
 */
public final class Rehearsal {

	private Rehearsal() {
	}

	/**
	 * Run something between the calls of the engine, and give the lease back.
	 * @param resource the resource
	 * @param scope the scope of the test
	 * @param work the test
	 */
	public static void run(TestResource resource, TestScope scope, Runnable work) {
		try (ResourceLease<?> lease = resource.lease(0)) {
			run(lease, scope, work);
		}
	}

	private static <S> void run(ResourceLease<S> lease, TestScope scope, Runnable work) {
		S state = lease.capture();
		lease.enter(scope);
		try {
			work.run();
		}
		finally {
			lease.restore(state, scope.name());
		}
	}

}
