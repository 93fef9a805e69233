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

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
class ProductIntegrationTests {

	@Autowired
	ProductRepository products;

	@Test
	void addsProduct() {
		this.products.save(new Product("POT-RED", "Red pot", new BigDecimal("30.00"), 3));
		assertThat(this.products.count()).isEqualTo(4);
	}

	@Test
	void findsOnlyTheProductsOfTheMigrations() {
		assertThat(this.products.count()).isEqualTo(3);
	}

}
