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

package com.example.documents;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClient;

/**
 * Documents in buckets of the object store at {@code objectstore.url}.
 */
@Service
public class Documents {

	private final RestClient client;

	Documents(RestClient.Builder builder, @Value("${objectstore.url}") String url) {
		this.client = builder.baseUrl(url).build();
	}

	public void store(String bucket, String name, String text) {
		this.client.put().uri("/objects/{bucket}/{name}", bucket, name).body(text).retrieve().toBodilessEntity();
	}

	/**
	 * Return whether the store has replicated a document.
	 * @param bucket its bucket
	 * @param name its name
	 * @return whether it is there for good
	 */
	public boolean isReplicated(String bucket, String name) {
		return this.client.head()
			.uri("/objects/{bucket}/{name}", bucket, name)
			.exchange((request, response) -> response.getStatusCode().isSameCodeAs(HttpStatus.OK));
	}

	public String read(String bucket, String name) {
		return this.client.get()
			.uri("/objects/{bucket}/{name}", bucket, name)
			.exchange((request, response) -> response.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND) ? ""
					: response.bodyTo(String.class));
	}

}
