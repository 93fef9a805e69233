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

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests that fail after one another, and even after themselves, unless something puts the
 * database right in between.
 */
@TestMethodOrder(MethodOrderer.Random.class)
abstract class Collisions {

	@Autowired
	OrderService service;

	@Autowired
	OrderRepository orders;

	@Autowired
	ProductRepository products;

	@Autowired
	JdbcClient jdbc;

	@RepeatedTest(10)
	void addsProduct() {
		this.products.save(new Product("POT-RED", "Red pot", BigDecimal.TEN, 1));
		assertThat(this.products.count()).isEqualTo(4);
	}

	@RepeatedTest(10)
	void addsSameProduct() {
		Product product = this.products.save(new Product("POT-RED", "Red pot", BigDecimal.TEN, 1));
		assertThat(product.getId()).isEqualTo(4);
	}

	@RepeatedTest(10)
	void buysTheLastCup() {
		Order order = this.service.place(new OrderRequest("CUP-BLUE", 1, "ada@example.com", "DE"));
		assertThat(order.getId()).isEqualTo(1);
	}

	@RepeatedTest(10)
	void buysTheLastCupAsWell() {
		this.service.place(new OrderRequest("CUP-BLUE", 1, "bob@example.com", "FR"));
		assertThat(this.orders.count()).isEqualTo(1);
	}

	@RepeatedTest(10)
	void deletesReferenceData() {
		assertThat(this.jdbc.sql("delete from country").update()).isEqualTo(5);
		assertThat(this.jdbc.sql("delete from product where sku like 'TEA-%'").update()).isEqualTo(2);
	}

	@RepeatedTest(10)
	void changesReferenceData() {
		assertThat(this.jdbc.sql("update product set price = price * 2 where price < 10").update()).isEqualTo(2);
		assertThat(this.jdbc.sql("insert into country values ('XX', 'Nowhere')").update()).isEqualTo(1);
	}

	@RepeatedTest(10)
	void usesReferenceData() {
		assertThatNoException()
			.isThrownBy(() -> this.service.place(new OrderRequest("TEA-BLACK", 20, "ada@example.com", "IN")));
		assertThat(this.orders.findAll()).extracting(Order::getTotal).containsExactly(new BigDecimal("100.00"));
	}

}
