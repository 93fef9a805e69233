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

import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.resttestclient.TestRestTemplate;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureTestRestTemplate;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

import dev.pristine.ownership.TestOwner;

/**
 * {@link OwnersOverHttp} with Tomcat.
 */
@SpringBootTest(classes = ServletOwnersIntegrationTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@AutoConfigureTestRestTemplate
@AutoConfigureWebTestClient(timeout = "60s")
class ServletOwnersIntegrationTests extends OwnersOverHttp {

	@Test
	void restTestClient(@Autowired RestTestClient client) throws Exception {
		assertEachSeesItself(() -> body(client, "/owner"));
	}

	@Test
	void asynchronousRequest(@Autowired RestTestClient client) throws Exception {
		assertEachSeesItself(() -> body(client, "/callable"));
		assertEachSeesItself(() -> String.valueOf(body(client, "/future")).replaceAll("\\W", ""));
	}

	private static @Nullable String body(RestTestClient client, String path) {
		return client.get().uri(path).exchange().expectBody(String.class).returnResult().getResponseBody();
	}

	@Test
	void testRestTemplate(@Autowired TestRestTemplate template) throws Exception {
		assertEachSeesItself(() -> template.getForObject("/owner", String.class));
		assertEachSeesItself(() -> template.withBasicAuth("anna", "secret").getForObject("/owner", String.class));
	}

	@Test
	void restTemplate(@Autowired RestTemplateBuilder builder) throws Exception {
		assertEachSeesItself(() -> builder.build().getForObject(address("/owner"), String.class));
	}

	@Test
	void httpService(@Autowired Owners owners) throws Exception {
		assertEachSeesItself(() -> owners.owner(URI.create(address("/owner"))));
	}

	interface Owners {

		@GetExchange
		String owner(URI uri);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@ImportHttpServices(Owners.class)
	@Import({ OwnerController.class, Background.class })
	@ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class,
			HttpClientAutoConfiguration.class, RestClientAutoConfiguration.class, RestTemplateAutoConfiguration.class,
			WebClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
			HttpServiceClientAutoConfiguration.class, TaskExecutionAutoConfiguration.class })
	static class Application {

	}

	static class Background {

		@Async
		CompletableFuture<String> name() {
			return CompletableFuture.completedFuture(OwnerController.seen());
		}

	}

	@RestController
	static class OwnerController {

		private final Background background;

		private final AsyncTaskExecutor executor;

		private final RestClient restClient;

		private final WebClient webClient;

		OwnerController(Background background, AsyncTaskExecutor executor, RestClient.Builder restClient,
				WebClient.Builder webClient) {
			this.background = background;
			this.executor = executor;
			this.restClient = restClient.build();
			this.webClient = webClient.build();
		}

		@GetMapping("/owner")
		String owner() throws Exception {
			String onwards = ServletUriComponentsBuilder.fromCurrentRequest().replacePath("/name").toUriString();
			return String.join(" ", seen(), this.background.name().get(),
					CompletableFuture.supplyAsync(OwnerController::seen, this.executor).get(),
					this.restClient.get().uri(onwards).retrieve().body(String.class),
					this.webClient.get().uri(onwards).retrieve().bodyToMono(String.class).block());
		}

		@PostMapping("/owner")
		String owner(@RequestBody String body) {
			return seen();
		}

		@GetMapping("/name")
		String name() {
			return seen();
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			String handler = seen();
			return () -> handler + " " + seen();
		}

		// Ends on a thread of nobody; a thread of the server goes on and iterates
		@GetMapping("/future")
		CompletableFuture<Iterable<String>> future() {
			return CompletableFuture.supplyAsync(() -> () -> List.of(seen()).iterator());
		}

		static String seen() {
			return String.valueOf(TestOwner.current());
		}

	}

}
