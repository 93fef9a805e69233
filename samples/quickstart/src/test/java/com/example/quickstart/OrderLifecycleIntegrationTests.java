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

import com.example.quickstart.Order.Status;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@IsolationMode(TestIsolation.NONE)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OrderLifecycleIntegrationTests {

	@Autowired
	OrderService service;

	@Autowired
	OrderRepository orders;

	@Test
	@Order(1)
	void isPlaced() {
		this.service.place(new OrderRequest("TEA-GREEN", 1, "ada@example.com", "GB"));
	}

	@Test
	@Order(2)
	void isShipped() {
		assertThat(theOrder().getStatus()).isEqualTo(Status.PLACED);
		this.service.ship(theOrder().getId());
	}

	@Test
	@Order(3)
	void staysShipped() {
		assertThat(theOrder().getStatus()).isEqualTo(Status.SHIPPED);
	}

	private com.example.quickstart.Order theOrder() {
		assertThat(this.orders.count()).isEqualTo(1);
		return this.orders.findAll().get(0);
	}

}
