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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.VerificationException;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventConditions;
import org.junit.platform.testkit.engine.TestExecutionResultConditions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import dev.pristine.isolation.ClassesSideBySide;
import dev.pristine.isolation.IsolationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WireMockAutoConfiguration}.
 */
@SpringBootTest(classes = WireMockIntegrationTests.Application.class,
		properties = "pristine.wiremock.export-to=payment.url")
class WireMockIntegrationTests {

	private static final HttpClient client = HttpClient.newHttpClient();

	@Value("${payment.url}")
	String url;

	@Autowired
	WireMockServer server;

	@BeforeAll
	static void stubForClass(@Autowired WireMockServer server) {
		server.stubFor(WireMock.get("/class").willReturn(WireMock.ok("of the class")));
	}

	@RepeatedTest(2)
	void stubsAndRequestsEndWithTheirTest() throws Exception {
		assertThat(this.server.getStubMappings()).hasSize(1);
		assertThat(this.server.getAllServeEvents()).isEmpty();
		WireMock.stubFor(WireMock.get("/test").willReturn(WireMock.ok("of the test")));
		WireMock.stubFor(WireMock.get("/class").willReturn(WireMock.ok("changed")));
		assertThat(request(this.url + "/test")).isEqualTo("of the test");
		assertThat(request(this.url + "/class")).isEqualTo("changed");
		WireMock.verify(1, WireMock.getRequestedFor(WireMock.urlEqualTo("/test")));
	}

	@RepeatedTest(2)
	void stubOfClassIsPutBack() throws Exception {
		assertThat(request(this.url + "/class")).isEqualTo("of the class");
		this.server.resetAll();
	}

	@Test
	void filesOfTheProjectStayAsTheyAre(@TempDir Path directory) throws Exception {
		Path file = Files.createDirectory(directory.resolve("mappings")).resolve("recorded.json");
		Files.writeString(file, """
				{"id": "7a0b2d3e-4f5a-4b6c-8d7e-9f0a1b2c3d4e", "persistent": true,
				 "request": {"method": "GET", "url": "/recorded"}, "response": {"status": 200}}""");
		String before = Files.readString(file);
		WireMockServer recorded = WireMockResource
			.server(WireMockConfiguration.options().withRootDirectory(directory.toString()));
		recorded.start();
		try {
			StubMapping stub = recorded.getStubMappings().get(0);
			recorded.removeStub(stub);
			recorded.addStubMapping(stub);
			recorded.stubFor(WireMock.get("/kept").persistent().willReturn(WireMock.ok()));
			recorded.resetMappings();
			assertThat(Files.readString(file)).isEqualTo(before);
			assertThat(file.getParent()).isDirectoryContaining(file::equals)
				.isDirectoryNotContaining((other) -> !other.equals(file));
		}
		finally {
			recorded.stop();
		}
	}

	@Test
	void requestWithoutStubFailsTest() {
		assertOneOfTwoTests(Unmatched.class, EventConditions.finishedWithFailure(
				TestExecutionResultConditions.instanceOf(VerificationException.class), TestExecutionResultConditions
					.message((message) -> message.contains("/paymemts") && message.contains("/payments"))));
	}

	@Test
	void serverThatATestStopsIsReplaced() {
		assertOneOfTwoTests(Stopped.class, EventConditions.finishedWithFailure(TestExecutionResultConditions
			.message((message) -> message.matches("(?s).*has been stopped, by or before \\S+Stopped\\.stops.*"))));
	}

	private static void assertOneOfTwoTests(Class<?> tests, Condition<Event> failure) {
		ClassesSideBySide.run(false, tests)
			.assertStatistics((statistics) -> statistics.succeeded(1).failed(1))
			.assertThatEvents()
			.haveExactly(1, failure);
	}

	private static String request(String url) throws Exception {
		return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
	}

	@SpringBootTest(classes = Application.class, properties = "example=stopped")
	@TestMethodOrder(MethodName.class)
	static class Stopped {

		@Test
		void stops(@Autowired WireMockServer server) {
			server.stop();
		}

		@Test
		void wantsServer(@Autowired WireMockServer server) throws Exception {
			server.stubFor(WireMock.get("/payments").willReturn(WireMock.ok("paid")));
			assertThat(request(server.url("/payments"))).isEqualTo("paid");
		}

	}

	@SpringBootTest(classes = Application.class)
	static class Unmatched {

		@Autowired
		WireMockServer server;

		@Test
		void misspelt() throws Exception {
			this.server.stubFor(WireMock.get("/payments").willReturn(WireMock.ok()));
			request(this.server.url("/paymemts"));
		}

		@Test
		void isNotBlamedForTheOther() {
			assertThat(this.server.getAllServeEvents()).isEmpty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WireMockAutoConfiguration.class, IsolationAutoConfiguration.class })
	static class Application {

	}

}
