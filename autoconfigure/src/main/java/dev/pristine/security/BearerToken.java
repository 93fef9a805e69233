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

package dev.pristine.security;

import java.util.function.Consumer;

import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.web.servlet.request.RequestPostProcessor;

/**
 * A token for the {@code Authorization} header of a request. It fits:
 * <ul>
 * <li>{@code mockMvc.perform(get("/").with(token))}, and likewise for
 * {@code MockMvcTester}</li>
 * <li>{@code client.get().uri("/").headers(token)} for {@code RestTestClient},
 * {@code WebTestClient}, {@code RestClient} and {@code WebClient}</li>
 * <li>{@code header("Authorization", token.toString())} for any other</li>
 * </ul>
 *
 * @since 0.1.0
 */
public final class BearerToken implements RequestPostProcessor, Consumer<HttpHeaders> {

	private final String value;

	BearerToken(String value) {
		this.value = value;
	}

	@Override
	public MockHttpServletRequest postProcessRequest(MockHttpServletRequest request) {
		request.removeHeader(HttpHeaders.AUTHORIZATION);
		request.addHeader(HttpHeaders.AUTHORIZATION, toString());
		return request;
	}

	@Override
	public void accept(HttpHeaders headers) {
		headers.setBearerAuth(this.value);
	}

	/**
	 * Return the value of the {@code Authorization} header.
	 * @return the word {@code Bearer} and the token
	 */
	@Override
	public String toString() {
		return "Bearer " + this.value;
	}

}
