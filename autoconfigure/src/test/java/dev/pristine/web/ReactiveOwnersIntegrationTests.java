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

import java.util.concurrent.CompletableFuture;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.pristine.ownership.ReactiveOwner;
import dev.pristine.ownership.TestOwner;

/**
 * {@link OwnersOverHttp} with Netty. Reactor Netty 1.3.7 may stop reading from a
 * connection that is kept for another request (its issue 4361).
 */
@SpringBootTest(classes = ReactiveOwnersIntegrationTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.main.web-application-type=reactive", "server.netty.max-keep-alive-requests=1" })
@AutoConfigureWebTestClient(timeout = "60s")
class ReactiveOwnersIntegrationTests extends OwnersOverHttp {

	@Configuration(proxyBeanMethods = false)
	@Import(OwnerController.class)
	@ImportAutoConfiguration({ NettyReactiveWebServerAutoConfiguration.class, HttpHandlerAutoConfiguration.class,
			WebFluxAutoConfiguration.class, HttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
			WebClientAutoConfiguration.class, TaskExecutionAutoConfiguration.class })
	static class Application {

	}

	@RestController
	static class OwnerController {

		private final AsyncTaskExecutor executor;

		private final WebClient webClient;

		OwnerController(AsyncTaskExecutor executor, WebClient.Builder webClient) {
			this.executor = executor;
			this.webClient = webClient.build();
		}

		@GetMapping("/owner")
		Mono<String> owner(ServerWebExchange exchange) {
			return owners(exchange);
		}

		@PostMapping("/owner")
		Mono<String> owner(@RequestBody String body, ServerWebExchange exchange) {
			return owners(exchange);
		}

		private Mono<String> owners(ServerWebExchange exchange) {
			String onwards = "http://localhost:" + exchange.getRequest().getLocalAddress().getPort() + "/name";
			Mono<String> called = this.webClient.get().uri(onwards).retrieve().bodyToMono(String.class);
			Mono<String> inContext = Mono
				.deferContextual((context) -> Mono.just(String.valueOf(ReactiveOwner.of(context))));
			Mono<String> elsewhere = Mono.fromCallable(OwnerController::seen).subscribeOn(Schedulers.boundedElastic());
			Mono<String> future = Mono
				.fromFuture(() -> CompletableFuture.supplyAsync(OwnerController::seen, this.executor));
			return Flux.concat(Mono.just(seen()), elsewhere, future)
				.concatWith(called)
				.concatWith(inContext)
				.collectList()
				.map((all) -> String.join(" ", all));
		}

		@GetMapping("/name")
		String name() {
			return seen();
		}

		static String seen() {
			return String.valueOf(TestOwner.current());
		}

	}

}
