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

import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.pristine.ownership.ReactiveOwner;
import dev.pristine.ownership.TestOwner;

/**
 * {@link WebFilter} that has the chain of a request work for whom its
 * {@link TestOwnerHeader} names.
 */
final class OwnerWebFilter implements WebFilter, Ordered {

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		TestOwner owner = TestOwnerHeader.owner(request.getHeaders().getFirst(TestOwnerHeader.NAME));
		if (owner == null) {
			return chain.filter(exchange);
		}
		// A handler with a body goes on where the body arrives
		ServerHttpRequest owned = new ServerHttpRequestDecorator(request) {
			@Override
			public Flux<DataBuffer> getBody() {
				return Flux.from(ReactiveOwner.bind(owner, super.getBody()));
			}
		};
		return Mono.fromDirect(
				ReactiveOwner.bind(owner, Mono.defer(() -> chain.filter(exchange.mutate().request(owned).build()))));
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
