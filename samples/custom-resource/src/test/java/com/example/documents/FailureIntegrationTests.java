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

package com.example.documents;

import com.example.objectstore.ObjectStoreConfiguration;
import com.example.objectstore.ObjectStoreExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test that fails shows what the store contained.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureIntegrationTests {

	@Test
	void showsStateAndLog(CapturedOutput output) {
		EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(Failing.class))
			.execute()
			.testEvents()
			.assertStatistics((statistics) -> statistics.failed(1));
		assertThat(output).contains("stored /objects/shared/report", "when the test failed:",
				"/objects/shared/report=Sales are down");
	}

	@SpringBootTest
	@Import(ObjectStoreConfiguration.class)
	@ExtendWith(ObjectStoreExtension.class)
	static class Failing {

		@Test
		void fails(@Autowired Documents documents) {
			documents.store("shared", "report", "Sales are down");
			assertThat(documents.read("shared", "report")).isEqualTo("Sales are up");
		}

	}

}
