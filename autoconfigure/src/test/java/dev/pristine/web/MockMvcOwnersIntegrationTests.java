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

import java.util.concurrent.Callable;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A slice without a server works for the test that calls it, also where its request goes
 * on asynchronously.
 */
@WebMvcTest
@AutoConfigureRestTestClient
@ContextConfiguration(classes = MockMvcOwnersIntegrationTests.Application.class)
class MockMvcOwnersIntegrationTests {

	private final TestOwner owner = TestOwner.start("this test", this, 1);

	@Test
	void mockMvc(@Autowired MockMvc mvc) throws Exception {
		try (Work work = this.owner.run()) {
			MvcResult result = mvc.perform(MockMvcRequestBuilders.get("/callable")).andReturn();
			result.getAsyncResult();
			result = mvc.perform(MockMvcRequestBuilders.asyncDispatch(result)).andReturn();
			assertThat(result.getResponse().getContentAsString()).isEqualTo("this test, this test");
			assertThat(TestOwner.current()).isSameAs(this.owner);
		}
	}

	@Test
	void mockMvcTester(@Autowired MockMvcTester mvc) {
		try (Work work = this.owner.run()) {
			assertThat(mvc.get().uri("/callable").exchange()).bodyText().isEqualTo("this test, this test");
		}
	}

	@Test
	void restTestClient(@Autowired RestTestClient client) {
		try (Work work = this.owner.run()) {
			client.get().uri("/name").exchange().expectBody(String.class).isEqualTo("this test");
		}
	}

	@SpringBootConfiguration
	@Import(OwnerController.class)
	static class Application {

	}

	@RestController
	static class OwnerController {

		@GetMapping("/name")
		String name() {
			return String.valueOf(TestOwner.current());
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			TestOwner handler = TestOwner.current();
			return () -> handler + ", " + TestOwner.current();
		}

	}

}
