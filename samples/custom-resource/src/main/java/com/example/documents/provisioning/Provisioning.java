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

package com.example.documents.provisioning;

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClient;

/**
 * Brings what a tenant needs to a cloud: images, a secret and a database. What exists is
 * left alone.
 */
@Service
public class Provisioning {

	private final RestClient client;

	Provisioning(RestClient.Builder builder, @Value("${cloud.url}") String url) {
		this.client = builder.baseUrl(url).build();
	}

	/**
	 * Provision a tenant.
	 * @param tenant its name
	 * @param images the images that it runs
	 * @return the paths of what was created
	 */
	public List<String> provision(String tenant, List<String> images) {
		List<String> paths = new ArrayList<>();
		images.forEach((image) -> paths.add("/ecr/" + image));
		paths.add("/secrets/" + tenant);
		paths.add("/databases/" + tenant);
		return paths.stream().filter(this::create).toList();
	}

	private boolean create(String path) {
		boolean exists = this.client.head().uri(path).exchange((request, response) -> {
			if (response.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND)) {
				return false;
			}
			if (response.getStatusCode().is2xxSuccessful()) {
				return true;
			}
			throw response.createException();
		});
		if (!exists) {
			this.client.put().uri(path).retrieve().toBodilessEntity();
		}
		return !exists;
	}

}
