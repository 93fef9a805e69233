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

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.pristine.TestIsolation;
import dev.pristine.resource.CompositeResourceLease.States;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CompositeResourceLease}.
 */
class CompositeResourceLeaseTests {

	private final List<String> events = new ArrayList<>();

	private final CompositeResourceLease lease = new CompositeResourceLease(List.of(new Lease("a"), new Lease("b")));

	private String failing = "";

	@Test
	void announcesToAllBeforeItWaitsForAny() {
		this.lease.restore(this.lease.capture(), "test");
		assertThat(this.events).containsExactly("a announce null", "b announce null", "a capture", "b capture",
				"b announce b", "a announce a", "b restore of b", "a restore of a");
	}

	@Test
	void restoresAllWhereAnAnnouncementFails() {
		States states = this.lease.capture();
		this.events.clear();
		this.failing = "b announce b";
		assertThatIllegalStateException().isThrownBy(() -> this.lease.restore(states, "test"))
			.withMessage(this.failing);
		assertThat(this.events).containsExactly("b announce b", "a announce a", "b restore of b", "a restore of a");
	}

	@Test
	void refusesWhatOneOfThemRefuses() {
		assertThat(this.lease.refusal(TestIsolation.TRUNCATE)).isNull();
		this.failing = "b refusal";
		assertThat(this.lease.refusal(TestIsolation.TRUNCATE)).isEqualTo("b cannot");
	}

	private final class Lease implements ResourceLease<String> {

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
		public @Nullable String refusal(TestIsolation isolation) {
			return CompositeResourceLeaseTests.this.failing.equals(this.name + " refusal") ? this.name + " cannot"
					: null;
		}

		@Override
		public void announce(@Nullable String next) {
			happen("announce " + next);
		}

		@Override
		public String capture() {
			happen("capture");
			return this.name;
		}

		@Override
		public void restore(String state, String culprit) {
			happen("restore of " + state);
		}

		@Override
		public void close() {
			happen("close");
		}

	}

}
