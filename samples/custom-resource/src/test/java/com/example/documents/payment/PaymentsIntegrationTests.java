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

package com.example.documents.payment;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.client.HttpServerErrorException;

import dev.pristine.IntegrationTest;

import static com.github.tomakehurst.wiremock.client.WireMock.created;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link Payments} with a payment service that answers as the test says.
 */
@IntegrationTest
class PaymentsIntegrationTests {

	@Autowired
	Payments payments;

	@Test
	void accepted() {
		stubFor(post("/payments/anna").willReturn(created()));
		assertThat(this.payments.pay("anna", 1250)).isTrue();
		verify(1, postRequestedFor(urlEqualTo("/payments/anna")).withRequestBody(equalTo("1250")));
	}

	@Test
	void declined() {
		stubFor(post("/payments/anna").willReturn(status(402)));
		assertThat(this.payments.pay("anna", 1250)).isFalse();
		verify(1, postRequestedFor(urlEqualTo("/payments/anna")));
	}

	@Test
	void broken() {
		stubFor(post("/payments/anna").willReturn(serverError()));
		assertThatExceptionOfType(HttpServerErrorException.class).isThrownBy(() -> this.payments.pay("anna", 1250));
	}

}
