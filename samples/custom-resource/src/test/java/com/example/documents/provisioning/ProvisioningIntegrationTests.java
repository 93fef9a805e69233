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

package com.example.documents.provisioning;

import java.util.List;

import com.github.tomakehurst.wiremock.WireMockServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

import dev.pristine.IntegrationTest;

import static com.github.tomakehurst.wiremock.client.WireMock.created;
import static com.github.tomakehurst.wiremock.client.WireMock.head;
import static com.github.tomakehurst.wiremock.client.WireMock.notFound;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.client.WireMock.verify;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Provisioning} with a cloud in which nothing exists, unless a test says
 * so.
 */
@IntegrationTest
class ProvisioningIntegrationTests {

	@Autowired
	Provisioning provisioning;

	@BeforeAll
	static void emptyCloud(@Autowired WireMockServer cloud) {
		cloud.stubFor(head(urlMatching("/.*")).willReturn(notFound()));
		cloud.stubFor(put(urlMatching("/.*")).willReturn(created()));
	}

	@Test
	void everythingIsNew() {
		assertThat(this.provisioning.provision("acme", List.of("web:1", "jobs:1"))).containsExactly("/ecr/web:1",
				"/ecr/jobs:1", "/secrets/acme", "/databases/acme");
		verify(4, putRequestedFor(urlMatching("/.*")));
	}

	@Test
	void existingIsSkipped() {
		stubFor(head(urlEqualTo("/ecr/web:1")).willReturn(ok()));
		stubFor(head(urlEqualTo("/databases/acme")).willReturn(ok()));
		assertThat(this.provisioning.provision("acme", List.of("web:1", "web:2"))).containsExactly("/ecr/web:2",
				"/secrets/acme");
		verify(0, putRequestedFor(urlEqualTo("/ecr/web:1")));
		verify(1, putRequestedFor(urlEqualTo("/ecr/web:2")));
		verify(0, putRequestedFor(urlEqualTo("/databases/acme")));
	}

}
