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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two tests call a server at the same time. It answers whom each of its threads works
 * for: the handler, what the handler hands over, and the server that it calls in turn.
 */
abstract class OwnersOverHttp {

	private static final int CALLS = 5;

	@LocalServerPort
	int port;

	@Test
	void restClient(@Autowired RestClient.Builder builder) throws Exception {
		RestClient client = builder.baseUrl(address("")).build();
		assertEachSeesItself(() -> client.get().uri("/owner").retrieve().body(String.class));
	}

	@Test
	void webClient(@Autowired WebClient.Builder builder) throws Exception {
		WebClient client = builder.baseUrl(address("")).build();
		assertEachSeesItself(() -> client.get().uri("/owner").retrieve().bodyToMono(String.class).block());
		assertEachSeesItself(
				() -> client.post().uri("/owner").bodyValue("body").retrieve().bodyToMono(String.class).block());
	}

	@Test
	void webTestClient(@Autowired WebTestClient client) throws Exception {
		assertEachSeesItself(
				() -> client.get().uri("/owner").exchange().expectBody(String.class).returnResult().getResponseBody());
	}

	@Test
	void plainClientWithHeader() throws Exception {
		assertEachSeesItself(() -> send(request().header(TestOwnerHeader.NAME, TestOwnerHeader.value())));
	}

	@Test
	void plainClientWithoutHeader() throws Exception {
		assertThat(answers("one", () -> send(request())).get(60, TimeUnit.SECONDS))
			.allSatisfy((answer) -> assertThat(answer.split(" ")).containsOnly("null"));
	}

	@Test
	void requestOfEndedTestIsLate() throws Exception {
		TestOwner ended = TestOwner.start("ended", this, 1);
		ended.end();
		assertThat(send(request().header(TestOwnerHeader.NAME, ended.id())).split(" ")).containsOnly("ended");
	}

	final String address(String path) {
		return "http://localhost:" + this.port + path;
	}

	private HttpRequest.Builder request() {
		return HttpRequest.newBuilder(URI.create(address("/owner")));
	}

	private String send(HttpRequest.Builder request) throws Exception {
		return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
	}

	final void assertEachSeesItself(Callable<@Nullable String> call) throws Exception {
		CountDownLatch bothAreThere = new CountDownLatch(2);
		Callable<@Nullable String> together = () -> {
			bothAreThere.countDown();
			assertThat(bothAreThere.await(60, TimeUnit.SECONDS)).isTrue();
			return call.call();
		};
		FutureTask<String[]> one = answers("one", together);
		FutureTask<String[]> two = answers("two", together);
		assertThat(one.get(60, TimeUnit.SECONDS))
			.allSatisfy((answer) -> assertThat(answer.split(" ")).containsOnly("one"));
		assertThat(two.get(60, TimeUnit.SECONDS))
			.allSatisfy((answer) -> assertThat(answer.split(" ")).containsOnly("two"));
	}

	private FutureTask<String[]> answers(String name, Callable<@Nullable String> call) {
		TestOwner owner = TestOwner.start(name, this, 1);
		FutureTask<String[]> answers = new FutureTask<>(() -> {
			try (Work work = owner.run()) {
				String[] all = new String[CALLS];
				for (int i : IntStream.range(0, CALLS).toArray()) {
					all[i] = String.valueOf(call.call());
				}
				return all;
			}
		});
		new Thread(answers).start();
		return answers;
	}

}
