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

import java.io.IOException;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInitializer;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

import dev.pristine.ownership.TestOwner;

/**
 * Adds the {@link TestOwnerHeader} to the requests of clients that block. As an
 * initializer it leaves streamed bodies alone, which an interceptor buffers.
 */
final class OwnerHeaderInterceptor implements ClientHttpRequestInitializer, ClientHttpRequestInterceptor {

	@Override
	public void initialize(ClientHttpRequest request) {
		add(request);
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		add(request);
		return execution.execute(request, body);
	}

	private static void add(HttpRequest request) {
		String value = TestOwnerHeader.value(TestOwner.current(), request.getURI());
		if (value != null && !request.getHeaders().containsHeader(TestOwnerHeader.NAME)) {
			request.getHeaders().set(TestOwnerHeader.NAME, value);
		}
	}

}
