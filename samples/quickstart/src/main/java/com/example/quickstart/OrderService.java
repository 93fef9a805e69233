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

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
class OrderService {

	private final ProductRepository products;

	private final OrderRepository orders;

	private final ApplicationEventPublisher events;

	OrderService(ProductRepository products, OrderRepository orders, ApplicationEventPublisher events) {
		this.products = products;
		this.orders = orders;
		this.events = events;
	}

	@Transactional
	Order place(OrderRequest request) {
		Product product = this.products.lockBySku(request.sku())
			.orElseThrow(() -> new NotFoundException("product " + request.sku()));
		Order order = this.orders.save(new Order(product, request.quantity(), request.customer(), request.country()));
		this.events.publishEvent(new OrderPlaced(order.getId(), order.getCustomer()));
		product.take(request.quantity());
		return order;
	}

	@Transactional
	Order ship(long id) {
		Order order = find(id);
		order.ship();
		return order;
	}

	@Transactional(readOnly = true)
	Order find(long id) {
		return this.orders.findById(id).orElseThrow(() -> new NotFoundException("order " + id));
	}

}
