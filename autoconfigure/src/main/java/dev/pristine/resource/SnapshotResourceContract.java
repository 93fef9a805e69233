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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a {@link SnapshotResource} has to do. Extend this class to test one:
 *
 * <pre class="code">
 * class MailboxTests extends SnapshotResourceContract&lt;List&lt;String&gt;&gt; {
 *
 *     protected SnapshotResource&lt;List&lt;String&gt;&gt; resource() {
 *         return new Mailbox(this.server);
 *     }
 *
 *     protected void change(int number) {
 *         this.server.send("message " + number);
 *     }
 *
 *     protected Object observe() {
 *         return this.server.messages();
 *     }
 *
 * }
 * </pre>
 *
 * @param <S> the type of a snapshot
 * @since 0.1.0
 */
public abstract class SnapshotResourceContract<S> {

	private SnapshotResource<S> resource;

	private S origin;

	private Object before;

	/**
	 * Create a test of a resource. Its service is running, and nothing else uses it.
	 */
	@SuppressWarnings("NullAway.Init")
	protected SnapshotResourceContract() {
	}

	/**
	 * Return the resource to test.
	 * @return the resource; the same one in each call within a test
	 */
	protected abstract SnapshotResource<S> resource();

	/**
	 * Change the state of the service, as an application would.
	 * @param number tells one change from another: each leads to a different state
	 */
	protected abstract void change(int number);

	/**
	 * Look at the state of the service, as an application would.
	 * @return something that equals only what is seen in the same state
	 */
	protected abstract Object observe();

	@BeforeEach
	final void captureOrigin() {
		this.resource = resource();
		this.before = observe();
		this.origin = this.resource.capture();
	}

	@AfterEach
	final void restoreOrigin() {
		this.resource.restore(this.origin);
	}

	@Test
	final void hasName() {
		assertThat(this.resource.name()).as("The name for messages").isNotBlank();
	}

	@Test
	final void captureChangesNothing() {
		assertThat(observe()).as("The state after capture()").isEqualTo(this.before);
	}

	@Test
	final void restoreWithoutChangeChangesNothing() {
		this.resource.restore(this.origin);
		assertThat(observe()).as("The state after restore()").isEqualTo(this.before);
	}

	@Test
	final void restoresAnyNumberOfTimes() {
		for (int i = 1; i <= 3; i++) {
			change(i);
			assertThat(observe()).as("What observe() sees of change(" + i + ")").isNotEqualTo(this.before);
			this.resource.restore(this.origin);
			assertThat(observe()).as("The state after restore() number " + i).isEqualTo(this.before);
		}
	}

	@Test
	final void undoesSeveralChanges() {
		change(1);
		change(2);
		this.resource.restore(this.origin);
		assertThat(observe()).as("The state after restore()").isEqualTo(this.before);
	}

	@Test
	final void snapshotsAreIndependentOfEachOtherAndOfTheService() {
		change(1);
		Object changed = observe();
		S second = this.resource.capture();
		change(2);
		this.resource.restore(this.origin);
		assertThat(observe()).as("The state after restore() of the first snapshot").isEqualTo(this.before);
		this.resource.restore(second);
		assertThat(observe()).as("The state after restore() of the second snapshot").isEqualTo(changed);
		this.resource.restore(this.origin);
		assertThat(observe()).as("The state after restore() of the first snapshot, again").isEqualTo(this.before);
	}

}
