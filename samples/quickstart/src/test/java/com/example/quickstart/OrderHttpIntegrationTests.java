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

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
class OrderHttpIntegrationTests {

	@Autowired
	RestTestClient client;

	@Autowired
	ProductRepository products;

	@Autowired
	OrderRepository orders;

	@Test
	void serverSeesWhatTheTestWrote() {
		this.products.save(new Product("POT-RED", "Red pot", new BigDecimal("30.00"), 3));
		this.client.post()
			.uri("/orders")
			.body(Map.of("sku", "POT-RED", "quantity", 2, "customer", "ada@example.com", "country", "GB"))
			.exchange()
			.expectStatus()
			.isCreated()
			.expectHeader()
			.location("/orders/1");
		assertThat(this.orders.findAll()).singleElement().satisfies((order) -> {
			assertThat(order.getTotal()).isEqualByComparingTo("60");
			assertThat(order.getProduct().getStock()).isEqualTo(1);
		});
	}

	@Test
	void startsWithTheReferenceDataOfTheMigrations() {
		this.client.get()
			.uri("/products")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$[*].sku")
			.isEqualTo(List.of("CUP-BLUE", "TEA-BLACK", "TEA-GREEN"));
		assertThat(this.orders.count()).isZero();
	}

	@Test
	void reportsMissingOrder() {
		this.client.get().uri("/orders/1").exchange().expectStatus().isNotFound();
	}

}
