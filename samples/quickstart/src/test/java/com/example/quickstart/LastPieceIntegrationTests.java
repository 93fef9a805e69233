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

import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@IsolationMode(TestIsolation.TRUNCATE)
class LastPieceIntegrationTests {

	@Autowired
	OrderService service;

	@Autowired
	OrderRepository orders;

	@Test
	@Timeout(30)
	void lastCupIsSoldOnce() {
		CompletableFuture<Boolean> ada = order("ada@example.com");
		CompletableFuture<Boolean> bob = order("bob@example.com");
		assertThat(ada.join()).isNotEqualTo(bob.join());
		assertThat(this.orders.count()).isEqualTo(1);
	}

	private CompletableFuture<Boolean> order(String customer) {
		return CompletableFuture.runAsync(() -> this.service.place(new OrderRequest("CUP-BLUE", 1, customer, "DE")))
			.handle((result, failure) -> failure == null);
	}

}
