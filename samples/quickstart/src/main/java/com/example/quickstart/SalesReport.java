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
import java.util.concurrent.CompletableFuture;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

@Component
class SalesReport {

	private final JdbcClient jdbc;

	SalesReport(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	List<Revenue> revenueByCountry() {
		return this.jdbc.sql("""
				select country.name as country, sum(orders.total) as total
				from orders join country on country.code = orders.country
				group by country.name
				order by total desc
				""").query(Revenue.class).list();
	}

	@Async
	CompletableFuture<List<Revenue>> revenueByCountryInBackground() {
		return CompletableFuture.completedFuture(revenueByCountry());
	}

	record Revenue(String country, BigDecimal total) {

	}

}
