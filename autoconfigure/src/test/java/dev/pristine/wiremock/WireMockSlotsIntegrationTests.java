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

package dev.pristine.wiremock;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.Function;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.pristine.launch.SlotAddressAutoConfiguration;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceLease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for several slots in one application context. A thread works on the slot that
 * {@link #slot} says.
 */
@ExtendWith(OutputCaptureExtension.class)
class WireMockSlotsIntegrationTests {

	private static final ThreadLocal<Integer> slot = ThreadLocal.withInitial(() -> 0);

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WireMockAutoConfiguration.class, RestClientAutoConfiguration.class,
				RestTemplateAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
				WebClientAutoConfiguration.class, SlotAddressAutoConfiguration.class))
		.withPropertyValues("pristine.wiremock.export-to=payment.url")
		.withBean(CurrentSlot.class, () -> slot::get);

	@AfterEach
	void workOnSlotOfApplication() {
		slot.remove();
	}

	@ParameterizedTest
	@EnumSource
	void clientFindsTheServerOfItsSlot(Client client) {
		this.contexts.run((context) -> {
			WireMockServer server = context.getBean(WireMockServer.class);
			server.stubFor(WireMock.get("/start").willReturn(WireMock.ok("old")));
			server.stubFor(WireMock.get("/start").willReturn(WireMock.ok("start")));
			WireMockResource resource = context.getBean(WireMockResource.class);
			resource.lease(0).capture();
			server.stubFor(WireMock.get("/later").willReturn(WireMock.ok("later")));
			assertThat(resource.onlyCopy()).isNull();
			try (ResourceLease<List<StubMapping>> first = resource.lease(1);
					ResourceLease<List<StubMapping>> second = resource.lease(2)) {
				String url = context.getEnvironment().getProperty("payment.url");
				Function<String, String> application = client.of(context, url);
				for (int number = 1; number <= 2; number++) {
					slot.set(number);
					assertThat(context.getEnvironment().getProperty("payment.url")).isEqualTo(url);
					assertThat(application.apply("/start")).isEqualTo("start");
					assertThat(server.getStubMappings()).hasSize(2);
					server.stubFor(WireMock.get("/name?a=b%20c").willReturn(WireMock.ok("of " + number)));
				}
				for (int number = 1; number <= 2; number++) {
					slot.set(number);
					assertThat(application.apply("/name?a=b%20c")).isEqualTo("of " + number);
					WireMock.configureFor(new WireMock(server));
					WireMock.verify(1, WireMock.getRequestedFor(WireMock.urlPathEqualTo("/name")));
				}
				first.restore(List.of(), "test");
				assertThat(server.getStubMappings()).hasSize(3);
				slot.set(1);
				assertThat(server.getStubMappings()).isEmpty();
				slot.set(0);
				assertThat(server.getAllServeEvents()).isEmpty();
				assertThat(application.apply("/later")).isEqualTo("later");
			}
		});
	}

	@Test
	void serverOfSlotEndsWithItsLease() {
		this.contexts.run((context) -> {
			WireMockResource resource = context.getBean(WireMockResource.class);
			resource.lease(0);
			ResourceLease<?> lease = resource.lease(1);
			slot.set(1);
			String url = context.getBean(WireMockServer.class).baseUrl();
			slot.set(0);
			WireMockServer home = resource.home();
			assertThat(url).isNotEqualTo(home.baseUrl());
			assertThat(request(url + "/none")).contains("No response could be served");
			lease.close();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> request(url + "/none"));
			assertThat(home.isRunning()).isTrue();
		});
	}

	@Test
	void resetOfOneSlotLeavesTheOrderOfStubsInAnotherAlone() {
		this.contexts.run((context) -> {
			WireMockServer server = context.getBean(WireMockServer.class);
			server.stubFor(WireMock.get("/start").willReturn(WireMock.ok("start")));
			WireMockResource resource = context.getBean(WireMockResource.class);
			resource.lease(0);
			try (ResourceLease<List<StubMapping>> first = resource.lease(1);
					ResourceLease<List<StubMapping>> second = resource.lease(2)) {
				slot.set(2);
				List<StubMapping> start = second.capture();
				for (int i = 0; i < 3; i++) {
					server.resetMappings();
					second.restore(start, "test");
				}
				slot.set(1);
				server.stubFor(WireMock.get("/start").willReturn(WireMock.ok("changed")));
				assertThat(request(server.url("/start"))).isEqualTo("changed");
			}
		});
	}

	@Test
	void noneOfSeveralIsReset(CapturedOutput output) {
		this.contexts.withBean("payments", WireMockServer.class, WireMockResource::server)
			.withBean("cloud", WireMockServer.class, WireMockResource::server)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WireMockResource.class));
		assertThat(output).contains("several beans of WireMockServer");
	}

	@Test
	void requestThatNobodyLeadsIsNamedOnce(CapturedOutput output) {
		this.contexts.run((context) -> {
			WireMockResource resource = context.getBean(WireMockResource.class);
			resource.lease(0);
			String url = resource.home().baseUrl();
			request(url + "/start");
			try (ResourceLease<?> lease = resource.lease(1)) {
				request(url + "/first");
				request(url + "/second");
			}
		});
		assertThat(output).contains("'GET /first' went to the server that the application started with")
			.doesNotContain("'GET /start'")
			.doesNotContain("'GET /second'");
	}

	@Test
	void serverThatTheApplicationDeclaresIsTheOnlyOne() {
		this.contexts.withBean("own", WireMockServer.class, () -> {
			WireMockServer own = WireMockResource.server();
			own.start();
			return own;
		}).run((context) -> {
			assertThat(context).hasSingleBean(WireMockServer.class)
				.hasSingleBean(WireMockResource.class)
				.doesNotHaveBean("severalWireMockServers");
			assertThat(context.getBean(WireMockResource.class).onlyCopy()).contains("declares a WireMockServer");
			context.getBean(WireMockServer.class).stop();
		});
	}

	private static String request(String url) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
			.body();
	}

	/**
	 * The clients that come from Spring Boot's builders.
	 */
	enum Client {

		REST_CLIENT {

			@Override
			Function<String, String> of(ApplicationContext context, String url) {
				RestClient client = context.getBean(RestClient.Builder.class).build();
				return (path) -> client.get().uri(URI.create(url + path)).retrieve().body(String.class);
			}

		},

		REST_TEMPLATE {

			@Override
			Function<String, String> of(ApplicationContext context, String url) {
				RestTemplate client = context.getBean(RestTemplateBuilder.class).build();
				return (path) -> client.getForObject(URI.create(url + path), String.class);
			}

		},

		WEB_CLIENT {

			@Override
			Function<String, String> of(ApplicationContext context, String url) {
				WebClient client = context.getBean(WebClient.Builder.class).build();
				return (path) -> client.get().uri(URI.create(url + path)).retrieve().bodyToMono(String.class).block();
			}

		};

		abstract Function<String, String> of(ApplicationContext context, String url);

	}

}
