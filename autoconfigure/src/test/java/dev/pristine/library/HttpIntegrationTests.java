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

package dev.pristine.library;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.transaction.annotation.Transactional;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The threads of a real server work inside the scope of the test.
 */
@LibraryTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
class HttpIntegrationTests {

	@Test
	void servesOnThreadOfTomcat(@Autowired RestTestClient client) {
		assertThat(server(client)).contains("http-nio");
	}

	private static @Nullable String server(RestTestClient client) {
		return client.get().uri("/books/server").exchange().expectBody(String.class).returnResult().getResponseBody();
	}

	@TestMethodOrder(MethodOrderer.Random.class)
	abstract static class Requests {

		@Autowired
		RestTestClient client;

		@Autowired
		Books books;

		@RepeatedTest(10)
		void serverAddsBook() {
			this.client.post()
				.uri("/books")
				.body("Emma")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody(Long.class)
				.isEqualTo(2L);
			assertThat(this.books.count()).isEqualTo(2);
		}

		@RepeatedTest(10)
		void serverSeesWhatTestWrote() {
			this.books.save(new Book("Emma"));
			this.client.get()
				.uri("/books")
				.exchange()
				.expectBody(String[].class)
				.value((titles) -> assertThat(titles).hasSize(2));
		}

		@RepeatedTest(5)
		void failedRequestHarmsNothing() {
			this.client.post().uri("/books").body("Frankenstein").exchange().expectStatus().is5xxServerError();
			assertThat(this.books.count()).isEqualTo(1);
		}

	}

	@Nested
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends Requests {

	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends Requests {

	}

	@Nested
	@Transactional
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransactionOfSpringToo extends Requests {

	}

	@Nested
	@Jetty
	class OnJetty {

		@Test
		void servesOnThreadOfJetty(@Autowired RestTestClient client) {
			assertThat(server(client)).contains("qtp");
		}

		@Nested
		@IsolationMode(TestIsolation.TRANSACTION)
		class InTransaction extends Requests {

		}

		@Nested
		@IsolationMode(TestIsolation.TRUNCATE)
		class WithRealCommits extends Requests {

		}

		@Nested
		@Transactional
		@IsolationMode(TestIsolation.TRANSACTION)
		class InTransactionOfSpringToo extends Requests {

		}

	}

	@Nested
	@VirtualThreads
	class OnVirtualThreads {

		@Test
		void servesOnVirtualThread(@Autowired RestTestClient client) {
			assertThat(server(client)).startsWith("VirtualThread").contains("tomcat");
		}

		@Nested
		@IsolationMode(TestIsolation.TRANSACTION)
		class InTransaction extends Requests {

		}

		@Nested
		@IsolationMode(TestIsolation.TRUNCATE)
		class WithRealCommits extends Requests {

		}

		@Nested
		@Transactional
		@IsolationMode(TestIsolation.TRANSACTION)
		class InTransactionOfSpringToo extends Requests {

		}

	}

	@Nested
	@VirtualThreads
	@Jetty
	class OnVirtualThreadsOfJetty {

		@Test
		void servesOnVirtualThread(@Autowired RestTestClient client) {
			assertThat(server(client)).startsWith("VirtualThread").contains("jetty");
		}

		@Nested
		@IsolationMode(TestIsolation.TRANSACTION)
		class InTransaction extends Requests {

		}

		@Nested
		@IsolationMode(TestIsolation.TRUNCATE)
		class WithRealCommits extends Requests {

		}

		@Nested
		@Transactional
		@IsolationMode(TestIsolation.TRANSACTION)
		class InTransactionOfSpringToo extends Requests {

		}

	}

}
