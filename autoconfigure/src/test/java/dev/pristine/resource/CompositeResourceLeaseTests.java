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

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.pristine.TestIsolation;
import dev.pristine.resource.TestScope.Level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CompositeResourceLease}.
 */
class CompositeResourceLeaseTests {

	private final List<String> events = new ArrayList<>();

	private final TestScope scope = new TestScope(Level.TEST, TestIsolation.TRANSACTION, "test", null);

	private final ResourceLease lease = new CompositeResourceLease(List.of(new Lease("a"), new Lease("b")));

	private String failing = "";

	@Test
	void announcesToAllBeforeItWaitsForAny() {
		this.lease.prepare(this.scope);
		this.lease.reset(this.scope);
		assertThat(this.events).containsExactly("a announce prepare", "b announce prepare", "a prepare", "b prepare",
				"b announce reset", "a announce reset", "b reset", "a reset");
	}

	@Test
	void resetsAllWhereAnAnnouncementFails() {
		this.failing = "b announce reset";
		assertThatIllegalStateException().isThrownBy(() -> this.lease.reset(this.scope)).withMessage(this.failing);
		assertThat(this.events).containsExactly("b announce reset", "a announce reset", "b reset", "a reset");
	}

	@Test
	void resetsWhatWasPreparedWhereTheNextCannotBe() {
		this.failing = "b prepare";
		assertThatIllegalStateException().isThrownBy(() -> this.lease.prepare(this.scope)).withMessage(this.failing);
		assertThat(this.events).endsWith("b prepare", "a announce reset", "a reset");
	}

	private final class Lease implements ResourceLease {

		private final String name;

		private Lease(String name) {
			this.name = name;
		}

		private void happen(String event) {
			String named = this.name + " " + event;
			CompositeResourceLeaseTests.this.events.add(named);
			if (named.equals(CompositeResourceLeaseTests.this.failing)) {
				throw new IllegalStateException(named);
			}
		}

		@Override
		public void announcePrepare(TestScope scope) {
			happen("announce prepare");
		}

		@Override
		public void prepare(TestScope scope) {
			happen("prepare");
		}

		@Override
		public void announceReset(TestScope scope) {
			happen("announce reset");
		}

		@Override
		public void reset(TestScope scope) {
			happen("reset");
		}

		@Override
		public void restore() {
			happen("restore");
		}

		@Override
		public void close() {
			happen("close");
		}

	}

}
