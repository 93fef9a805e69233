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

package com.example.objectstore;

import org.junit.jupiter.api.AfterAll;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.client.RestClient;

import dev.pristine.resource.SnapshotResource;
import dev.pristine.resource.SnapshotResourceContract;

/**
 * {@link ObjectStore} does what Pristine asks of a resource.
 */
class ObjectStoreContractIntegrationTests extends SnapshotResourceContract<String> {

	private static final ObjectStore store = new ObjectStore(new MockEnvironment());

	@AfterAll
	static void stop() {
		store.destroy();
	}

	@Override
	protected SnapshotResource<String> resource() {
		return store;
	}

	@Override
	protected void change(int number) {
		client().put().uri("/objects/bucket/" + number).body("text " + number).retrieve().toBodilessEntity();
	}

	@Override
	protected Object observe() {
		return store.capture();
	}

	private RestClient client() {
		return RestClient.create(store.server().url());
	}

}
