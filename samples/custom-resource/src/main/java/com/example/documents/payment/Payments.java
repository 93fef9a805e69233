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

package com.example.documents.payment;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClient;

/**
 * Asks somebody else's payment service.
 */
@Service
public class Payments {

	private final RestClient client;

	Payments(RestClient.Builder builder, @Value("${payment.url}") String url) {
		this.client = builder.baseUrl(url).build();
	}

	/**
	 * Pay an amount.
	 * @param customer who pays
	 * @param cents the amount in cents
	 * @return whether the payment was accepted
	 */
	public boolean pay(String customer, int cents) {
		return this.client.post()
			.uri("/payments/{customer}", customer)
			.body(Integer.toString(cents))
			.exchange((request, response) -> {
				if (response.getStatusCode().isSameCodeAs(HttpStatus.PAYMENT_REQUIRED)) {
					return false;
				}
				if (response.getStatusCode().isSameCodeAs(HttpStatus.CREATED)) {
					return true;
				}
				throw response.createException();
			});
	}

}
