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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SnapshotResourceContract}: a resource that keeps it passes, and those
 * with a defect do not.
 */
class SnapshotResourceContractTests {

	@Test
	void passesResourceThatKeepsIt() {
		assertThat(failures(Defect.NONE)).isZero();
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void failsResourceThatDoesNot(Defect defect) {
		assertThat(failures(defect)).isPositive();
	}

	private static long failures(Defect defect) {
		Mailbox.defect = defect;
		return EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(MailboxCase.class))
			.execute()
			.testEvents()
			.failed()
			.count();
	}

	enum Defect {

		NONE, NO_NAME, CAPTURES_ITS_OWN_STATE, CAPTURE_EMPTIES, RESTORES_NOTHING, RESTORES_ONCE, ONLY_EMPTIES

	}

	static class MailboxCase extends SnapshotResourceContract<List<String>> {

		private final Mailbox mailbox = new Mailbox();

		@Override
		protected SnapshotResource<List<String>> resource() {
			return this.mailbox;
		}

		@Override
		protected void change(int number) {
			this.mailbox.messages.add("message " + number);
		}

		@Override
		protected Object observe() {
			return List.copyOf(this.mailbox.messages);
		}

	}

	private static final class Mailbox implements SnapshotResource<List<String>> {

		private static Defect defect = Defect.NONE;

		private final List<String> messages = new ArrayList<>(List.of("welcome"));

		private int restored;

		@Override
		public String name() {
			return (defect == Defect.NO_NAME) ? "" : "mailbox";
		}

		@Override
		public List<String> capture() {
			List<String> snapshot = (defect == Defect.CAPTURES_ITS_OWN_STATE) ? this.messages
					: List.copyOf(this.messages);
			if (defect == Defect.CAPTURE_EMPTIES) {
				this.messages.clear();
			}
			return snapshot;
		}

		@Override
		public void restore(List<String> snapshot) {
			if (defect == Defect.RESTORES_NOTHING || (defect == Defect.RESTORES_ONCE && this.restored++ > 0)) {
				return;
			}
			List<String> messages = List.copyOf(snapshot);
			this.messages.clear();
			if (defect != Defect.ONLY_EMPTIES) {
				this.messages.addAll(messages);
			}
		}

	}

}
