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

package dev.pristine.web;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

import dev.pristine.ownership.ReactiveOwner;

/**
 * {@link ExchangeFilterFunction} that adds the {@link TestOwnerHeader} to the requests of
 * reactive clients.
 */
final class OwnerHeaderFunction implements ExchangeFilterFunction {

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return Mono.deferContextual((context) -> {
			String value = TestOwnerHeader.value(ReactiveOwner.of(context), request.url());
			if (value == null || request.headers().containsHeader(TestOwnerHeader.NAME)) {
				return next.exchange(request);
			}
			return next.exchange(ClientRequest.from(request).header(TestOwnerHeader.NAME, value).build());
		});
	}

}
