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
 * A service that every test finds in the same state, told by two operations: take a
 * snapshot, and put it back. Declare a bean of this type, and the service follows
 * {@code @IsolationMode} like those that Pristine knows:
 *
 * <pre class="code">
 * &#064;Bean
 * SnapshotResource&lt;List&lt;String&gt;&gt; mailbox(MailServer server) {
 *     return new SnapshotResource&lt;&gt;() {
 *
 *         public String name() {
 *             return "mailbox";
 *         }
 *
 *         public List&lt;String&gt; capture() {
 *             return server.messages();
 *         }
 *
 *         public void restore(List&lt;String&gt; messages) {
 *             server.replaceAll(messages);
 *         }
 *
 *     };
 * }
 * </pre>
 *
 * The snapshot is taken when the application has started, and again when a class's
 * {@code @BeforeAll} is through. It is put back before and after each test, so both
 * operations should cost little where nothing has changed. There is one copy of the
 * service, so tests that use it take turns.
 *
 * @param <S> the type of a snapshot, which must not change when the service does
 * @since 0.1.0
 */
public interface SnapshotResource<S> extends TestResource {

	/**
	 * Take a snapshot of the present state.
	 * @return the snapshot
	 */
	S capture();

	/**
	 * Put a snapshot back. The same one may be put back many times.
	 * @param snapshot what {@link #capture()} returned
	 */
	void restore(S snapshot);

	/**
	 * Lease the service itself.
	 */
	@Override
	default ResourceLease<S> lease(int slot) {
		return new ResourceLease<>() {

			@Override
			public S capture() {
				return SnapshotResource.this.capture();
			}

			@Override
			public void restore(S state, String culprit) {
				try {
					SnapshotResource.this.restore(state);
				}
				catch (ResourceException ex) {
					throw ex;
				}
				catch (RuntimeException ex) {
					throw new ResourceException(
							"The resource '%s' could not be brought back to where the tests start after %s: %s"
								.formatted(name(), culprit, ex),
							"Look at the cause. If the test stopped the service, have it start the service again.", ex);
				}
			}

			@Override
			public void close() {
				// The bean is closed with the application context
			}

		};
	}

}
