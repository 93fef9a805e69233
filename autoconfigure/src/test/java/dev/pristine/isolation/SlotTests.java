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

package dev.pristine.isolation;

import java.util.List;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.pristine.TestIsolation;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestScope;
import dev.pristine.resource.TestScope.Level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Slot}.
 */
class SlotTests {

	private final RecordingResource c = new RecordingResource("c");

	private final TestScope scope = new TestScope(Level.TEST, TestIsolation.TRANSACTION, "t", null);

	private final TestScope untouched = new TestScope(Level.TEST, TestIsolation.NONE, "n", null);

	private Slot slot;

	@BeforeEach
	void lease() {
		RecordingResource.clear();
		this.slot = new Slot(0, List.of(new RecordingResource("a"), new RecordingResource("b"), this.c));
		assertThat(RecordingResource.events()).containsExactly("a: lease 0", "b: lease 0", "c: lease 0");
		clearEvents();
	}

	@Test
	void preparesInOrderAndResetsInReverse() {
		this.slot.prepare(this.scope);
		this.slot.reset(this.scope);
		assertThat(RecordingResource.events()).containsExactly("a: prepare t", "b: prepare t", "c: prepare t",
				"c: reset t", "b: reset t", "a: reset t");
		assertThat(this.slot.isBroken()).isFalse();
	}

	@Test
	void resetsEveryResourceAndThrowsTheFirstFailure() {
		this.slot.prepare(this.scope);
		clearEvents();
		RecordingResource.failOn("c: reset t");
		RecordingResource.failOn("a: reset t");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.slot.reset(this.scope))
			.withMessageContaining("c: reset t failed")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
				.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
				.hasMessageContaining("a: reset t failed"));
		assertThat(RecordingResource.events()).containsExactly("c: reset t", "b: reset t", "a: reset t");
		assertThat(this.slot.isBroken()).isTrue();
	}

	@Test
	void endsWhatWasPreparedWhenOneResourceCannotPrepare() {
		RecordingResource.failOn("c: prepare t");
		RecordingResource.failOn("b: reset t");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.slot.prepare(this.scope))
			.withMessageContaining("c: prepare t failed")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).hasSize(1));
		assertThat(RecordingResource.events()).containsExactly("a: prepare t", "b: prepare t", "c: prepare t",
				"b: reset t", "a: reset t");
		assertThat(this.slot.isBroken()).isTrue();
	}

	@Test
	void refusesFurtherScopesWhenBroken() {
		RecordingResource.failOn("a: prepare t");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.slot.prepare(this.scope));
		clearEvents();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.slot.prepare(this.scope))
			.withMessageContaining("state behind this application context is unknown")
			.withMessageContaining("Action: ");
		assertThat(RecordingResource.events()).isEmpty();
	}

	@Test
	void isBrokenWhenAResourceSaysSo() {
		this.slot.prepare(this.scope);
		this.c.makeUnusable();
		this.slot.reset(this.scope);
		assertThat(this.slot.isBroken()).isTrue();
	}

	@Test
	void noneTouchesNothing() {
		this.slot.prepare(this.untouched);
		this.slot.reset(this.untouched);
		assertThat(RecordingResource.events()).isEmpty();
	}

	@Test
	void restoresBeforeTheNextIsolatedScopeWhatNoneLeft() {
		this.slot.prepare(this.untouched);
		this.slot.reset(this.untouched);
		this.slot.prepare(this.untouched);
		this.slot.reset(this.untouched);
		this.slot.prepare(this.scope);
		this.slot.reset(this.scope);
		this.slot.prepare(this.scope);
		assertThat(RecordingResource.events()).filteredOn((event) -> event.startsWith("a"))
			.containsExactly("a: restore", "a: prepare t", "a: reset t", "a: prepare t");
	}

	@Test
	void theScopeAroundUndoesWhatNoneLeft() {
		TestScope around = new TestScope(Level.CLASS, TestIsolation.TRUNCATE, "around", null);
		this.slot.prepare(around);
		this.slot.prepare(this.untouched);
		this.slot.reset(this.untouched);
		this.slot.reset(around);
		this.slot.prepare(this.scope);
		assertThat(RecordingResource.events()).doesNotContain("a: restore");
	}

	@Test
	void isBrokenWhenRestoreFails() {
		this.slot.reset(this.untouched);
		RecordingResource.failOn("b: restore");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> this.slot.prepare(this.scope));
		assertThat(RecordingResource.events()).containsExactly("c: restore", "b: restore", "a: restore");
		assertThat(this.slot.isBroken()).isTrue();
	}

	@Test
	void closesInReverseToTheEnd() {
		RecordingResource.failOn("c: close");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(this.slot::close);
		assertThat(RecordingResource.events()).containsExactly("c: close", "b: close", "a: close");
	}

	@Test
	void resetsNothingAfterClose() {
		this.slot.prepare(this.scope);
		this.slot.close();
		clearEvents();
		this.slot.reset(this.scope);
		assertThat(RecordingResource.events()).isEmpty();
	}

	@Test
	void givesBackWhatWasLeasedWhenOneResourceCannotLease() {
		RecordingResource.failOn("b: lease 1");
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> new Slot(1, List.of(new RecordingResource("a"), new RecordingResource("b"))));
		assertThat(RecordingResource.events()).containsExactly("a: lease 1", "b: lease 1", "a: close");
	}

	private static void clearEvents() {
		RecordingResource.clear();
	}

}
