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

package com.example.quickstart;

import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.springframework.boot.test.context.SpringBootTest;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Without isolation, each of the {@link Collisions} passes once at best.
 */
class CollisionsIntegrationTests {

	@Test
	void happenWithoutIsolation() {
		Events tests = EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(Unisolated.class))
			.execute()
			.testEvents();
		assertThat(tests.started().count()).isEqualTo(70);
		assertThat(tests.succeeded().count()).isBetween(1L, 7L);
	}

	// What it leaves behind is nobody else's: no other class has its application context
	@SpringBootTest(properties = "shop.unisolated=true")
	@IsolationMode(TestIsolation.NONE)
	static class Unisolated extends Collisions {

	}

}
