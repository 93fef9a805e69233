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

package com.example.gateway;

import org.junit.jupiter.api.Nested;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;

import dev.pristine.IntegrationTest;
import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

@IntegrationTest
class MarkersMockIntegrationTests {

	@Nested
	@AutoConfigureMockMvc
	@AutoConfigureRestTestClient
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends Markers {

	}

	@Nested
	@AutoConfigureMockMvc
	@AutoConfigureRestTestClient
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends Markers {

	}

	@Nested
	@AutoConfigureMockMvc
	@AutoConfigureRestTestClient
	@IsolationMode(TestIsolation.DATABASE)
	class OnItsOwnDatabase extends Markers {

	}

}
