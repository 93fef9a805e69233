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

import com.example.quickstart.SalesReport.Revenue;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.jdbc.Sql;

import static org.assertj.core.api.Assertions.assertThat;

@JdbcTest
@Import(SalesReport.class)
class SalesReportIntegrationTests {

	@Autowired
	SalesReport report;

	@Test
	@Sql("orders.sql")
	void addsUpOrdersOfEachCountry() {
		assertThat(this.report.revenueByCountry()).containsExactly(new Revenue("India", new BigDecimal("24.50")),
				new Revenue("Germany", new BigDecimal("5.00")));
	}

	@Test
	void isEmptyWithoutOrders() {
		assertThat(this.report.revenueByCountry()).isEmpty();
	}

}
