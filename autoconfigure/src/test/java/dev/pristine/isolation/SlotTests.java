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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.pristine.TestIsolation;
import dev.pristine.isolation.Slot.Frame;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Slot}.
 */
class SlotTests {

	private final RecordingResource c = new RecordingResource("c");

	private final TestScope scope = new TestScope("t", TestIsolation.TRANSACTION);

	private final TestScope untouched = new TestScope("n", TestIsolation.NONE);

	private final Deque<Frame> open = new ArrayDeque<>();

	private Slot slot;

	@BeforeEach
	void lease() {
		RecordingResource.clear();
		this.slot = new Slot(0, List.of(new RecordingResource("a"), new RecordingResource("b"), this.c),
				new RunningTests());
		assertThat(RecordingResource.events()).containsExactly("a: lease 0", "b: lease 0", "c: lease 0", "a: capture 0",
				"b: capture 0", "c: capture 0");
		RecordingResource.clear();
	}

	@Test
	void entersInOrderAndRestoresInReverse() {
		enter(this.scope);
		exit();
		assertThat(RecordingResource.events()).containsExactly("c: restore 0", "b: restore 0", "a: restore 0",
				"a: prepare t", "b: prepare t", "c: prepare t", "c: reset t", "b: reset t", "a: reset t");
		assertThat(this.slot.isBroken()).isFalse();
	}

	@Test
	void givesToEachTestWhatTheFirstOneFound() {
		TestScope around = new TestScope("around", TestIsolation.TRANSACTION);
		enter(around);
		enter(this.scope);
		exit();
		enter(this.scope);
		exit();
		exit();
		assertThat(ofC()).containsExactly("restore 0", "prepare around", "capture 1", "prepare t", "reset t",
				"restore 1", "prepare t", "reset t", "reset around");
	}

	@Test
	void capturesBeforeATestWithoutIsolation() {
		TestScope around = new TestScope("around", TestIsolation.TRANSACTION);
		enter(around);
		enter(this.untouched);
		exit();
		enter(this.scope);
		assertThat(ofC()).containsExactly("restore 0", "prepare around", "capture 1", "restore 1", "prepare t");
	}

	@Test
	void leadsFromTheBaselineAndBackInAClassWithoutIsolation() {
		enter(this.untouched);
		enter(this.scope);
		exit();
		exit();
		assertThat(ofC()).containsExactly("restore 0", "prepare t", "reset t");
	}

	@Test
	void restoresEveryResourceAndThrowsTheFirstFailure() {
		enter(this.scope);
		RecordingResource.clear();
		RecordingResource.failOn("c: reset t");
		RecordingResource.failOn("a: reset t");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(this::exit)
			.withMessageContaining("c: reset t failed")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
				.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
				.hasMessageContaining("a: reset t failed"));
		assertThat(RecordingResource.events()).containsExactly("c: reset t", "b: reset t", "a: reset t");
		assertThat(this.slot.isBroken()).isTrue();
	}

	@Test
	void refusesFurtherScopesWhenBroken() {
		RecordingResource.failOn("a: prepare t");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> enter(this.scope));
		RecordingResource.clear();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> enter(this.scope))
			.withMessageContaining("state behind this application context is unknown")
			.withMessageContaining("Action: ");
		assertThat(RecordingResource.events()).isEmpty();
	}

	@Test
	void isBrokenWhenAResourceSaysSo() {
		enter(this.scope);
		this.c.makeUnusable();
		exit();
		assertThat(this.slot.isBroken()).isTrue();
	}

	@Test
	void noneTouchesNothing() {
		enter(this.untouched);
		exit();
		assertThat(RecordingResource.events()).isEmpty();
	}

	@Test
	void closesInReverseToTheEnd() {
		RecordingResource.failOn("c: close");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(this.slot::close);
		assertThat(RecordingResource.events()).containsExactly("c: close", "b: close", "a: close");
	}

	@Test
	void restoresNothingAfterClose() {
		enter(this.scope);
		this.slot.close();
		RecordingResource.clear();
		exit();
		assertThat(RecordingResource.events()).isEmpty();
	}

	@Test
	void givesBackWhatWasLeasedWhenOneResourceCannotLease() {
		RecordingResource.failOn("b: lease 1");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(
				() -> new Slot(1, List.of(new RecordingResource("a"), new RecordingResource("b")), new RunningTests()));
		assertThat(RecordingResource.events()).endsWith("a: lease 1", "b: lease 1", "a: close");
	}

	private void enter(TestScope scope) {
		this.open.push(this.slot.enter(scope, this.open.peek()));
	}

	private void exit() {
		this.slot.exit(this.open.pop());
	}

	private static List<String> ofC() {
		return RecordingResource.events()
			.stream()
			.filter((event) -> event.startsWith("c: "))
			.map((event) -> event.substring(3))
			.toList();
	}

}
