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

package dev.pristine.launch;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProductionAddress}.
 */
class ProductionAddressTests {

	@ParameterizedTest
	@ValueSource(
			strings = { "prod", "db.prod.example.com", "DB-PRODUCTION.example.com", "live:5432/app", "db/app_prod" })
	void matchesWhereAPartIsNamedSo(String address) {
		assertThat(ProductionAddress.matches(address)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "localhost", "products.example.com", "alive/delivery" })
	void leavesOthersAlone(String address) {
		assertThat(ProductionAddress.matches(address)).isFalse();
	}

}
