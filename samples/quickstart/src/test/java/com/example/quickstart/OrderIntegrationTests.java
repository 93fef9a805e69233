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
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@AutoConfigureMockMvc
class OrderIntegrationTests {

	@Autowired
	MockMvcTester mvc;

	@Autowired
	OrderRepository orders;

	@Autowired
	ProductRepository products;

	@Autowired
	JdbcClient jdbc;

	@Test
	void placesOrder() {
		assertThat(order("TEA-GREEN", 5)).hasStatus(HttpStatus.CREATED)
			.hasHeader("Location", "/orders/1")
			.bodyJson()
			.extractingPath("$.total")
			.isEqualTo(32.5);
		assertThat(this.orders.count()).isEqualTo(1);
		assertThat(stock("TEA-GREEN")).isEqualTo(15);
	}

	@Test
	void startsWithTheReferenceDataOfTheMigrations() {
		assertThat(this.orders.count()).isZero();
		assertThat(stock("TEA-GREEN")).isEqualTo(20);
	}

	@Test
	void sendsConfirmationAfterCommit() {
		assertThat(order("TEA-GREEN", 1)).hasStatus(HttpStatus.CREATED);
		assertThat(confirmations()).isEqualTo(1);
	}

	@Test
	void rollsBackWhenOutOfStock() {
		assertThat(order("TEA-GREEN", 21)).hasStatus(HttpStatus.CONFLICT);
		assertThat(this.orders.count()).isZero();
		assertThat(stock("TEA-GREEN")).isEqualTo(20);
		assertThat(confirmations()).isZero();
	}

	@Test
	void goesOnAfterViolatedConstraint() {
		assertThat(order("TEA-GREEN", 1, "XX")).hasStatus(HttpStatus.CONFLICT);
		assertThat(order("TEA-GREEN", 1, "DE")).hasStatus(HttpStatus.CREATED);
	}

	@Test
	void rejectsInvalidOrder() {
		assertThat(order("TEA-GREEN", 0)).hasStatus(HttpStatus.BAD_REQUEST);
		assertThat(this.orders.count()).isZero();
	}

	@Test
	void reportsRevenueFromAnotherThread() {
		order("TEA-GREEN", 2, "DE");
		order("TEA-BLACK", 1, "FR");
		assertThat(this.mvc.get().uri("/revenue")).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				[ { "country": "Germany", "total": 13.00 }, { "country": "France", "total": 5.00 } ]
				""");
	}

	private MvcTestResult order(String sku, int quantity) {
		return order(sku, quantity, "DE");
	}

	private MvcTestResult order(String sku, int quantity, String country) {
		return this.mvc.post().uri("/orders").contentType(MediaType.APPLICATION_JSON).content("""
				{ "sku": "%s", "quantity": %d, "customer": "ada@example.com", "country": "%s" }
				""".formatted(sku, quantity, country)).exchange();
	}

	private int stock(String sku) {
		return this.products.findBySku(sku).orElseThrow().getStock();
	}

	private long confirmations() {
		return this.jdbc.sql("select count(*) from confirmation").query(Long.class).single();
	}

}
