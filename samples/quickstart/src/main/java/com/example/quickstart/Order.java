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

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;

@Entity
@Table(name = "orders")
public class Order {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private Long id;

	@ManyToOne(optional = false)
	private Product product;

	private String country;

	private String customer;

	private int quantity;

	private BigDecimal total;

	@Enumerated(EnumType.STRING)
	private Status status = Status.PLACED;

	protected Order() {
	}

	public Order(Product product, int quantity, String customer, String country) {
		this.product = product;
		this.quantity = quantity;
		this.customer = customer;
		this.country = country;
		this.total = product.getPrice().multiply(BigDecimal.valueOf(quantity));
	}

	public Long getId() {
		return this.id;
	}

	public Product getProduct() {
		return this.product;
	}

	public String getCountry() {
		return this.country;
	}

	public String getCustomer() {
		return this.customer;
	}

	public int getQuantity() {
		return this.quantity;
	}

	public BigDecimal getTotal() {
		return this.total;
	}

	public Status getStatus() {
		return this.status;
	}

	void ship() {
		this.status = Status.SHIPPED;
	}

	public enum Status {

		PLACED, SHIPPED

	}

}
