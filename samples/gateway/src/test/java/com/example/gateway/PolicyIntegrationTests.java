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

import java.util.Map;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;

import dev.pristine.IntegrationTest;
import dev.pristine.opa.OpaClient;

import static org.assertj.core.api.Assertions.assertThat;

@IntegrationTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PolicyIntegrationTests {

	private static final Session READER = new Session("rob", "reader");

	@Autowired
	AccessPolicy policy;

	@Autowired
	OpaClient opa;

	@Test
	@Order(1)
	void newRoleIsOnlyData() {
		Session guest = new Session("eve", "guest");
		assertThat(this.policy.isAllowed(guest, "read", Sensitivity.PUBLIC)).isFalse();
		this.opa.putData("roles/guest", Map.of("actions", new String[] { "read" }, "clearance", "PUBLIC"));
		assertThat(this.policy.isAllowed(guest, "read", Sensitivity.PUBLIC)).isTrue();
		assertThat(this.policy.isAllowed(guest, "read", Sensitivity.INTERNAL)).isFalse();
	}

	@Test
	@Order(2)
	void otherPolicyDecidesOtherwise() {
		this.opa.putPolicy("authz.rego", """
				package gateway.authz

				default allow := false

				allow if input.action == "read"
				""");
		assertThat(this.policy.isAllowed(READER, "read", Sensitivity.SECRET)).isTrue();
	}

	@Test
	@Order(3)
	void policyOfTheApplicationDecidesAgain() {
		assertThat(this.policy.isAllowed(new Session("eve", "guest"), "read", Sensitivity.PUBLIC)).isFalse();
		assertThat(this.policy.isAllowed(READER, "read", Sensitivity.INTERNAL)).isTrue();
		assertThat(this.policy.isAllowed(READER, "read", Sensitivity.SECRET)).isFalse();
	}

}
